/** The cache on disk in node.exe under Wine: encrypted with DPAPI, and what the ring cache has that is not a matter of Linux. */
import { before, test } from 'node:test'
import { prepareWindows, runWindowsTests } from '../support/windows.js'

before(prepareWindows)

for (const file of [
  'windows/persistent-cache',
  'windows/cache-files',
  'cache/atomic-file',
  'cache/file-lock',
  'cache/lock-processes',
  'cache/persistent-cache',
]) {
  test(file, t => runWindowsTests(t, `dist-test/${file}.test.js`, { timeoutMs: 240_000 }))
}
