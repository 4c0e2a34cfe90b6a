/** The checks of the way to the federation server: who it is, whether it can be reached and trusted, which service is asked for. */
import { type Authority, parseAuthority } from '../authority/authority.js'
import { findUserRealm, hasUserRealms, isOfAnyAccount, type UserRealm } from '../authority/user-realm.js'
import { ClientError } from '../errors.js'
import { AnswerCache } from '../http/answer-cache.js'
import type { HttpClient } from '../http/http-client.js'
import { proxyFor } from '../http/proxy.js'
import { createHttpClient } from '../http/undici-client.js'
import { SILENT_LOGGER } from '../logger.js'
import type { LoadedAddon } from '../native/addon.js'
import { SYSTEM_CLOCK } from '../request/system-clock.js'
import { findWsTrustEndpoint } from '../wstrust/federation-metadata.js'
import type { FederationServer, WsTrustEndpoint } from '../wstrust/mex-document.js'
import { servicePrincipalNameOf } from '../wstrust/negotiator.js'
import { proxyNegotiator } from '../wstrust/proxy-negotiator.js'
import { Steps, shown } from '../wstrust/steps.js'
import type { Check, DiagnoseOptions, Finding, Machine } from './diagnosis.js'
import { inspectSystem } from './inspect-system.js'

/** How the look at the federation server ended. */
type Look =
  /** There was nothing to look at, which the finding says. */
  | { readonly finding: Finding }
  | { readonly endpoint: WsTrustEndpoint; readonly metadataUrl: URL | undefined; readonly domain: string }

interface Limits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const NAME_A_TENANT = 'Name the tenant in the authority: https://login.microsoftonline.com/<tenant>.'
const NAME_A_USER = 'Pass username, or mend what ticket says first.'

type WithAddon = Machine & { readonly addon: LoadedAddon }

/** The two checks; they share one look. No ticket is got or sent. */
export function federationChecks(
  options: DiagnoseOptions,
  machine: WithAddon,
  limits: Limits,
): Readonly<Record<'federation' | 'spn', Check>> {
  let looked: Promise<Look> | undefined
  const look = () => (looked ??= lookAt(options, machine, limits))
  return {
    federation: async () => federation(await look(), options, machine),
    spn: () =>
      look().then(
        found => spn(found, options),
        () => ({ ok: true, detail: 'not known', hint: 'Mend what federation says first.' }),
      ),
  }
}

function federation(look: Look, { http }: DiagnoseOptions, { env }: Machine): Finding {
  if ('finding' in look) return look.finding
  const { endpoint, metadataUrl, domain } = look
  const asked = metadataUrl ?? endpoint.url
  const proxy = http?.dispatcher === undefined ? proxyFor(asked, { proxy: http?.proxy, env }) : undefined
  const way = proxy === undefined ? 'no proxy' : `through ${proxy.protocol}//${proxy.host}`
  const what =
    metadataUrl === undefined ? 'no metadata' : `metadata at ${shown(metadataUrl)}, its certificate is trusted`
  return { ok: true, detail: `${domain} signs in at ${asked.host}, ${what}, ${way}` }
}

function spn(look: Look, { flow }: DiagnoseOptions): Finding {
  if (flow === 'password') return { ok: true, detail: 'none is asked for: the password is what proves the user' }
  if ('finding' in look) return { ok: true, detail: 'none is asked for, as far as is known' }
  const { url, version } = look.endpoint
  return { ok: true, detail: `${servicePrincipalNameOf(url)}, for ${shown(url)} (WS-Trust ${version})` }
}

async function lookAt(options: DiagnoseOptions, machine: WithAddon, limits: Limits): Promise<Look> {
  const authority = parsed(options)
  if (authority === undefined || !hasUserRealms(authority) || isOfAnyAccount(authority)) {
    // AD FS and B2C take passwords themselves.
    const takesPasswords = options.flow === 'password' && authority !== undefined && !hasUserRealms(authority)
    return nothing('the authority names no organization of Entra', takesPasswords ? undefined : NAME_A_TENANT)
  }
  const username = options.username ?? (await systemUser(options, machine))
  if (username === undefined) return nothing('nobody is known whose server it would be', NAME_A_USER)
  const http = createHttpClient({
    http: { ...options.http, timeoutSeconds: limits.timeoutMs / 1000 },
    clock: SYSTEM_CLOCK,
    logger: SILENT_LOGGER,
    proxyNegotiator: proxyNegotiator({
      proxy: options.http?.proxy,
      native: () => machine.addon,
      logger: SILENT_LOGGER,
    }),
    env: machine.env,
  })
  try {
    return await askAbout({ options, username, authority, http, signal: limits.signal })
  } finally {
    await http.close()
  }
}

function nothing(why: string, lacking: string | undefined): Look {
  return { finding: { ok: true, detail: `not looked at: ${why}`, ...(lacking !== undefined && { lacking }) } }
}

function parsed({ authority, protocolMode }: DiagnoseOptions): Authority | undefined {
  return authority === undefined ? undefined : parseAuthority(authority, protocolMode)
}

/** Nobody's password is known by a ticket. */
async function systemUser({ flow, kerberos }: DiagnoseOptions, { addon }: WithAddon): Promise<string | undefined> {
  return flow === 'password' ? undefined : (await inspectSystem(addon, kerberos)).username
}

interface Question {
  readonly options: DiagnoseOptions
  readonly username: string
  readonly authority: Authority
  readonly http: HttpClient
  readonly signal: AbortSignal
}

async function askAbout(question: Question): Promise<Look> {
  const { options, username, authority, http, signal } = question
  const domain = username.slice(username.lastIndexOf('@') + 1).toLowerCase()
  const correlationId = crypto.randomUUID()
  const realm = await realmOf(question, correlationId)
  if (realm === undefined) {
    const hint = 'Pass the user name that the service knows, such as joe@contoso.com.'
    const detail = `${authority.host} knows no domain ${domain}, that of the ticket`
    return { finding: { ok: true, detail, hint, lacking: hint } }
  }
  if (realm.accountType === 'managed') return { finding: managed(domain, options) }
  const { metadataUrl, activeUrl } = realm
  const query = {
    ...{ http, clock: SYSTEM_CLOCK, servers: new AnswerCache<FederationServer>(), steps: new Steps(SILENT_LOGGER) },
    ...{ metadataUrl, activeUrl, document: undefined, correlationId, signal },
  }
  const endpoint = await findWsTrustEndpoint(query, options.flow === 'password' ? 'password' : 'windows')
  return { endpoint, metadataUrl: metadataUrl === undefined ? undefined : new URL(metadataUrl), domain }
}

/** Whose users have no federation server. */
function managed(domain: string, { flow, desktopSso }: DiagnoseOptions): Finding {
  const detail = `none: ${domain} signs in at the service itself`
  if (flow === 'password') return { ok: true, detail }
  if (desktopSso) return { ok: true, detail: `${detail}, without a prompt where it has seamless single sign-on` }
  const hint =
    'For a sign-in without a prompt the tenant needs seamless single sign-on (desktopSso); other ways do without.'
  return { ok: true, detail, hint, lacking: hint }
}

async function realmOf(
  { options, username, authority, http, signal }: Question,
  correlationId: string,
): Promise<UserRealm | undefined> {
  try {
    return await findUserRealm({
      ...{ http, clock: SYSTEM_CLOCK, realms: new AnswerCache<UserRealm>() },
      ...{ authority, networkHost: authority.host, username, correlationId, signal },
      desktopSso: options.desktopSso === true,
    })
  } catch (error) {
    // The system's name for the user need not be one that the service knows.
    if (options.username === undefined && error instanceof ClientError && error.code === 'unknown_user_type')
      return undefined
    throw error
  }
}
