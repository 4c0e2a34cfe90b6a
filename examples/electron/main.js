/** An Electron app that signs its user in: the main process, which alone ever holds a token. */
import path from 'node:path'
import { app, BrowserWindow, ipcMain } from 'electron'
import { createPersistentCache, InteractionRequiredError, PublicClientApplication } from 'latchkey'
import { electronWebUi } from 'latchkey/electron'

const { env } = process
const scopes = ['User.Read']

await app.whenReady()
const window = new BrowserWindow({
  width: 900,
  height: 700,
  title: 'Contoso Notes',
  webPreferences: { preload: path.join(import.meta.dirname, 'preload.cjs') },
})

// All that the library is told: where tokens are kept, which app this is, and which window asks.
const cache = await createPersistentCache({ name: 'tokens', directory: path.join(app.getPath('userData'), 'latchkey') })
const webUi = electronWebUi({ BrowserWindow, parent: window, partition: 'persist:sign-in' })
const client = new PublicClientApplication({
  clientId: env.LATCHKEY_CLIENT_ID ?? '',
  authority: env.LATCHKEY_AUTHORITY ?? 'https://login.microsoftonline.com/common',
  knownAuthorities: env.LATCHKEY_KNOWN_AUTHORITY?.split(',') ?? [],
  cache,
})

async function signIn({ mayAsk }) {
  const [account] = await client.getAccounts()
  const result = await client.acquireTokenSilent({ scopes, account }).catch(error => {
    if (mayAsk && error instanceof InteractionRequiredError) return client.acquireTokenInteractive({ scopes, webUi })
    throw error
  })
  // The page is told who it is, and nothing that opens anything.
  return { username: result.account.username, fromCache: result.fromCache }
}

async function signOut() {
  for (const account of await client.getAccounts()) await client.removeAccount(account)
}

/** Errors cross to the page without their code otherwise. */
const answer = work => async () => {
  try {
    return { ok: await work() }
  } catch (error) {
    return { code: error.code ?? error.name, message: error.message, hint: error.hint }
  }
}

ipcMain.handle(
  'start',
  answer(() => signIn({ mayAsk: false })),
)
ipcMain.handle(
  'sign-in',
  answer(() => signIn({ mayAsk: true })),
)
ipcMain.handle('sign-out', answer(signOut))

app.once('window-all-closed', async () => {
  await client.close()
  app.quit()
})
await window.loadFile(path.join(import.meta.dirname, 'index.html'))
