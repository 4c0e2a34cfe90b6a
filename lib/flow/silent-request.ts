/** The checked form of a silent request. */
import { ClientError } from '../errors.js'
import type { SilentRequest } from '../request/requests.js'
import type { AccountInfo } from '../request/result.js'
import { validScopes } from '../request/scopes.js'
import { optionalText, type ValidCommon, validCommon } from '../request/validate.js'

/** What the silent flow works from. */
export interface ValidSilentRequest extends ValidCommon {
  readonly scopes: readonly string[]
  readonly account: AccountInfo | undefined
  readonly loginHint: string | undefined
  readonly forceRefresh: boolean
}

/**
 * Checks a silent request.
 *
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 */
export function validSilentRequest(request: SilentRequest): ValidSilentRequest {
  const { correlationId, claims, clientCapabilities, extraQueryParameters, authority, tenantId, signal } =
    validCommon(request)
  const { account, forceRefresh = false } = request
  if (typeof forceRefresh !== 'boolean') throw new ClientError('invalid_request', 'forceRefresh must be true or false')
  // Named one by one: to spread them would take longer than the rest of a silent call.
  return Object.freeze({
    correlationId,
    claims,
    clientCapabilities,
    extraQueryParameters,
    authority,
    tenantId,
    signal,
    scopes: validScopes(request.scopes),
    account: validAccount(account),
    loginHint: optionalText(request.loginHint, 'loginHint', 1_024),
    forceRefresh,
  })
}

/**
 * Checks an account that the caller kept or got from getAccounts.
 *
 * @throws {ClientError} invalid_request – it has no homeAccountId, or a field of another type than AccountInfo's.
 */
export function validAccount(account: AccountInfo | null | undefined): AccountInfo | undefined {
  if (account === undefined || account === null) return undefined
  const { homeAccountId, localAccountId, environment, tenantId, username } = account
  const hint = 'Pass an account from getAccounts() or from a result.'
  if (typeof homeAccountId !== 'string' || homeAccountId === '') {
    throw new ClientError('invalid_request', 'account has no homeAccountId', { hint })
  }
  if (!(isText(localAccountId) && isText(environment) && isText(tenantId) && isText(username))) {
    throw new ClientError('invalid_request', 'account has a field that is not a string', { hint })
  }
  return account
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}
