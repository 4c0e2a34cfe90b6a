/** A cache file that latchkey in node.exe shares under Wine with the real MSAL.NET for Windows and the real msal-node. */
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { prepareWindows, runWindowsTests, windowsPath } from '../support/windows.js'
import { builtWindowsPeer } from '../third-party/support/dotnet-build.js'

before(prepareWindows)

test('windows/shared-file', async t => {
  const peers = new URL('../../test/peers/node_modules/', import.meta.url)
  const extensions = new URL('@azure/msal-node-extensions', peers)
  const env = {
    LATCHKEY_MSAL_NET: windowsPath(await builtWindowsPeer()),
    LATCHKEY_MSAL_NODE_EXTENSIONS: windowsPath(fileURLToPath(extensions)),
  }
  await runWindowsTests(t, 'dist-test/windows/shared-file.test.js', { env, timeoutMs: 240_000 })
})
