/** What all endpoints of the federation server do the same: read the message, find the user, answer with a token or a fault. */
import type { EmulatedUser } from '../accounts.js'
import { type Exchange, param, type Reply } from '../exchange.js'
import type { TrustEndpoint } from '../federation-switches.js'
import type { TenantState } from '../tenant-state.js'
import { faultEnvelope, SoapFault } from './fault.js'
import { httpPage } from './http-page.js'
import { issueToken } from './issue.js'
import { readEnvelope, readRequest, type TokenRequest } from './request.js'
import type { Authenticated } from './saml.js'
import type { WsTrustVersion } from './versions.js'

const SOAP_TYPE = /^application\/soap\+xml\s*(;|$)/i

/** Who asks, and how that was found out. */
export interface Caller {
  readonly user: EmulatedUser
  readonly authenticated: Authenticated
}

/** Answers a request at `{version}/{name}`; `authenticate` may throw a {@link SoapFault}. */
export async function answerTrust(
  exchange: Exchange,
  state: TenantState,
  name: 'usernamemixed' | 'windowstransport',
  authenticate: (request: TokenRequest) => Caller | Promise<Caller>,
): Promise<Reply> {
  const version = versionOf(param(exchange, 'version'))
  if (!version || state.scenario.federation.server === 'thirdParty') return httpPage(404)
  const endpoint: TrustEndpoint = `${version}/${name}`
  if (state.scenario.federation.disabledEndpoints?.includes(endpoint)) return httpPage(503)
  return answerRequest(exchange, state, version, authenticate)
}

/** Answers a request of this version, wherever it came to. */
export async function answerRequest(
  exchange: Exchange,
  state: TenantState,
  version: WsTrustVersion,
  authenticate: (request: TokenRequest) => Caller | Promise<Caller>,
): Promise<Reply> {
  if (!SOAP_TYPE.test(exchange.headers['content-type'] ?? '')) return httpPage(415)
  if (exchange.body === '') return httpPage(400)
  let messageId: string | undefined
  try {
    const envelope = await readEnvelope(exchange.body)
    messageId = envelope.messageId
    const request = readRequest(envelope, version, exchange.path)
    exchange.notes.trust = noteOf(request)
    const { user, authenticated } = await authenticate(request)
    return soap(200, await issueToken(state, request, user, authenticated))
  } catch (error) {
    if (!(error instanceof SoapFault)) throw error
    return soap(500, faultEnvelope(error.fault, version, messageId))
  }
}

export function soap(status: number, body: string): Reply {
  return { status, headers: { 'Content-Type': 'application/soap+xml; charset=utf-8' }, body }
}

function versionOf(text: string): WsTrustVersion | undefined {
  return text === '13' || text === '2005' ? text : undefined
}

function noteOf({ version, appliesTo, tokenType, usernameToken }: TokenRequest) {
  return {
    version,
    appliesTo,
    ...(tokenType === undefined ? {} : { tokenType }),
    ...(usernameToken ? { username: usernameToken.username } : {}),
  }
}
