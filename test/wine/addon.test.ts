/** The addon's Windows code in a real node.exe under Wine: the tests of the native ring, and those of Windows alone. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { temporaryFolder } from '../support/machine.js'
import { NODES, PACKAGE, prepareWindows, runWindowsTests } from '../support/windows.js'

before(prepareWindows)

for (const executable of NODES) {
  describe(`in ${executable.split('/').at(-3)}`, () => {
    for (const file of ['native/addon', 'native/threads', 'windows/file-lock', 'windows/data-protection']) {
      test(file, t => runWindowsTests(t, `dist-test/${file}.test.js`, { executable }))
    }
  })
}

test('the addon loads in a program of another name, as Electron apps have one', async t => {
  const executable = join(await temporaryFolder(t), 'an-app.exe')
  await copyFile(String(NODES[0]), executable)
  await runWindowsTests(t, 'dist-test/native/addon.test.js', { executable })
})

describe('the library', () => {
  const addon = join(PACKAGE, 'build', 'Release', 'latchkey.node')
  const dump = () => {
    const { status, stdout } = spawnSync('/usr/bin/x86_64-w64-mingw32-objdump', ['-p', addon], { encoding: 'utf8' })
    assert.equal(status, 0)
    return stdout
  }

  test('needs nothing but what every Windows has', () => {
    const imports = [...dump().matchAll(/DLL Name: (\S+)/g)].map(match => match[1]?.toLowerCase()).sort()
    assert.deepEqual(imports, [
      'advapi32.dll',
      'crypt32.dll',
      'kernel32.dll',
      'msvcrt.dll',
      'secur32.dll',
      'user32.dll',
    ])
  })

  test('exports only what Node looks for', () => {
    const [, exported = ''] = /Ordinal\/Name Pointer\] Table([\s\S]*?)\n\n/.exec(dump()) ?? []
    const names = exported.split('\n').flatMap(line => /\] (\w+)$/.exec(line)?.[1] ?? [])
    assert.deepEqual(names.sort(), ['napi_register_module_v1', 'node_api_module_get_api_version_v1'])
  })

  test('lies at random addresses, and its data cannot be run', () => {
    const [characteristics = ''] = /DllCharacteristics[\s\S]*?\n\n/.exec(dump()) ?? []
    for (const flag of ['HIGH_ENTROPY_VA', 'DYNAMIC_BASE', 'NX_COMPAT']) assert.match(characteristics, new RegExp(flag))
  })
})
