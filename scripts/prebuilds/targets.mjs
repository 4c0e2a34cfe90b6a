/** The systems that a release has a binary for, and what builds each of them. */

/** The oldest glibc that the binaries for Linux run with. */
export const GLIBC_FLOOR = 'GLIBC_2.17'

/** The oldest Windows, as its libraries name it. */
export const WINDOWS_FLOOR = '10.0'

/** The oldest macOS. */
export const MACOS_FLOOR = '11.0'

/**
 * `file` is below prebuilds/, where node-gyp-build looks for it. `compiler` is Debian's, unless only zig builds for the system.
 * @typedef {{ name: string, platform: string, arch: string, libc?: string, format: string, file: string, compiler: string, toolchain?: string, zigTarget?: string }} Target
 */

const linux = (name, arch, libc, compiler, more = {}) => ({
  name,
  platform: 'linux',
  arch,
  libc,
  format: 'elf',
  file: `linux-${arch}/latchkey.${libc}.node`,
  compiler,
  ...more,
})

const other = (platform, arch, format, compiler, more) => ({
  name: `${platform}-${arch}`,
  platform,
  arch,
  format,
  file: `${platform}-${arch}/latchkey.node`,
  compiler,
  ...more,
})

const zig = zigTarget => ({ toolchain: 'zig.cmake', zigTarget })

/** @type {Target[]} */
export const TARGETS = [
  linux('linux-x64', 'x64', 'glibc', 'g++'),
  linux('linux-arm64', 'arm64', 'glibc', 'aarch64-linux-gnu-g++', { toolchain: 'linux-aarch64.cmake' }),
  linux('linux-x64-musl', 'x64', 'musl', 'zig', zig('x86_64-linux-musl')),
  other('win32', 'x64', 'pe', 'x86_64-w64-mingw32-g++-posix', { toolchain: 'mingw-w64-x86_64.cmake' }),
  other('win32', 'arm64', 'pe', 'zig', zig('aarch64-windows-gnu')),
  other('darwin', 'x64', 'mach-o', 'clang++-14', { toolchain: 'macos-clang.cmake' }),
  other('darwin', 'arm64', 'mach-o', 'clang++-14', { toolchain: 'macos-clang.cmake' }),
]

/** The target that runs here, built by whatever compiler the system has. */
export function hostTarget() {
  const { platform, arch } = process
  const libc =
    platform !== 'linux' ? undefined : process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
  const target = TARGETS.find(each => each.platform === platform && each.arch === arch && each.libc === libc)
  if (target === undefined)
    throw new Error(`there is no prebuild for ${platform}-${arch}${libc ? ` with ${libc}` : ''}`)
  return target
}
