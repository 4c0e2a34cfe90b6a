/** What the ring prebuilds needs of a machine; each answers as the needs in scripts/ring-needs.mjs do. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { judgeFolder, readBuildInfo } from './build-info.mjs'
import { NODE_PROGRAMS } from './nodes.mjs'
import { TARGETS } from './targets.mjs'

/** A binary for every target, made from the sources that are here. */
export function allPrebuilds() {
  const binaries = readBuildInfo()?.binaries ?? {}
  const lacking = TARGETS.filter(({ name }) => !(name in binaries)).map(({ name }) => name)
  const missing = lacking.length > 0 ? `there is no prebuild for ${lacking.join(', ')}` : judgeFolder()[0]
  return missing && { missing, mend: 'npm run setup:debian && npm run prebuilds:all' }
}

export function otherNodes() {
  return Object.values(NODE_PROGRAMS).every(file => existsSync(file))
    ? undefined
    : { missing: 'there are no other Nodes to load the prebuilds in', mend: 'npm run setup:prebuilds' }
}

/** An emulator of arm64, and the libraries that programs there need. */
export function arm64() {
  const isThere =
    spawnSync('/usr/bin/qemu-aarch64-static', ['--version']).status === 0 &&
    existsSync('/usr/aarch64-linux-gnu/lib/libstdc++.so.6')
  return isThere
    ? undefined
    : {
        missing: 'nothing here runs programs for arm64',
        mend: 'sudo apt-get install qemu-user-static g++-aarch64-linux-gnu',
      }
}

export function musl() {
  return existsSync('/lib/ld-musl-x86_64.so.1') && spawnSync('musl-gcc', ['--version']).status === 0
    ? undefined
    : { missing: 'there is no C library of musl, or no compiler for it', mend: 'sudo apt-get install musl-tools' }
}

/** The compilers that make libraries with a fault. */
export function compilers() {
  const lacking = ['g++', 'x86_64-w64-mingw32-g++-posix', 'clang++-14', 'ld64.lld-14'].filter(
    program => spawnSync(program, ['--version']).status !== 0,
  )
  return lacking.length === 0
    ? undefined
    : { missing: `${lacking.join(', ')} not installed`, mend: 'npm run setup:debian' }
}
