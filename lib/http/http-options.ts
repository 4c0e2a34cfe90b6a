/** Checks the network options once, before anything is sent. */
import { ClientError } from '../errors.js'
import type { HttpClientOptions } from './http-client.js'

const DEFAULT_TIMEOUT_SECONDS = 30
// What setTimeout can count; a longer time would fire at once.
const LONGEST_TIMEOUT_SECONDS = 2 ** 31 / 1000 - 1
const PEM_CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/** Network options that have been checked, with their defaults filled in. */
export interface ValidHttpOptions extends HttpClientOptions {
  /** One certificate each. */
  readonly ca: string[]
  readonly timeoutSeconds: number
}

/**
 * Checks the options and copies them.
 *
 * @throws {ClientError} `invalid_configuration` – `http.ca` holds no PEM certificate, `http.timeoutSeconds` is no usable number,
 *   or `http.proxy` or `http.dispatcher` is of another type than theirs.
 */
export function validHttpOptions(options: HttpClientOptions): ValidHttpOptions {
  const { ca, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, proxy = false, dispatcher } = options
  // Plain JavaScript can pass anything, and would learn of it at the first sign-in.
  if (proxy !== false && typeof proxy !== 'string')
    throw new ClientError('invalid_configuration', 'http.proxy must be a URL as text, or false for none.')
  if (dispatcher !== undefined && typeof dispatcher?.dispatch !== 'function')
    throw new ClientError('invalid_configuration', 'http.dispatcher must be a Dispatcher of undici.')
  if (!(timeoutSeconds > 0 && timeoutSeconds <= LONGEST_TIMEOUT_SECONDS))
    throw new ClientError('invalid_configuration', 'http.timeoutSeconds is not a positive number of seconds.')
  return { ...options, ca: certificatesOf(ca), timeoutSeconds }
}

// Whether each one can be parsed is left to the first request: node:crypto costs more to load than this whole room.
function certificatesOf(ca: HttpClientOptions['ca']): string[] {
  if (ca === undefined) return []
  return (Array.isArray(ca) ? ca : [ca]).flatMap(entry => {
    const found = String(entry).match(PEM_CERTIFICATE)
    if (found === null)
      throw new ClientError('invalid_configuration', 'http.ca holds no PEM certificate.', {
        hint: 'Pass the contents of the PEM file as http.ca, not its path; a DER file has to be converted first.',
      })
    return found
  })
}
