/** What a custom web UI resolved with, checked before anything in it is believed. */
import { ClientError } from '../errors.js'
import { parseAnswerParameters } from './answer-parameters.js'

/**
 * The parameters of the URL that a custom web UI ended on.
 *
 * Host and port are compared without case, the path with it; the state is left to the flow, which knows it.
 *
 * @throws {ClientError} `custom_webui_returned_invalid_uri` – no URL, no query, or a parameter twice.
 * @throws {ClientError} `custom_webui_invalid_mismatch` – a URL elsewhere than the redirect URI.
 */
export function checkWebUiAnswer(answer: URL | null | undefined, redirectUri: URL): ReadonlyMap<string, string> {
  // A URL of another realm, such as Electron's, is no instance of ours, so that it is judged by its text.
  const text = String(answer)
  if (!URL.canParse(text)) throw new ClientError('custom_webui_returned_invalid_uri')
  const url = new URL(text)
  if (url.protocol !== redirectUri.protocol || url.host !== redirectUri.host || url.pathname !== redirectUri.pathname)
    throw new ClientError('custom_webui_invalid_mismatch')
  const parameters = parseAnswerParameters(url.searchParams)
  if (parameters === undefined || parameters.size === 0) throw new ClientError('custom_webui_returned_invalid_uri')
  return parameters
}
