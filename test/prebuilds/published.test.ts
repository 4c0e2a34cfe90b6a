/** The folder of prebuilds as it is to be published: the real one passes, and whatever is untrue or strange in it is found. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../support/machine.js'
import { judgeFolder, PREBUILDS, prebuild, ROOT, TARGETS, target } from './support/inspect.js'

interface BuildInfo {
  readonly tools: Record<string, string>
  readonly binaries: Record<string, object>
}

/** Changes what nothing else may. */
function set(of: object | undefined, name: string, value: unknown): void {
  assert(of)
  Object.assign(of, { [name]: value })
}

describe('what is to be published', () => {
  test('passes, every target of it, and the sums are those of sha256sum', () => {
    const check = spawnSync(process.execPath, [join(ROOT, 'scripts/prebuilds/check.mjs'), '--all'], {
      encoding: 'utf8',
    })
    assert.equal(check.status, 0, check.stdout + check.stderr)
    const sums = spawnSync('/usr/bin/sha256sum', ['--check', '--strict', 'SHA256SUMS'], {
      cwd: PREBUILDS,
      encoding: 'utf8',
    })
    assert.equal(sums.status, 0, sums.stdout + sums.stderr)
    assert.equal(sums.stdout.trim().split('\n').length, TARGETS.length)
  })

  test('is refused when a file is changed, gone, or one too many', async t => {
    const around = await temporaryFolder(t)
    const folder = join(around, 'prebuilds')
    cpSync(PREBUILDS, folder, { recursive: true })
    assert.deepEqual(judgeFolder(folder), [])
    appendFileSync(join(folder, target('win32-x64').file), '\0')
    rmSync(join(folder, target('linux-arm64').file))
    renameSync(join(folder, target('darwin-arm64').file), join(around, 'elsewhere.node'))
    symlinkSync(join(around, 'elsewhere.node'), join(folder, target('darwin-arm64').file))
    writeFileSync(join(folder, 'darwin-x64/other.node'), '')
    writeFileSync(join(folder, 'notes.txt'), '')
    mkdirSync(join(folder, 'sunos-x64'))
    writeFileSync(join(folder, 'sunos-x64/latchkey.node'), '')
    appendFileSync(join(folder, 'SHA256SUMS'), '\n')
    assert.deepEqual(judgeFolder(folder).sort(), [
      'SHA256SUMS differs from build-info.json',
      'darwin-arm64/latchkey.node is not a file',
      'darwin-x64/other.node is nowhere in build-info.json',
      'linux-arm64/latchkey.glibc.node is missing',
      'notes.txt is nowhere in build-info.json',
      'sunos-x64/latchkey.node is nowhere in build-info.json',
      `win32-x64/latchkey.node does not have ${prebuild('win32-x64').length} bytes`,
      'win32-x64/latchkey.node is not what was built',
    ])
  })

  test('is made by one version of prebuildify, whose way of finding what was built is nowhere promised', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    assert.match(devDependencies.prebuildify, /^\d+\.\d+\.\d+$/)
  })

  const untruths: Record<string, [change: (info: BuildInfo) => void, ...said: string[]]> = {
    sources: [info => set(info, 'sources', '0'), 'the prebuilds are of other sources: npm run prebuilds:all'],
    version: [info => set(info, 'version', '9.9.9'), 'build-info.json has another version'],
    tools: [info => set(info.tools, 'prebuildify', '7.0.0'), 'build-info.json has another tools'],
    'version of g++': [
      info => set(info.binaries['linux-arm64'], 'compiler', 'g++ (Debian 13.1.0-1) 13.1.0'),
      'linux-arm64/latchkey.glibc.node was not made by g++ (Debian 13.1.0-1) 13.1.0',
    ],
    compiler: [
      info => set(info.binaries['win32-x64'], 'compiler', 'zig 0.11.0'),
      'win32-x64/latchkey.node is not built by zig 0.11.0',
    ],
    'origin of a compiler': [
      info => set(info.binaries['linux-x64-musl'], 'from', 'Debian musl-tools 1.2.3-1'),
      'linux-x64/latchkey.musl.node has no compiler from Debian musl-tools 1.2.3-1',
    ],
    'origin of headers': [
      info => set(info.binaries['darwin-x64'], 'headers', undefined),
      'darwin-x64/latchkey.node has not its headers from the compiler alone',
    ],
    'need to be built anew': [
      info => set(info.binaries['win32-arm64'], 'rebuildForRelease', undefined),
      'win32-arm64/latchkey.node is wrong about being built anew for a release',
    ],
    place: [
      info => set(info.binaries['linux-x64'], 'file', target('linux-x64-musl').file),
      'linux-x64/latchkey.musl.node is where linux-x64/latchkey.glibc.node should be',
      'linux-x64/latchkey.glibc.node is nowhere in build-info.json',
      'SHA256SUMS differs from build-info.json',
    ],
    target: [
      info => set(info.binaries, 'sunos-x64', info.binaries['linux-x64']),
      'build-info.json has sunos-x64, which is no target',
      'SHA256SUMS differs from build-info.json',
    ],
  }
  for (const [name, [change, ...said]] of Object.entries(untruths)) {
    test(`is refused when build-info.json is wrong about its ${name}`, async t => {
      const folder = await temporaryFolder(t)
      cpSync(PREBUILDS, folder, { recursive: true })
      const file = join(folder, 'build-info.json')
      const info = JSON.parse(readFileSync(file, 'utf8')) as BuildInfo
      change(info)
      writeFileSync(file, JSON.stringify(info))
      assert.deepEqual(judgeFolder(folder).sort(), said.sort())
    })
  }
})
