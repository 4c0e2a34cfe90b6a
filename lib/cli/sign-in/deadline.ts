/** A limit to how long a person, a pipe or another program is waited for. */
import { ClientError } from '../../index.js'

/** How long a person is waited for without --timeout, in seconds. */
export const PATIENCE_SECONDS = 300

/** A signal that fires with `signal`, or after so many seconds with an `authentication_timeout` of this message. */
export function deadline(seconds: number, signal: AbortSignal, message: string): AbortSignal {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(new ClientError('authentication_timeout', message)), seconds * 1000)
  // What is waited for keeps the program running; when that is over there is nothing left to limit.
  timer.unref()
  return AbortSignal.any([signal, over.signal])
}
