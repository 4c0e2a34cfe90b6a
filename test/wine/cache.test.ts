/** The cache on disk in node.exe under Wine: encrypted with DPAPI, and shared with the real MSAL.NET and msal-node. */

import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { prepareWindows, runWindowsTests, windowsPath } from '../support/windows.js'
import { builtWindowsPeer } from '../third-party/support/dotnet-build.js'

before(prepareWindows)

test('shared-file', async t => {
  const extensions = fileURLToPath(
    new URL('../../test/peers/node_modules/@azure/msal-node-extensions', import.meta.url),
  )
  const env = {
    LATCHKEY_MSAL_NET: windowsPath(await builtWindowsPeer()),
    LATCHKEY_MSAL_NODE_EXTENSIONS: windowsPath(extensions),
  }
  await runWindowsTests(t, 'dist-test/windows/shared-file.test.js', { env })
})
