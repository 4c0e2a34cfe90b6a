/** Makes what macOS's SDK would be for a compiler that is not Apple's: C headers, and which library has which function. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Every macOS has it; what of it may be used is what the oldest one has.
const LIBCXX = '/usr/lib/libc++.1.dylib'

/**
 * The functions of libc++ that are called, by their names in the file. Each is on LLVM's lists of what libc++ has on macOS,
 * from the oldest one, of libc++ 3.9 on macOS 10.12, to that of version 8 (libcxx/lib/abi/3.9/x86_64-apple-darwin16.abilist).
 */
export const LIBCXX_FUNCTIONS = `
  _ZNKSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE4findEcm
  _ZNKSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE7compareEmmPKcm
  _ZNKSt3__119__shared_weak_count13__get_deleterERKSt9type_info
  _ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE6appendEPKc
  _ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE6appendEPKcm
  _ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE6insertEmPKc
  _ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE6resizeEmc
  _ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE7reserveEm
  _ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE9push_backEc
  _ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEEC1ERKS5_
  _ZNSt3__116generic_categoryEv
  _ZNSt3__118condition_variable10notify_allEv
  _ZNSt3__118condition_variable10notify_oneEv
  _ZNSt3__118condition_variable15__do_timed_waitERNS_11unique_lockINS_5mutexEEENS_6chrono10time_pointINS5_12system_clockENS5_8durationIxNS_5ratioILl1ELl1000000000EEEEEEE
  _ZNSt3__118condition_variable4waitERNS_11unique_lockINS_5mutexEEE
  _ZNSt3__118condition_variableD1Ev
  _ZNSt3__119__shared_weak_count14__release_weakEv
  _ZNSt3__119__shared_weak_count4lockEv
  _ZNSt3__119__shared_weak_countD2Ev
  _ZNSt3__120__throw_system_errorEiPKc
  _ZNSt3__15mutex4lockEv
  _ZNSt3__15mutex6unlockEv
  _ZNSt3__15mutexD1Ev
  _ZNSt3__16chrono12steady_clock3nowEv
  _ZNSt3__16chrono12system_clock3nowEv
  _ZNSt3__19to_stringEi
  _ZNSt3__19to_stringEy
  _ZNSt3__1plIcNS_11char_traitsIcEENS_9allocatorIcEEEENS_12basic_stringIT_T0_T1_EEPKS6_RKS9_
  _ZdaPv _ZdlPv _Znam _Znwm __cxa_guard_acquire __cxa_guard_release __cxa_pure_virtual`
  .trim()
  .split(/\s+/)

/**
 * Writes `include/` and `usr/lib/` into `folder`. Returns the list of libc++'s functions.
 * @param {{ headers: string, arch: string, floor: string, folder: string }} options `headers` is a folder `lib/libc` of zig's
 */
export function writeMacosSysroot({ headers, arch, floor, folder }) {
  const major = floor.split('.')[0]
  const processor = arch === 'arm64' ? 'aarch64' : 'x86_64'
  // The later ones are about less and replace what the former say.
  for (const name of ['any-macos-any', `any-macos.${major}-any`, `${processor}-macos.${major}-none`]) {
    const source = join(headers, 'include', name)
    if (!existsSync(source)) throw new Error(`there are no headers of macOS in ${source}`)
    cpSync(source, join(folder, 'include'), { recursive: true })
  }
  const libraries = join(folder, 'usr', 'lib')
  mkdirSync(libraries, { recursive: true })
  cpSync(join(headers, 'darwin', `libSystem.${major}.tbd`), join(libraries, 'libSystem.tbd'))
  const list = textOfLibrary(LIBCXX, LIBCXX_FUNCTIONS)
  writeFileSync(join(libraries, 'libc++.tbd'), list)
  return list
}

/** A library's list of functions, as Apple's SDK has one in place of each library. */
function textOfLibrary(name, functions) {
  const systems = '[ x86_64-macos, arm64-macos ]'
  // In the file C's names begin with one more underscore.
  const symbols = functions.map(each => `      - '_${each}'`).join('\n')
  return `--- !tapi-tbd
tbd-version: 4
targets: ${systems}
install-name: '${name}'
exports:
  - targets: ${systems}
    symbols:
${symbols}
...
`
}
