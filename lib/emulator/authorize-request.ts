/** The authorization request: first where the answer may go, then what is asked for. */
import { type App, type Apps, acceptsRedirect } from './apps.js'
import type { CodeChallenge } from './codes.js'
import { EntraError } from './entra-error.js'
import type { Parameters } from './parameters.js'
import { parseClaims, type RequestedClaims } from './requested-claims.js'
import { parseScopes, type ScopeRequest } from './scopes.js'

/** Where the answer goes. Until this is known to be good, errors are shown and not redirected. */
export interface RedirectTarget {
  readonly app: App
  readonly redirectUri: string
  readonly responseMode: 'query' | 'fragment' | 'form_post'
  readonly state: string | undefined
}

export type Prompt = 'none' | 'login' | 'select_account' | 'consent' | 'create'

/** What the app asks the user for. */
export interface AuthorizeRequest {
  readonly scopes: ScopeRequest
  readonly claims: RequestedClaims
  readonly codeChallenge: CodeChallenge | undefined
  readonly nonce: string | undefined
  readonly prompt: Prompt | undefined
  readonly loginHint: string | undefined
  /** `client_info=1`: the answer tells the user's home account. */
  readonly clientInfo: boolean
}

const RESPONSE_MODES = ['query', 'fragment', 'form_post'] as const
const PROMPTS: readonly Prompt[] = ['none', 'login', 'select_account', 'consent', 'create']
const PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'prompt',
]

/**
 * Tells which app asks.
 *
 * @throws {EntraError} to be shown as a page – 900144, 9000411 parameters · 700016 app.
 */
export function parseApp(parameters: Parameters, apps: Apps): App {
  const duplicate = parameters.duplicate(PARAMETERS)
  if (duplicate) throw new EntraError(9000411, { detail: duplicate })
  const clientId = parameters.get('client_id')
  if (clientId === undefined) throw new EntraError(900144, { detail: 'client_id' })
  return apps.find(clientId)
}

/**
 * Tells where the answer goes; `undefined`: nowhere, since none is named and none registered. A link that only asks a
 * user to consent is made like that.
 *
 * @throws {EntraError} to be shown as a page – 50011 redirect URI.
 */
export function parseRedirectTarget(parameters: Parameters, app: App): RedirectTarget | undefined {
  const redirectUri = parameters.get('redirect_uri') ?? app.redirectUris[0]
  if (redirectUri === undefined) return undefined
  if (!acceptsRedirect(app, redirectUri)) throw new EntraError(50011, { detail: redirectUri })
  const asked = parameters.get('response_mode')?.toLowerCase()
  const responseMode = RESPONSE_MODES.find(mode => mode === asked) ?? 'query'
  return { app, redirectUri, responseMode, state: parameters.get('state') }
}

/**
 * Reads the rest.
 *
 * @throws {EntraError} to be redirected – 700054 response type · 70007 response mode · 70011 scope ·
 *   9002313 claims · 501491, 90023 code challenge · 90023 prompt.
 * @see [OpenID Connect Core § 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
 */
export function parseAuthorizeRequest(parameters: Parameters): AuthorizeRequest {
  const responseType = required(parameters, 'response_type')
  if (responseType !== 'code') throw new EntraError(700054, { detail: responseType })
  const responseMode = parameters.get('response_mode')
  if (responseMode !== undefined && !RESPONSE_MODES.some(mode => mode === responseMode.toLowerCase())) {
    throw new EntraError(70007, { detail: responseMode })
  }
  return {
    scopes: parseScopes(required(parameters, 'scope')),
    claims: parseClaims(parameters.get('claims')),
    codeChallenge: parseCodeChallenge(parameters),
    nonce: parameters.get('nonce'),
    prompt: parsePrompt(parameters.get('prompt')),
    loginHint: parameters.get('login_hint'),
    clientInfo: parameters.get('client_info') === '1',
  }
}

function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name)
  if (value === undefined) throw new EntraError(900144, { detail: name })
  return value
}

function parsePrompt(text: string | undefined): Prompt | undefined {
  if (text === undefined) return undefined
  const prompt = PROMPTS.find(known => known === text.toLowerCase())
  if (!prompt) throw new EntraError(90023, { detail: `'${text}' is not a supported value of 'prompt'.` })
  return prompt
}

/** RFC 7636 § 4.3: without a method the challenge is the verifier itself. */
function parseCodeChallenge(parameters: Parameters): CodeChallenge | undefined {
  const challenge = parameters.get('code_challenge')
  if (challenge === undefined) return undefined
  if (!/^[\w.~-]{43,128}$/.test(challenge)) throw new EntraError(501491)
  const method = parameters.get('code_challenge_method') ?? 'plain'
  if (method !== 'S256' && method !== 'plain') {
    throw new EntraError(90023, { detail: `'${method}' is not a supported value of 'code_challenge_method'.` })
  }
  return { challenge, method }
}
