/** Turns an application into a token credential: silent first, and one sign-in for everybody who waits. */
import { InteractionRequiredError } from '../errors.js'
import { orAborted } from '../request/abort.js'
import type { AccountInfo, AuthenticationResult } from '../request/result.js'
import { Challenges } from './challenges.js'
import { withSignal } from './signal.js'
import type {
  AccessToken,
  GetTokenOptions,
  SilentApplication,
  TokenCredential,
  TokenCredentialOptions,
  TokenRequest,
} from './types.js'

/** The capability to answer claims challenges. */
const CONTINUOUS_ACCESS = 'cp1'

/**
 * Makes a credential for Azure SDK clients, Microsoft Graph and everything else that takes a `TokenCredential`.
 *
 * Shape: `new SecretClient(vaultUrl, tokenCredential(app))`. Several clients should share one credential.
 * Its getToken rejects with what acquireTokenSilent and whenInteractionRequired reject with, unchanged, and with an
 * `AbortError` when its abortSignal fires.
 *
 * @see [TokenCredential](https://learn.microsoft.com/javascript/api/@azure/core-auth/tokencredential)
 */
export function tokenCredential(app: SilentApplication, options: TokenCredentialOptions = {}): TokenCredential {
  const credential = new Credential(app, options)
  return { getToken: (scopes, getTokenOptions) => credential.getToken(scopes, getTokenOptions) }
}

class Credential {
  readonly #app: SilentApplication
  readonly #options: TokenCredentialOptions
  readonly #challenges = new Challenges<AuthenticationResult>()
  readonly #signIns = new Map<string, Promise<AuthenticationResult>>()
  /** Who signed in when this credential asked for it. */
  #account: AccountInfo | undefined

  constructor(app: SilentApplication, options: TokenCredentialOptions) {
    this.#app = app
    this.#options = options
    this.#account = options.account
  }

  async getToken(scopes: string | string[], getTokenOptions?: GetTokenOptions | null): Promise<AccessToken> {
    const options = getTokenOptions ?? {}
    const tenantId = options.tenantId ?? this.#options.tenantId
    const request: TokenRequest = {
      scopes: Array.isArray(scopes) ? scopes : [scopes],
      ...(tenantId !== undefined && { tenantId }),
      ...(options.claims !== undefined && { claims: options.claims }),
      ...(options.enableCae === true && { clientCapabilities: [CONTINUOUS_ACCESS] }),
    }
    const result = await withSignal(options, signal => this.#acquire(request, signal))
    return {
      token: result.accessToken,
      expiresOnTimestamp: result.expiresOn.getTime(),
      ...(result.refreshOn !== undefined && { refreshAfterTimestamp: result.refreshOn.getTime() }),
      tokenType: 'Bearer',
    }
  }

  /** Everybody whose call met the same challenge with the old token is served by one new token. */
  #acquire(request: TokenRequest, signal: AbortSignal | undefined): Promise<AuthenticationResult> {
    if (request.claims === undefined) return this.#silentOrSignIn(request, signal)
    const answer = this.#challenges.answer(request, () => this.#silentOrSignIn(request, undefined))
    return orAborted(answer, signal)
  }

  async #silentOrSignIn(request: TokenRequest, signal: AbortSignal | undefined): Promise<AuthenticationResult> {
    try {
      const account = await this.#whose()
      return await this.#app.acquireTokenSilent({ ...request, account, ...(signal && { signal }) })
    } catch (error) {
      const { whenInteractionRequired } = this.#options
      if (!(error instanceof InteractionRequiredError) || whenInteractionRequired === undefined) throw error
      return orAborted(
        this.#signInOnce(request, () => whenInteractionRequired(request, error)),
        signal,
      )
    }
  }

  #signInOnce(request: TokenRequest, signIn: () => Promise<AuthenticationResult>): Promise<AuthenticationResult> {
    const key = JSON.stringify(request)
    const underWay = this.#signIns.get(key)
    if (underWay !== undefined) return underWay
    const started = (async () => {
      const result = await signIn()
      this.#account ??= result.account
      return result
    })().finally(() => this.#signIns.delete(key))
    this.#signIns.set(key, started)
    return started
  }

  /**
   * @throws {InteractionRequiredError} multiple_accounts_for_login_hint – several accounts, and none was chosen.
   */
  async #whose(): Promise<AccountInfo | undefined> {
    if (this.#account !== undefined) return this.#account
    const accounts = await this.#app.getAccounts()
    if (accounts.length < 2) return accounts[0]
    throw new InteractionRequiredError('multiple_accounts_for_login_hint', undefined, {
      classification: 'acquire_token_silent_failed',
      hint: 'Pass one of getAccounts() as account of tokenCredential.',
    })
  }
}
