/** `POST /adfs/services/trust/{2005,13}/windowstransport`: an assertion for whoever is signed in to Windows. */
import type { Exchange, Reply } from '../exchange.js'
import { authenticate } from '../negotiate/authenticate.js'
import type { TenantState } from '../tenant-state.js'
import { findFederatedUser } from '../wstrust/password-check.js'
import { answerRequest, endpointOf } from '../wstrust/trust-endpoint.js'
import type { WsTrustVersion } from '../wstrust/versions.js'

export async function windowsTransport(exchange: Exchange, state: TenantState): Promise<Reply> {
  const endpoint = endpointOf(exchange, state, 'windowstransport')
  return 'reply' in endpoint ? endpoint.reply : answerByWindows(exchange, state, endpoint.version)
}

/** Answers wherever a federation server asks who is signed in: before anybody looks at what is asked of it. */
export async function answerByWindows(exchange: Exchange, state: TenantState, version: WsTrustVersion): Promise<Reply> {
  const { schemes = ['Negotiate', 'NTLM'], extendedProtection = 'allow' } = state.scenario.federation
  const find = (name: string) => findFederatedUser(state, name)
  const admission = await authenticate(exchange, state, { schemes, extendedProtection, find })
  if ('reply' in admission) return admission.reply
  const { user, headers } = admission
  const reply = await answerRequest(exchange, state, version, () => ({ user, authenticated: 'windows' }))
  return { ...reply, headers: { ...reply.headers, ...headers } }
}
