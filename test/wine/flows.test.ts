/** Whole sign-ins in node.exe under Wine, as the flow ring has them: the library itself on Windows, with the emulator beside it. */
import { before, test } from 'node:test'
import { prepareWindows, runWindowsTests } from '../support/windows.js'

before(prepareWindows)

for (const name of ['device-code', 'loopback', 'silent']) {
  test(name, t => runWindowsTests(t, `dist-test/flow/${name}.test.js`))
}
