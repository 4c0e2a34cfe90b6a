/** `POST /adfs/services/trust/{2005,13}/usernamemixed`: an assertion for a user name and password. */
import type { Exchange, Reply } from '../exchange.js'
import type { TenantState } from '../tenant-state.js'
import { authenticateByPassword } from '../wstrust/password-check.js'
import { answerRequest, endpointOf } from '../wstrust/trust-endpoint.js'
import type { WsTrustVersion } from '../wstrust/versions.js'

export async function usernameMixed(exchange: Exchange, state: TenantState): Promise<Reply> {
  const endpoint = endpointOf(exchange, state, 'usernamemixed')
  return 'reply' in endpoint ? endpoint.reply : answerByPassword(exchange, state, endpoint.version)
}

/** Answers wherever a federation server takes passwords. */
export function answerByPassword(exchange: Exchange, state: TenantState, version: WsTrustVersion): Promise<Reply> {
  return answerRequest(exchange, state, version, request => ({
    user: authenticateByPassword(state, request),
    authenticated: 'password',
  }))
}
