/** What every token answer is made of: signed tokens, and the next refresh token. */
import type { Authorization } from './authorization.js'
import type { Exchange } from './exchange.js'
import { editAnswer } from './scenario.js'
import { signJwt } from './signer.js'
import type { TenantState } from './tenant-state.js'

/** What the answer depends on besides the authorization. */
export interface Issue {
  exchange: Exchange
  state: TenantState
  authorization: Authorization
  /** The refresh token that was redeemed, if one was. */
  spentRefreshToken?: string | undefined
}

/** The claims as an access token, edited by the scenario. */
export async function signAccessToken(state: TenantState, claims: Record<string, unknown>): Promise<string> {
  return state.keepSecret(await signJwt(editAnswer(claims, state.scenario.accessTokenClaims)))
}

/** The claims as an ID token, edited by the scenario. */
export async function signIdToken(state: TenantState, claims: Record<string, unknown>): Promise<string> {
  return state.keepSecret(await signJwt(editAnswer(claims, state.scenario.idTokenClaims)))
}

/** A refresh token, where one was asked for, and as the scenario has them rotate. */
export function nextRefreshToken({ state, authorization, spentRefreshToken }: Issue): string | undefined {
  const { rotation } = state.scenario
  if (spentRefreshToken === undefined && !authorization.scopes.oidc.includes('offline_access')) return undefined
  if (spentRefreshToken !== undefined && rotation === 'off') return undefined
  if (spentRefreshToken !== undefined && rotation === 'revokeOld') state.refreshTokens.retire(spentRefreshToken)
  const family = state.isFamily(authorization.app)
  return state.keepSecret(state.refreshTokens.issue(authorization, family, state.clock.now()))
}
