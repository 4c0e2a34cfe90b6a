/** Checks the network options once, before anything is sent. */
import { ClientError } from '../errors.js'
import type { HttpClientOptions, ProxyClientOptions } from './http-client.js'
import { isServiceName } from './negotiate/service-name.js'

const DEFAULT_TIMEOUT_SECONDS = 30
// What setTimeout can count; a longer time would fire at once.
const LONGEST_TIMEOUT_SECONDS = 2 ** 31 / 1000 - 1
const PROXY_FIELDS: ReadonlySet<string> = new Set<keyof ProxyClientOptions>([
  'url',
  'integratedAuthentication',
  'servicePrincipalName',
  'allowNtlm',
])
const MAX_SERVICE_NAME = 1_024
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
  const { ca, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, dispatcher } = options
  // Plain JavaScript can pass anything, and would learn of it at the first sign-in.
  const proxy = options.proxy === undefined ? undefined : validProxy(options.proxy)
  if (dispatcher !== undefined && typeof dispatcher?.dispatch !== 'function')
    throw new ClientError('invalid_configuration', 'http.dispatcher must be a Dispatcher of undici.')
  if (!(timeoutSeconds > 0 && timeoutSeconds <= LONGEST_TIMEOUT_SECONDS))
    throw new ClientError('invalid_configuration', 'http.timeoutSeconds is not a positive number of seconds.')
  return { ...options, ...(proxy !== undefined && { proxy }), ca: certificatesOf(ca), timeoutSeconds }
}

function validProxy(proxy: NonNullable<HttpClientOptions['proxy']>): NonNullable<HttpClientOptions['proxy']> {
  if (proxy === false || typeof proxy === 'string') return proxy
  if (typeof proxy !== 'object' || proxy === null || proxy instanceof URL)
    return refuse('http.proxy must be a URL as text, an object, or false for none.')
  // A misspelt switch would only be noticed at the proxy.
  const unknown = Object.keys(proxy).find(name => !PROXY_FIELDS.has(name))
  if (unknown !== undefined) refuse(`http.proxy has no ${JSON.stringify(unknown.slice(0, 80))}.`)
  const { url, integratedAuthentication, servicePrincipalName, allowNtlm } = proxy
  if (url !== undefined && typeof url !== 'string' && !(url instanceof URL)) refuse('http.proxy.url must be a URL.')
  for (const [name, flag] of Object.entries({ integratedAuthentication, allowNtlm }))
    if (flag !== undefined && typeof flag !== 'boolean') refuse(`http.proxy.${name} must be true or false.`)
  if (servicePrincipalName !== undefined && !isName(servicePrincipalName))
    refuse('http.proxy.servicePrincipalName must have the form HTTP/<host>.')
  return Object.freeze({ ...proxy })
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.length <= MAX_SERVICE_NAME && isServiceName(name)
}

function refuse(message: string): never {
  throw new ClientError('invalid_configuration', message)
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
