/** Compiles one target through prebuildify and cmake-js, in a copy of the sources: the checkout keeps its own build. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { CACHE, hashSources, PREBUILDS, ROOT } from './places.mjs'
import { prepareToolchain } from './toolchains.mjs'

const resolvePackage = createRequire(import.meta.url).resolve

/**
 * Puts the binary of a target into prebuilds/, compiling it unless the same sources and compiler have made it before.
 * @param {{ stage?: string, anew?: boolean }} options `stage` is the folder to compile in
 * @returns {{ file: string, compiler: import('./toolchains.mjs').Compiler, fromCache: boolean }}
 */
export function buildTarget(target, { stage = join(CACHE, 'stage', target.name), anew = false } = {}) {
  rmSync(stage, { recursive: true, force: true })
  const toolchain = layOut(target, stage)
  const { compiler } = toolchain
  const key = keyOf(target, toolchain, stage)
  const kept = join(CACHE, 'prebuilds', `${target.name}-${key}.node`)
  const fromCache = existsSync(kept) && !anew
  if (!fromCache) {
    runPrebuildify(target, toolchain, stage)
    mkdirSync(dirname(kept), { recursive: true })
    copyFileSync(join(stage, 'out', 'prebuilds', target.file), `${kept}.new`)
    renameSync(`${kept}.new`, kept)
  }
  const file = join(PREBUILDS, target.file)
  mkdirSync(dirname(file), { recursive: true })
  // A new file: a process may have loaded the old one.
  rmSync(file, { force: true })
  copyFileSync(kept, file)
  rmSync(stage, { recursive: true, force: true })
  return { file, compiler, fromCache }
}

/** The same sources, compiler and settings have the same; where it is compiled does not matter. */
function keyOf(target, toolchain, stage) {
  const what = JSON.stringify([hashSources(), target, toolchain]).replaceAll(JSON.stringify(stage).slice(1, -1), '')
  return createHash('sha256').update(what).digest('hex').slice(0, 16)
}

function layOut(target, stage) {
  mkdirSync(stage, { recursive: true })
  for (const name of ['package.json', 'CMakeLists.txt', 'native'])
    cpSync(join(ROOT, name), join(stage, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(stage, 'node_modules'), 'junction')
  return prepareToolchain(target, stage)
}

function runPrebuildify(target, { options, env }, stage) {
  const { platform, arch, libc } = target
  const cmake = Object.entries(options).map(([name, value]) => `--CD${name}="${value}"`)
  // prebuildify calls node-gyp, and nothing else, to build. So the build is what it runs before, and node-gyp is a program
  // that does nothing; it then finds the library and moves it to where node-gyp-build looks.
  const build = ['cmake-js', 'rebuild', '--log-level', 'error', '--arch', arch, ...cmake].join(' ')
  const args = [
    '--cwd',
    stage,
    '--out',
    join(stage, 'out'),
    '--platform',
    platform,
    '--arch',
    arch,
    '--napi',
    '--name',
    'latchkey',
  ]
  if (libc) args.push('--tag-libc', '--libc', libc)
  args.push('--preinstall', build, '--node-gyp', 'echo')
  const result = spawnSync(process.execPath, [resolvePackage('prebuildify/bin.js'), ...args], {
    cwd: stage,
    env: { ...process.env, CMAKE_BUILD_PARALLEL_LEVEL: String(availableParallelism()), ...env },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  // Nobody reads the output of a build that succeeds.
  if (result.status !== 0) {
    throw new Error(`${target.name} was not built:\n${result.stdout ?? ''}${result.stderr ?? result.error}`)
  }
  if (!existsSync(join(stage, 'out', 'prebuilds', target.file))) {
    throw new Error(`prebuildify left no ${target.file}:\n${result.stdout}`)
  }
}
