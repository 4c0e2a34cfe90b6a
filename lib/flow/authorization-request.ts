/** The authorize URL of one sign-in, and the state, nonce and verifier that its answer is held against. */
import { randomBytes } from 'node:crypto'
import { ClientError, type ServiceError } from '../errors.js'
import { LIBRARY_SKU, LIBRARY_VERSION } from '../request/library.js'
import type { AccountInfo } from '../request/result.js'
import { scopesToSend } from '../request/scopes.js'
import { Prompt } from '../request/web-ui.js'
import { createPkcePair } from '../token/pkce.js'
import { parseServiceError } from '../token/service-error.js'

/** What goes into an authorize URL. */
export interface AuthorizationParameters {
  readonly endpoint: URL
  readonly clientId: string
  /** Another OpenID provider is sent nothing that only Microsoft's services understand. */
  readonly isMicrosofts: boolean
  readonly scopes: readonly string[]
  readonly extraScopesToConsent: readonly string[]
  readonly redirectUri: string
  readonly responseMode: 'query' | 'form_post'
  /** Default: to pick an account at Microsoft's, and the provider's own choice elsewhere. */
  readonly prompt: Prompt | undefined
  readonly account: AccountInfo | undefined
  readonly loginHint: string | undefined
  readonly domainHint: string | undefined
  /** JSON text, see token/claims.ts. */
  readonly claims: string | undefined
  readonly correlationId: string
  readonly extraQueryParameters: Readonly<Record<string, string>>
}

/** One sign-in that has been asked for. Everything but the URL stays in this process. */
export interface AuthorizationRequest {
  readonly url: URL
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/**
 * Builds the authorize URL.
 *
 * @throws {ClientError} duplicate_query_parameter – extraQueryParameters repeats one of ours.
 * @see [OIDC Core § 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest), [RFC 7636 § 4.3](https://www.rfc-editor.org/rfc/rfc7636#section-4.3)
 */
export function buildAuthorizationRequest(parameters: AuthorizationParameters): AuthorizationRequest {
  const { account } = parameters
  const state = randomBytes(32).toString('base64url')
  const nonce = randomBytes(32).toString('base64url')
  const { codeVerifier, codeChallenge } = createPkcePair()
  const loginHint = parameters.loginHint ?? (account?.username || undefined)
  const query: Record<string, string | undefined> = {
    client_id: parameters.clientId,
    response_type: 'code',
    redirect_uri: parameters.redirectUri,
    response_mode: parameters.responseMode,
    scope: scopesToSend(parameters.scopes, parameters.extraScopesToConsent),
    state,
    nonce,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    prompt: promptToSend(parameters),
    login_hint: loginHint,
    domain_hint: parameters.domainHint,
    claims: parameters.claims,
    ...(parameters.isMicrosofts && microsoftParameters(parameters, loginHint)),
  }
  const ours = new Set(Object.keys(query).map(name => name.toLowerCase()))
  const url = new URL(parameters.endpoint)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  for (const [name, value] of Object.entries(parameters.extraQueryParameters)) {
    if (ours.has(name.toLowerCase())) {
      throw new ClientError('duplicate_query_parameter', `extraQueryParameters repeats ${name}`)
    }
    url.searchParams.set(name, value)
  }
  return { url, redirectUri: parameters.redirectUri, state, nonce, codeVerifier }
}

function promptToSend({ prompt, isMicrosofts }: AuthorizationParameters): string | undefined {
  if (prompt === undefined) return isMicrosofts ? Prompt.SelectAccount : undefined
  return prompt === Prompt.NoPrompt ? undefined : prompt
}

function microsoftParameters(
  { account, correlationId }: AuthorizationParameters,
  loginHint: string | undefined,
): Record<string, string | undefined> {
  const [objectId, homeTenant] = account?.homeAccountId.split('.') ?? []
  return {
    client_info: '1',
    login_req: homeTenant === undefined ? undefined : objectId,
    domain_req: homeTenant,
    'client-request-id': correlationId,
    'x-client-SKU': LIBRARY_SKU,
    'x-client-Ver': LIBRARY_VERSION,
    'x-anchormailbox': loginHint === undefined ? undefined : `upn:${loginHint}`,
  }
}

/** What an answer is held against. */
export interface ExpectedAnswer {
  readonly state: string
  readonly prompt?: Prompt | undefined
  readonly correlationId: string
  /** Whether `iss` names whom was asked; `undefined` stands for an answer that names nobody. */
  readonly isFrom: (issuer: string | undefined) => boolean
}

/**
 * Takes the code out of the answer, whose state the caller has checked where it could not have come from us otherwise.
 *
 * @throws {ClientError} authentication_canceled – the user cancelled.
 * @throws {ClientError} state_mismatch – the answer belongs to another sign-in.
 * @throws {ClientError} invalid_issuer – another server answers than was asked, with a code or with an error.
 * @throws {ClientError} authentication_failed – neither a code nor an error.
 * @throws {InteractionRequiredError} no_prompt_failed – prompt was `none` and the user is needed.
 * @throws {ServiceError} the service's error, for example access_denied.
 * @see [RFC 6749 § 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2), [RFC 9207 § 2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)
 */
export function parseAuthorizationAnswer(params: ReadonlyMap<string, string>, expected: ExpectedAnswer): string {
  const { state, correlationId, isFrom } = expected
  if (params.get('state') !== state) throw new ClientError('state_mismatch', undefined, { correlationId })
  const issuer = params.get('iss')
  if (!isFrom(issuer)) {
    const by = issuer === undefined ? 'nobody, where the provider says that it names itself' : issuer
    throw new ClientError('invalid_issuer', `The sign-in was answered by ${by}`, { correlationId })
  }
  if (params.has('error')) throw authorizationError(params, expected)
  const code = params.get('code')
  if (code === undefined || code === '') throw new ClientError('authentication_failed', undefined, { correlationId })
  return code
}

function authorizationError(
  params: ReadonlyMap<string, string>,
  { prompt, correlationId }: ExpectedAnswer,
): ClientError | ServiceError {
  if (params.get('error_subcode') === 'cancel') {
    return new ClientError('authentication_canceled', undefined, { correlationId })
  }
  return parseServiceError({
    answer: Object.fromEntries(params),
    status: undefined,
    correlationId,
    retryAfter: undefined,
    responseBody: undefined,
    wasPromptNone: prompt === Prompt.Never,
  })
}
