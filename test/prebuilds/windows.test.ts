/** The binary for Windows x64 in real programs of Node under Wine: the native ring, and under another name as in an Electron app. */
import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { BOUNDARY_VERSION } from '#lib/native/contract.js'
import { temporaryFolder } from '../support/machine.js'
import { bootWindows, NODES, runInWindows, runWindowsTests } from '../support/windows.js'
import { LOAD, NODE_PROGRAMS, PACKAGE } from './support/package.js'

before(bootWindows)

const folder = PACKAGE

for (const executable of NODES) {
  describe(`win32-x64 in ${executable.split('/').at(-3)}`, () => {
    for (const file of ['native/addon', 'native/threads', 'windows/file-lock', 'windows/data-protection']) {
      test(file, t => runWindowsTests(t, `dist-test/${file}.test.js`, { executable, folder }))
    }
  })
}

describe('win32-x64 loads', () => {
  const loads = async (t: Parameters<typeof runInWindows>[0], executable: string, version: string) => {
    const { stdout, stderr } = await runInWindows(t, ['-e', LOAD], { executable, folder })
    assert.equal(stdout.trim(), `prebuilds/win32-x64/latchkey.node ${BOUNDARY_VERSION} ${version} x64`, stderr)
  }

  for (const executable of NODES) {
    const version = /node-(\d+)/.exec(executable)?.[1]
    test(`in Node ${version}`, t => loads(t, executable, `v${version}`))
  }
  test('in Node 18', t => loads(t, NODE_PROGRAMS.windowsX64, 'v18'))

  test('in a program of another name, as Electron apps have one', async t => {
    const executable = join(await temporaryFolder(t), 'an-app.exe')
    await copyFile(String(NODES[0]), executable)
    await loads(t, executable, 'v20')
  })
})
