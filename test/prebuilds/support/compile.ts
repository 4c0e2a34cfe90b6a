/** Small libraries for each system, with a fault each, to see the inspection find it. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What Node looks for in an addon, and a text on the stack that has to be protected. */
export const SOURCE = `
  #ifdef _WIN32
  #define EXPORTED extern "C" __declspec(dllexport)
  #else
  #define EXPORTED extern "C"
  #endif
  extern "C" void* memset(void*, int, __SIZE_TYPE__);
  static int Sum(volatile const char* text) { return text[0] + text[63]; }
  EXPORTED int napi_register_module_v1(int value) { char text[64]; memset(text, value, 64); return Sum(text); }
  EXPORTED int node_api_module_get_api_version_v1() { return 8; }`

/** Runs these commands, with `source.cc` in their folder, and answers what the last one left in `out.node`. */
export function compile(source: string, ...commands: string[][]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-compile-'))
  try {
    writeFileSync(join(folder, 'source.cc'), source)
    for (const [program = '', ...args] of commands) {
      const { status, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' })
      if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error ?? stderr}`)
    }
    return readFileSync(join(folder, 'out.node'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A library for Linux. */
export function forLinux(source = SOURCE, ...flags: string[]): Buffer {
  const usual = ['-shared', '-fPIC', '-O1', '-fstack-protector-strong', '-Wl,-z,relro,-z,now,--as-needed']
  return compile(source, ['g++', ...usual, ...flags, 'source.cc', '-o', 'out.node'])
}

/** A library for Windows; `before` runs first. */
export function forWindows(source = SOURCE, flags: string[] = [], before: string[][] = []): Buffer {
  const compiler = 'x86_64-w64-mingw32-g++-posix'
  const usual = ['-shared', '-O1', '-s', '-static', '-fstack-protector-strong']
  const link = ['-Wl,--dynamicbase,--high-entropy-va,--nxcompat', '-o', 'out.node']
  return compile(source, ...before, [compiler, ...usual, 'source.cc', ...link, ...flags])
}

/** A library for macOS without any other library, so that what it needs may be anywhere. */
export function forMacos(source: string, ...flags: string[]): Buffer {
  const target = ['-target', 'arm64-apple-macos11.0', '-fstack-protector-strong', '-O1']
  const link = [
    '-dylib',
    '-arch',
    'arm64',
    '-platform_version',
    'macos',
    '11.0',
    '11.0',
    '-undefined',
    'dynamic_lookup',
  ]
  return compile(
    source,
    ['clang++-14', ...target, '-c', 'source.cc', '-o', 'source.o'],
    ['ld64.lld-14', ...link, ...flags, 'source.o', '-o', 'out.node'],
  )
}
