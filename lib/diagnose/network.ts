/** The checks of the way to the authority: proxy, certificates, whether it answers, and what time it says it is. */
import { readFile, stat } from 'node:fs/promises'
import { type Authority, authorityUrl, parseAuthority } from '../authority/authority.js'
import { ClientError } from '../errors.js'
import type { HttpResponse } from '../http/http-client.js'
import { proxyFor } from '../http/proxy.js'
import { createHttpClient } from '../http/undici-client.js'
import { SILENT_LOGGER } from '../logger.js'
import type { LoadedAddon } from '../native/addon.js'
import { SYSTEM_CLOCK } from '../request/system-clock.js'
import { proxyNegotiator } from '../wstrust/proxy-negotiator.js'
import { ProxyWitness } from './asked-by-proxy.js'
import type { Check, DiagnoseOptions, Finding, Machine } from './diagnosis.js'

const DEFAULT_AUTHORITY = 'https://login.microsoftonline.com/common'
const MAX_CA_BYTES = 10 * 1024 * 1024
const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/g
// What the service tolerates, and what is worth a word.
const MOST_SKEW_MS = 5 * 60_000
const MUCH_SKEW_MS = 60_000

interface Answer {
  readonly response: HttpResponse
  readonly startedAt: number
  readonly endedAt: number
}

/** Who asks, and who looks on. */
interface Asking {
  readonly options: DiagnoseOptions
  readonly machine: Machine & { readonly addon: LoadedAddon }
  readonly witness: ProxyWitness
}

/** The four checks; they share one request. */
export function networkChecks(
  options: DiagnoseOptions,
  machine: Machine & { readonly addon: LoadedAddon },
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Readonly<Record<'proxy' | 'certificates' | 'authority' | 'clock', Check>> {
  const { authority: text = DEFAULT_AUTHORITY, protocolMode } = options
  const open = async () => metadataUrl(parseAuthority(text, protocolMode))
  let asked: Promise<Answer> | undefined
  const witness = new ProxyWitness()
  const ask = () => (asked ??= open().then(url => request(url, { options, machine, witness }, limits)))
  return {
    proxy: async () => {
      const found = proxy(await open(), options, machine)
      return found.isThere ? witness.testify(found.detail, ask()) : { ok: true, detail: found.detail }
    },
    certificates: async () => certificates(await open(), machine, ask),
    authority: async () => {
      const url = await open()
      return ask().then(
        answer => authority(url, answer),
        error => silence(error, proxy(url, options, machine)),
      )
    },
    clock: () => ask().then(clock, () => ({ ok: true, detail: 'not known', hint: 'Mend what authority says first.' })),
  }
}

/** @see [OpenID Connect Discovery 1.0 § 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig) */
function metadataUrl(authority: Authority): URL {
  const version = authority.kind === 'adfs' || authority.kind === 'oidc' ? '' : '/v2.0'
  return new URL(`${authorityUrl(authority)}${version}/.well-known/openid-configuration`)
}

async function request(
  url: URL,
  { options, machine, witness }: Asking,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Answer> {
  const { http } = options
  const { addon, env } = machine
  const tell = proxyNegotiator({ proxy: http?.proxy, native: () => addon, logger: SILENT_LOGGER })
  const services = { clock: SYSTEM_CLOCK, logger: SILENT_LOGGER, proxyNegotiator: witness.watch(tell), env }
  const client = createHttpClient({ http, ...services })
  try {
    const startedAt = Date.now()
    const response = await client.send({ method: 'GET', url, timeoutMs, signal, purpose: 'metadata request' })
    return { response, startedAt, endedAt: Date.now() }
  } finally {
    await client.close()
  }
}

function proxy(url: URL, { http }: DiagnoseOptions, { env }: Machine): { detail: string; isThere: boolean } {
  if (http?.dispatcher !== undefined) return { detail: 'the dispatcher of the application decides', isThere: false }
  const found = proxyFor(url, { proxy: http?.proxy, env })
  if (found === undefined) return { detail: `none for ${url.host}`, isThere: false }
  const withUser = found.username === '' ? '' : ', with a user name'
  return { detail: `${found.protocol}//${found.host}${withUser}, for ${url.host}`, isThere: true }
}

async function certificates(url: URL, { env }: Machine, ask: () => Promise<Answer>): Promise<Finding> {
  const file = env.NODE_EXTRA_CA_CERTS
  const extra = file === undefined || file === '' ? 'no NODE_EXTRA_CA_CERTS' : await extraCertificates(file)
  if (typeof extra !== 'string') return extra
  try {
    await ask()
    return { ok: true, detail: `${extra}; the certificate of ${url.host} is trusted` }
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'tls_error') {
      return {
        ok: true,
        detail: `${extra}; the certificate of ${url.host} is not known`,
        hint: 'Mend what authority says first.',
      }
    }
    return { ok: false, detail: `${extra}; ${error.message}`, hint: error.hint }
  }
}

async function extraCertificates(file: string): Promise<string | Finding> {
  const hint = 'Let NODE_EXTRA_CA_CERTS name a PEM file, and start the program anew: Node reads it at its start.'
  try {
    const { size } = await stat(file)
    if (size > MAX_CA_BYTES) throw new Error(`it is larger than ${MAX_CA_BYTES} bytes`)
    const count = (await readFile(file, 'utf8')).match(CERTIFICATE)?.length ?? 0
    if (count > 0) return `${count} in NODE_EXTRA_CA_CERTS (${file})`
    return { ok: false, detail: `NODE_EXTRA_CA_CERTS (${file}) holds no PEM certificate`, hint }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ok: false, detail: `NODE_EXTRA_CA_CERTS (${file}) cannot be read: ${reason}`, hint }
  }
}

function authority(url: URL, { response, startedAt, endedAt }: Answer): Finding {
  const { status } = response
  const detail = `${url.host} answered HTTP ${status} in ${endedAt - startedAt} ms`
  if (status === 200) return { ok: true, detail }
  if (status >= 500)
    return { ok: false, detail, hint: 'The service, or something before it, is in trouble; try again later.' }
  return { ok: false, detail, hint: 'Check the authority: its host, its tenant, and its user flow if it has one.' }
}

/** Whoever says nothing has to be guessed at: what is in between, by what the check of the proxy has found. */
function silence(error: unknown, { detail, isThere }: ReturnType<typeof proxy>): Finding {
  if (!(error instanceof ClientError) || error.code !== 'request_timeout') throw error
  return {
    ok: false,
    detail: `${error.message} [${error.code}]`,
    hint: isThere
      ? `Check the proxy (${detail}): it may be down, or not let this host through.`
      : 'Check the network: a firewall may swallow requests, or they have to go through a proxy (HTTPS_PROXY).',
  }
}

/** @see [RFC 9110 § 6.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1) */
function clock({ response, endedAt }: Answer): Finding {
  const date = Date.parse(response.headers.date ?? '')
  if (Number.isNaN(date)) return { ok: true, detail: 'not known: the authority did not say what time it is' }
  // The header was written when the answer was, after all handshakes, and cut to whole seconds: half a second on average.
  const skewMs = endedAt - (date + 500)
  const size = Math.abs(skewMs)
  if (size < 2_000) return { ok: true, detail: 'right' }
  const detail = `${spoken(size)} ${skewMs > 0 ? 'ahead of' : 'behind'} the authority`
  const hint = 'Set the clock of this machine, best by a time service: tokens are judged by it.'
  if (size > MOST_SKEW_MS) return { ok: false, detail, hint }
  return size > MUCH_SKEW_MS ? { ok: true, detail, hint } : { ok: true, detail }
}

function spoken(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`
}
