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

/** The version that an endpoint of AD FS's is for, or the answer where there is no such endpoint. */
export function endpointOf(
  exchange: Exchange,
  state: TenantState,
  name: 'usernamemixed' | 'windowstransport',
): { version: WsTrustVersion } | { reply: Reply } {
  const { server, disabledEndpoints = [] } = state.scenario.federation
  const version = versionOf(param(exchange, 'version'))
  if (!version || server === 'thirdParty') return { reply: httpPage(404) }
  const endpoint: TrustEndpoint = `${version}/${name}`
  return disabledEndpoints.includes(endpoint) ? { reply: httpPage(503) } : { version }
}

/** Answers a request of this version, wherever it came to; `authenticate` may throw a {@link SoapFault}. */
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

/** A SOAP answer. */
export function soap(status: number, body: string): Reply {
  return { status, headers: { 'Content-Type': 'application/soap+xml; charset=utf-8' }, body }
}

function versionOf(text: string): WsTrustVersion | undefined {
  return text === '13' || text === '2005' ? text : undefined
}

/** What the record of the request has of it; never the password. */
export function noteOf({ version, appliesTo, tokenType, usernameToken }: TokenRequest) {
  return {
    version,
    appliesTo,
    ...(tokenType === undefined ? {} : { tokenType }),
    ...(usernameToken ? { username: usernameToken.username } : {}),
  }
}
