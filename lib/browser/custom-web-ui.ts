/** What a custom web UI settled with: its answer is checked before anything in it is believed, its error read as the app's. */
import { AuthError, ClientError, WebUiError } from '../errors.js'
import { parseAnswerParameters } from './answer-parameters.js'

/**
 * The parameters of the URL that a custom web UI ended on.
 *
 * Host and port are compared without case, those of an app's own scheme too; the path with it. The state is left to the
 * flow, which knows it.
 *
 * @throws {ClientError} `custom_webui_returned_invalid_uri` – no URL, no query, or a parameter twice.
 * @throws {ClientError} `custom_webui_invalid_mismatch` – a URL elsewhere than the redirect URI.
 */
export function checkWebUiAnswer(
  answer: URL | null | undefined,
  redirectUri: URL,
  correlationId?: string,
): ReadonlyMap<string, string> {
  const noAnswer = (): never => {
    throw new ClientError('custom_webui_returned_invalid_uri', undefined, { correlationId })
  }
  // A URL of another realm, such as Electron's, is no instance of ours, so that it is judged by its text.
  const text = String(answer)
  if (!URL.canParse(text)) return noAnswer()
  const url = new URL(text)
  if (placeOf(url) !== placeOf(redirectUri)) {
    throw new ClientError('custom_webui_invalid_mismatch', undefined, { correlationId })
  }
  const parameters = parseAnswerParameters(url.searchParams)
  return parameters === undefined || parameters.size === 0 ? noAnswer() : parameters
}

/**
 * The parameters of the URL that a window of ours ended on, which is the redirect URI.
 *
 * @throws {ClientError} `authentication_failed` – there are none, or one is there twice.
 */
export function checkWindowAnswer(answer: URL, correlationId: string): ReadonlyMap<string, string> {
  const parameters = parseAnswerParameters(answer.searchParams)
  if (parameters === undefined || parameters.size === 0) {
    throw new ClientError('authentication_failed', undefined, { correlationId })
  }
  return parameters
}

function placeOf({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host.toLowerCase()} ${pathname}`
}

/**
 * What the call rejects with when a custom web UI has rejected with `error`: a window that was closed is a sign-in that the
 * user cancelled, a {@link WebUiError} gets the id of the request, and anything else is the app's own business.
 */
export function webUiFailure(error: unknown, correlationId: string): unknown {
  if (error instanceof WebUiError) return nameRequest(error, correlationId)
  const isAbort = error instanceof Error && error.name === 'AbortError'
  return isAbort ? new ClientError('authentication_canceled', undefined, { correlationId, cause: error }) : error
}

/** What the call rejects with when a web UI of ours has: the very same, with the id of the request. */
export function ownWebUiFailure(error: unknown, correlationId: string): unknown {
  return error instanceof AuthError ? nameRequest(error, correlationId) : error
}

function nameRequest(error: AuthError, correlationId: string): AuthError {
  const named: { correlationId: string | undefined } = error
  if (error.correlationId === undefined && Object.isExtensible(error)) named.correlationId = correlationId
  return error
}
