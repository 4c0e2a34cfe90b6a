/** A web UI that is another process. Two URLs cross the channel: the one to show, and the one that it ended on. */
import { spawn } from 'node:child_process'
import { ClientError, WebUiError } from 'latchkey'

/**
 * Starts `command` for each sign-in and sends it `{ url }`; it answers with `{ url }`, or ends without an answer when the user
 * does not want to.
 *
 * What crosses opens nothing by itself: the code in the last URL can be redeemed by this process alone, which keeps the
 * verifier (RFC 7636), and it checks the state.
 */
export function processWebUi(command, args) {
  return {
    async acquireAuthorizationCode(authorizationUrl, _redirectUri, signal) {
      signal.throwIfAborted()
      const ui = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
      try {
        return await new Promise((resolve, reject) => {
          ui.once('message', message => resolve(new URL(message.url)))
          ui.once('error', cause => reject(new WebUiError(`${command} cannot be started`, { cause })))
          ui.once('exit', (code, by) => {
            reject(
              code === 0
                ? new ClientError('authentication_canceled')
                : new WebUiError(`${command} ended with ${code ?? by}`),
            )
          })
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
          // One that has ended already is heard of by its exit.
          ui.send({ url: authorizationUrl.href }, () => {})
        })
      } finally {
        // It ends by itself when it hears of this; one that does not is of no more use.
        if (ui.connected) ui.disconnect()
        if (signal.aborted) ui.kill()
      }
    },
  }
}
