/** `POST /{tenant}/winauth/trust/2005/windowstransport`: seamless single sign-on of managed users; there is `usernamemixed` too. */
import type { EmulatedUser } from '../accounts.js'
import { EntraError } from '../entra-error.js'
import { type Exchange, param, type Reply } from '../exchange.js'
import { authenticate, type Gate } from '../negotiate/authenticate.js'
import { assertUsable } from '../policies.js'
import { errorMessage, tokenMessage } from '../seamless-sso/messages.js'
import { resolveTenant } from '../tenant-path.js'
import type { TenantState } from '../tenant-state.js'
import { SoapFault } from '../wstrust/fault.js'
import { httpPage } from '../wstrust/http-page.js'
import { ENTRA_AUDIENCE } from '../wstrust/namespaces.js'
import { findUserOfKind } from '../wstrust/password-check.js'
import { readEnvelope, readRequest } from '../wstrust/request.js'
import { noteOf, soap } from '../wstrust/trust-endpoint.js'

type Proof = 'windowstransport' | 'usernamemixed'

export async function seamlessSso(exchange: Exchange, state: TenantState): Promise<Reply> {
  const proof = param(exchange, 'proof').toLowerCase()
  if (proof !== 'windowstransport' && proof !== 'usernamemixed') return httpPage(404)
  const admission = proof === 'windowstransport' ? await authenticate(exchange, state, gateOf(state)) : undefined
  // Who is not believed gets to know why; who did not say who they are, or not yet all of it, is asked.
  if (admission && 'reply' in admission && !admission.refused) return admission.reply
  const windowsUser = admission && 'user' in admission ? admission.user : undefined
  const headers = admission && 'headers' in admission ? admission.headers : {}
  const reply = await answer(exchange, state, proof, windowsUser)
  return { ...reply, headers: { ...reply.headers, ...headers } }
}

async function answer(
  exchange: Exchange,
  state: TenantState,
  proof: Proof,
  windowsUser: EmulatedUser | undefined,
): Promise<Reply> {
  let messageId: string | undefined
  try {
    const envelope = await readEnvelope(exchange.body)
    messageId = envelope.messageId
    const request = readRequest(envelope, '2005', exchange.path)
    exchange.notes.trust = noteOf(request)
    if (resolveTenant(state, exchange.place.tenant) !== 'tenant') throw new EntraError(50059)
    if ((state.scenario.federation.seamlessSso ?? 'off') === 'off') throw new EntraError(81007)
    if (request.appliesTo !== ENTRA_AUDIENCE) throw new EntraError(90023, { detail: 'AppliesTo is not valid.' })
    const user = proof === 'windowstransport' ? windowsUser : userOfPassword(state, request.usernameToken)
    if (!user) throw new EntraError(exchange.notes.windows?.scheme === 'NTLM' ? 81005 : 81004)
    const { seamlessSsoError } = state.switches(user)
    if (seamlessSsoError !== undefined) throw new EntraError(seamlessSsoError, { detail: user.username })
    const now = state.clock.now()
    return soap(200, tokenMessage(state.keepSecret(state.desktopTokens.issue(user, now)), now, messageId))
  } catch (error) {
    return soap(400, errorMessage(asEntraError(error), messageId))
  }
}

/** Entra says of a message that it cannot read no more than that. */
function asEntraError(error: unknown): EntraError {
  if (error instanceof EntraError) return error
  if (error instanceof SoapFault) return new EntraError(90023, { detail: error.message })
  throw error
}

/** Kerberos only. The service stands behind others that end TLS, so that nothing could be bound to a channel. */
function gateOf(state: TenantState): Gate {
  const find = (name: string) => findUserOfKind(state, 'managed', name)
  return { schemes: ['Negotiate'], extendedProtection: 'off', find }
}

function userOfPassword(state: TenantState, token: { username: string; password: string } | undefined): EmulatedUser {
  if (!token) throw new EntraError(90014, { detail: 'UsernameToken' })
  const user = state.findUser(token.username)
  if (user?.kind !== 'managed') throw new EntraError(50034, { detail: token.username })
  if (state.switches(user).locked) throw new EntraError(50053)
  if (!state.checkPassword(user, token.password)) throw new EntraError(50126)
  assertUsable(state, user)
  return user
}
