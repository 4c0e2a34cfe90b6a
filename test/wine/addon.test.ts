/** The addon's Windows code in a real node.exe under Wine: the tests of the native ring, and those of Windows alone. */
import { before, describe, test } from 'node:test'
import { NODES, prepareWindows, runWindowsTests } from '../support/windows.js'

before(prepareWindows)

for (const executable of NODES) {
  describe(`in ${executable.split('/').at(-2)}`, () => {
    for (const file of ['native/addon', 'native/threads', 'windows/file-lock']) {
      test(file, t => runWindowsTests(t, `dist-test/${file}.test.js`, { executable }))
    }
  })
}
