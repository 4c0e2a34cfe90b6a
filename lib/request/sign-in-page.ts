/** What holds in every window of ours that shows a sign-in page: where the page ends, when it waits for a person, how it fails. */
import { ClientError, InteractionRequiredError } from '../errors.js'

/** A page that has loaded and goes nowhere for this long waits for a person. */
export const WAITS_FOR_A_PERSON_MS = 5_000

/** Is it the redirect URI, with whatever query? */
export function isAt(url: URL, redirectUri: URL): boolean {
  return url.protocol === redirectUri.protocol && url.host === redirectUri.host && url.pathname === redirectUri.pathname
}

/** What a page without a window ends with where a person would be needed. */
export function needsTheUser(): InteractionRequiredError {
  return new InteractionRequiredError('no_prompt_failed', undefined, { classification: 'prompt_never_failed' })
}

/** Why the page of a host did not load, in the browser's own words. A whole URL may hold what is secret. */
export function loadError(host: string, description: string, isCertificate: boolean): ClientError {
  return isCertificate
    ? new ClientError('tls_error', `The certificate of ${host} is not trusted: ${description}.`)
    : new ClientError('network_error', `${host} could not be reached: ${description}.`)
}
