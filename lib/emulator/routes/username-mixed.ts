/** `POST /adfs/services/trust/{2005,13}/usernamemixed`: an assertion for a user name and password. */
import type { Exchange, Reply } from '../exchange.js'
import type { TenantState } from '../tenant-state.js'
import { authenticateByPassword } from '../wstrust/password-check.js'
import { answerTrust } from '../wstrust/trust-endpoint.js'

export function usernameMixed(exchange: Exchange, state: TenantState): Promise<Reply> {
  return answerTrust(exchange, state, 'usernamemixed', request => ({
    user: authenticateByPassword(state, request),
    authenticated: 'password',
  }))
}
