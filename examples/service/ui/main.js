/** The service's web UI in Electron: shows the URL that it is sent, answers with the one that it ended on, and ends. */
import { once } from 'node:events'
import { app, BrowserWindow } from 'electron'
import { electronWebUi } from 'latchkey/electron'

const ended = new AbortController()
// The service has no more use for this window.
process.once('disconnect', () => ended.abort())
// A window that is closed is an answer, which is to be heard before this process ends.
app.on('window-all-closed', () => {})

const [[message]] = await Promise.all([once(process, 'message'), app.whenReady()])
const url = new URL(message.url)
const webUi = electronWebUi({ BrowserWindow, partition: 'persist:sign-in' })
let exitCode = 0
try {
  const redirectUri = new URL(url.searchParams.get('redirect_uri'))
  const answer = await webUi.acquireAuthorizationCode(url, redirectUri, ended.signal)
  await new Promise(resolve => process.send({ url: answer.href }, resolve))
} catch (error) {
  if (error.code !== 'authentication_canceled' && !ended.signal.aborted) {
    console.error(`${error.code ?? error.name}: ${error.message}`)
    exitCode = 1
  }
}
app.exit(exitCode)
