/** The cache on disk in node.exe under Wine: encrypted with DPAPI, and shared with the real MSAL.NET and msal-node. */

import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { prepareWindows, runWindowsTests, windowsPath } from '../support/windows.js'
import { builtWindowsPeer } from '../third-party/support/dotnet-build.js'

before(prepareWindows)

for (const file of [
  'windows/persistent-cache',
  'windows/cache-files',
  'cache/atomic-file',
  'cache/file-lock',
  'cache/lock-processes',
  'cache/persistent-cache',
]) {
  test(file, t => runWindowsTests(t, `dist-test/${file}.test.js`, { timeoutMs: 300_000 }))
}

test('windows/shared-file', async t => {
  const extensions = fileURLToPath(
    new URL('../../test/peers/node_modules/@azure/msal-node-extensions', import.meta.url),
  )
  const env = {
    LATCHKEY_MSAL_NET: windowsPath(await builtWindowsPeer()),
    LATCHKEY_MSAL_NODE_EXTENSIONS: windowsPath(extensions),
  }
  await runWindowsTests(t, 'dist-test/windows/shared-file.test.js', { env })
})
