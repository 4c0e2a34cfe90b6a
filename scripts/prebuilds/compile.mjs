/** Compiles one target through prebuildify and cmake-js, in a copy of the sources: the checkout keeps its own build. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { clearTime } from './formats/pe.mjs'
import { CACHE, hashSources, PREBUILDS, ROOT } from './places.mjs'
import { prepareToolchain } from './toolchains.mjs'

const resolvePackage = createRequire(import.meta.url).resolve

/**
 * Puts the binary of a target into prebuilds/, compiling it unless the same sources and compiler have made it before.
 * @param {import('./targets.mjs').Target} target
 * @returns {{ compiler: import('./toolchains.mjs').Compiler, fromCache: boolean }}
 */
export function buildTarget(target) {
  const stage = join(CACHE, 'stage', target.name)
  const toolchain = layOut(target, stage)
  const kept = join(CACHE, 'prebuilds', `${target.name}-${keyOf(target, toolchain, stage)}.node`)
  const fromCache = existsSync(kept)
  if (!fromCache) {
    const built = runPrebuildify(target, toolchain, stage)
    mkdirSync(dirname(kept), { recursive: true })
    // Whole or not at all, should this be stopped.
    copyFileSync(built, `${kept}.new`)
    renameSync(`${kept}.new`, kept)
  }
  const file = join(PREBUILDS, target.file)
  mkdirSync(dirname(file), { recursive: true })
  // A new file: a process may have loaded the old one.
  rmSync(file, { force: true })
  copyFileSync(kept, file)
  rmSync(stage, { recursive: true, force: true })
  return { compiler: toolchain.compiler, fromCache }
}

/** Compiles a target in a folder of the caller's, whatever was made before. Returns where the binary is. */
export function compileTarget(target, stage) {
  return runPrebuildify(target, layOut(target, stage), stage)
}

/** The same sources, compiler and settings have the same; where it is compiled does not matter. */
function keyOf(target, toolchain, stage) {
  const what = JSON.stringify([hashSources(), target, toolchain]).replaceAll(JSON.stringify(stage).slice(1, -1), '')
  return createHash('sha256').update(what).digest('hex').slice(0, 16)
}

/** A copy of the sources, and the toolchain. */
function layOut(target, stage) {
  rmSync(stage, { recursive: true, force: true })
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
  const built = join(stage, 'out', 'prebuilds', target.file)
  if (!existsSync(built)) throw new Error(`prebuildify left no ${target.file}:\n${result.stdout}`)
  if (target.format === 'pe') writeFileSync(built, clearTime(readFileSync(built)))
  return built
}
