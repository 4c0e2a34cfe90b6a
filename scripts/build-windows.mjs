/** Cross-compiles the addon for Windows x64 and lays out build-windows/package as the package would be there, tests included. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { layOut } from './lay-out.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUILD = join(ROOT, 'build-windows')
const PACKAGE = join(BUILD, 'package')
const TOOLCHAIN = join(ROOT, 'native', 'cmake', 'mingw-w64-x86_64.cmake')

/** CMake keeps what is up to date; a build folder that was configured in another checkout it would refuse. */
function compile() {
  const cache = join(BUILD, 'CMakeCache.txt')
  if (existsSync(cache) && !readFileSync(cache, 'utf8').includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${resolve(ROOT)}`)) {
    rmSync(BUILD, { recursive: true })
  }
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js')
  // Nobody reads the output of a build that succeeds.
  const strict = '--CDCMAKE_COMPILE_WARNING_AS_ERROR=ON'
  const args = ['build', '--out', BUILD, `--CDCMAKE_TOOLCHAIN_FILE=${TOOLCHAIN}`, strict]
  const result = spawnSync(process.execPath, [cmakeJs, ...args], { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20 })
  if (result.status !== 0) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? result.error}`)
  return result.status === 0
}

if (compile()) {
  layOut(ROOT, PACKAGE, join(BUILD, 'latchkey.node'))
  process.stderr.write('build: the Windows package is in build-windows/package\n')
} else {
  process.exitCode = 1
}
