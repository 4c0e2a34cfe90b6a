/** The inspection of prebuilds: it finds every fault that it is there for, and none in a library that is as it should be. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { forLinux, forMacos, forWindows, SOURCE } from './support/compile.js'
import { inspect, judgeChanged, PREBUILDS, prebuild, readElf, readPe, TARGETS, target } from './support/inspect.js'

describe('for Linux', () => {
  const judge = (bytes: Buffer, name = 'linux-x64') => inspect(bytes, target(name))
  const calling = (declaration: string, call: string) =>
    `${SOURCE}\n${declaration}\nstatic int once = (${call}, 0); extern "C" __attribute__((visibility("hidden"))) int* keep() { return &once; }`

  test('nothing is wrong with a library that is as it should be', () => assert.deepEqual(judge(forLinux()), []))

  const faults: Record<string, [bytes: () => Buffer, sentence: string]> = {
    'another exported function': [() => forLinux(`${SOURCE} extern "C" void another() {}`), 'exports another'],
    'no relocation that is read-only': [() => forLinux(SOURCE, '-Wl,-z,norelro'), 'lacks the protection relro'],
    'functions that are bound late': [() => forLinux(SOURCE, '-Wl,-z,lazy'), 'lacks the protection bindNow'],
    'a stack that can be run': [() => forLinux(SOURCE, '-Wl,-z,execstack'), 'lacks the protection noExecutableStack'],
    'an unprotected stack': [() => forLinux(SOURCE, '-fno-stack-protector'), 'lacks the protection stackProtector'],
    'code that is changed while it is loaded': [
      () => forLinux(`${SOURCE} asm(".text\\n.quad napi_register_module_v1");`, '-Wl,-z,notext'),
      'lacks the protection noTextRelocations',
    ],
    'a folder to search': [() => forLinux(SOURCE, '-Wl,-rpath,/opt/lib'), 'has folders to search libraries in'],
    'another library': [
      () => forLinux(SOURCE, '-Wl,--no-as-needed', '-l:libm.so.6', '-Wl,--as-needed'),
      'needs the library libm.so.6',
    ],
    'a function of a newer glibc': [
      () => forLinux(calling('extern "C" void* dlopen(const char*, int);', 'dlopen("", 1)')),
      'needs dlopen of GLIBC_2.34',
    ],
    'a function that is not in the list': [
      () => forLinux(calling('extern "C" int system(const char*);', 'system("")')),
      'needs system',
    ],
    'a function that Node-API has not': [
      () => forLinux(calling('extern "C" int napi_get_everything();', 'napi_get_everything()')),
      'needs napi_get_everything, which Node-API 8 has not',
    ],
  }
  for (const [name, [bytes, sentence]] of Object.entries(faults)) {
    test(`${name} is found, and nothing else`, () => assert.deepEqual(judge(bytes()), [sentence]))
  }

  test('another processor, a missing export, and a folder of the machine are found', () => {
    assert.deepEqual(judge(forLinux(), 'linux-arm64'), ['is for x64'])
    const renamed = SOURCE.replace('napi_register_module_v1', 'napi_register_module_v2')
    assert.deepEqual(judge(forLinux(renamed)), [
      'does not export napi_register_module_v1',
      'exports napi_register_module_v2',
    ])
    const folders = ['/somewhere/else', '/home/of/the/compiler']
    const named = forLinux(
      `${SOURCE} extern const char kFolder[] __attribute__((visibility("hidden"), used)) = "/home/of/the/compiler/a.h";`,
    )
    assert.deepEqual(inspect(named, target('linux-x64'), { folders }), ['names the folder /home/of/the/compiler'])
  })

  test('code that can be written, and another system, are found', () => {
    const [tableAt, size] = [64, 56]
    const writable = judgeChanged('linux-x64', bytes => {
      for (let at = tableAt; at < tableAt + bytes.readUInt16LE(56) * size; at += size) {
        const isCode = bytes.readUInt32LE(at) === 1 && bytes.readUInt32LE(at + 4) === 5
        if (isCode) bytes.writeUInt32LE(7, at + 4)
      }
    })
    assert.deepEqual(writable, ['lacks the protection noWritableCode'])
    assert.deepEqual(
      judgeChanged('linux-x64', bytes => bytes.writeUInt8(9, 7)),
      ['is for system 9'],
    )
  })

  test('what is no library cannot be read', () => {
    for (const { name } of TARGETS) {
      assert.match(String(inspect(Buffer.from('this is no library'), target(name))), /^cannot be read: not an? /)
    }
    const cut = prebuild('linux-x64').subarray(0, 5000)
    assert.match(String(judge(cut)), /^cannot be read: /)
  })

  test('symbols and versions are read as readelf reads them', () => {
    const file = join(PREBUILDS, target('linux-x64').file)
    const { stdout } = spawnSync('/usr/bin/readelf', ['--wide', '--dyn-syms', file], {
      encoding: 'utf8',
      env: { LC_ALL: 'C' },
    })
    const rows = [...stdout.matchAll(/^ +\d+: \S+ +\d+ \w+ +\w+ +\w+ +\S+ (\S+?)(?:@@?(\S+) \(\d+\))?$/gm)]
    const read = readElf(readFileSync(file)).symbols.map(({ name, version }) => `${name} ${version ?? ''}`.trim())
    assert.deepEqual(rows.map(([, name, version]) => `${name} ${version ?? ''}`.trim()).sort(), read.sort())
    assert.ok(read.length > 100)
  })
})

describe('for Windows', () => {
  const judge = (bytes: Buffer) => inspect(bytes, target('win32-x64'))

  test('nothing is wrong with a library that is as it should be', () => assert.deepEqual(judge(forWindows()), []))

  const faults: Record<string, [flag: string, sentence: string]> = {
    'data that can be run': ['-Wl,--disable-nxcompat', 'lacks the protection noExecutableData'],
    'an address that is always the same': ['-Wl,--disable-dynamicbase', 'lacks the protection randomAddresses'],
    'an address of 32 bits': ['-Wl,--disable-high-entropy-va', 'lacks the protection highEntropyAddresses'],
  }
  for (const [name, [flag, sentence]] of Object.entries(faults)) {
    test(`${name} is found`, () => assert.ok(judge(forWindows(SOURCE, [flag])).includes(sentence)))
  }

  test('an unprotected stack is found', () => {
    assert.deepEqual(judge(forWindows(SOURCE, ['-fno-stack-protector'])), ['lacks the protection stackProtector'])
  })

  test('another exported function is found', () => {
    assert.deepEqual(judge(forWindows(`${SOURCE} EXPORTED void another() {}`)), ['exports another'])
  })

  test('a driver, a newer Windows, and a file that is cut off are found', () => {
    const optional = (bytes: Buffer) => bytes.readUInt32LE(0x3c) + 24
    assert.deepEqual(
      judgeChanged('win32-arm64', bytes => bytes.writeUInt16LE(1, optional(bytes) + 68)),
      ['is for subsystem 1'],
    )
    assert.deepEqual(
      judgeChanged('win32-arm64', bytes => bytes.writeUInt16LE(11, optional(bytes) + 48)),
      ['needs Windows 11.0'],
    )
    const cut = prebuild('win32-arm64').subarray(0, -600)
    assert.deepEqual(inspect(cut, target('win32-arm64')), ['cannot be read: the file is cut off'])
  })

  test('another library and its function are found', () => {
    const source = `${SOURCE} extern "C" unsigned GetACP(); extern "C" int WSACleanup(); EXPORTED int another() { return GetACP() + WSACleanup(); }`
    assert.deepEqual(judge(forWindows(source, ['-lws2_32'])).sort(), [
      'exports another',
      'needs kernel32.dll:GetACP',
      'needs the library ws2_32.dll',
      'needs ws2_32.dll:WSACleanup',
    ])
  })

  test('a library that only a node.exe can load is found', () => {
    const source = `${SOURCE.replace('return 8', 'return napi_throw_it()').replace('static int', 'extern "C" __declspec(dllimport) int napi_throw_it();\nstatic int')}`
    const definitions = ['sh', '-c', 'printf "NAME NODE.EXE\\nEXPORTS\\nnapi_throw_it\\n" >node.def']
    const library = ['x86_64-w64-mingw32-dlltool', '-d', 'node.def', '-l', 'libnode.a']
    const found = judge(forWindows(source, ['-L.', '-lnode'], [definitions, library]))
    assert.deepEqual(found, ['needs a program that is called node.exe'])
  })

  test('imports are read as objdump reads them', () => {
    const file = join(PREBUILDS, target('win32-x64').file)
    const { stdout } = spawnSync('/usr/bin/x86_64-w64-mingw32-objdump', ['-p', file], { encoding: 'utf8' })
    const imports: Record<string, string[]> = {}
    for (const [, library = '', rows = ''] of stdout.matchAll(/DLL Name: (\S+)\n[^\n]*\n([\s\S]*?)\n\n/g)) {
      imports[library.toLowerCase()] = [...rows.matchAll(/^\t\S+\s+(?:\d+|<none>)\s+(\S+)/gm)]
        .map(([, name = '']) => name)
        .sort()
    }
    assert.deepEqual(imports, { ...readPe(readFileSync(file)).imports })
  })
})

describe('for macOS', () => {
  const judge = (bytes: Buffer) => inspect(bytes, target('darwin-arm64'))
  const two = [
    '-exported_symbol',
    '_napi_register_module_v1',
    '-exported_symbol',
    '_node_api_module_get_api_version_v1',
  ]

  test('a function that could be anywhere is found, unless it is of Node-API', () => {
    const source = `${SOURCE} extern "C" int napi_create_object(); extern "C" int anything(); int (*kept[])() = {napi_create_object, anything};`
    const found = judge(forMacos(source, ...two))
    assert.ok(found.includes('needs anything from anywhere'))
    assert.ok(found.includes('needs anything'))
    assert.ok(!found.some(sentence => sentence.includes('napi_create_object')))
  })

  test('another exported function is found', () => {
    assert.ok(judge(forMacos(`${SOURCE} extern "C" void another() {}`)).includes('exports another'))
    assert.ok(!judge(forMacos(`${SOURCE} extern "C" void another() {}`, ...two)).includes('exports another'))
  })

  test('a newer system, a missing signature and a folder to search are found', () => {
    const found = judge(
      forMacos(SOURCE, ...two, '-platform_version', 'macos', '12.0', '12.0', '-no_adhoc_codesign', '-rpath', '/opt'),
    )
    for (const sentence of ['needs macOS 12.0', 'has no signature', 'has folders to search libraries in']) {
      assert.ok(found.includes(sentence), `${sentence}: ${found}`)
    }
  })

  test('a stack or a segment that can be run and written, and another processor, are found', () => {
    const changed = (change: (bytes: Buffer) => void) => judgeChanged('darwin-x64', change)
    assert.deepEqual(
      changed(() => {}),
      [],
    )
    assert.deepEqual(
      changed(bytes => bytes.writeUInt32LE(bytes.readUInt32LE(24) | 0x20000, 24)),
      ['lacks the protection noExecutableStack'],
    )
    assert.deepEqual(
      changed(bytes => {
        bytes.writeUInt32LE(0x0100000c, 4)
        bytes.writeUInt32LE(0, 8)
      }),
      ['is for arm64'],
    )
    assert.deepEqual(
      changed(bytes => bytes.writeUInt32LE(8, 8)),
      ['is for machine 16777223.8'],
    )
    // The first command is the segment of the code; at 60 is what may be done with it.
    assert.deepEqual(
      changed(bytes => bytes.writeUInt32LE(7, 32 + 60)),
      ['lacks the protection noWritableCode'],
    )
  })

  test('an older system than is promised, and one that is not macOS, are found', () => {
    // Where LC_BUILD_VERSION is, which names the system and the oldest version of it.
    const command = (bytes: Buffer) => {
      let at = 32
      while (bytes.readUInt32LE(at) !== 0x32) at += bytes.readUInt32LE(at + 4)
      return at
    }
    assert.deepEqual(
      judgeChanged('darwin-x64', bytes => bytes.writeUInt32LE(2, command(bytes) + 8)),
      ['is for platform 2'],
    )
    assert.deepEqual(
      judgeChanged('darwin-x64', bytes => bytes.writeUInt32LE(0x000a0f00, command(bytes) + 12)),
      ['needs macOS 10.15'],
    )
  })

  test('a signature of other bytes is found, wherever they are', () => {
    const sentence = 'has a signature of something else'
    for (const part of [0.1, 0.5, 0.9]) {
      assert.deepEqual(
        judgeChanged('darwin-arm64', bytes => {
          const at = Math.floor(bytes.length * part)
          bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
        }),
        [sentence],
      )
    }
  })
})
