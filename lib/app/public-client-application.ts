/** The class that applications hold: each method checks its request, runs a flow and resolves with its result. */
import { TokenCache as OwnTokenCache } from '../cache/token-cache.js'
import { ClientError } from '../errors.js'
import type { FlowContext } from '../flow/flow-context.js'
import type { Configuration } from '../request/configuration.js'
import type {
  AccountFilter,
  AuthorizationCodeRequest,
  AuthorizationUrl,
  AuthorizationUrlRequest,
  DeviceCode,
  DeviceCodeRequest,
  IntegratedWindowsAuthRequest,
  InteractiveRequest,
  RefreshTokenRequest,
  SilentRequest,
  StartDeviceCodeRequest,
  UsernamePasswordRequest,
} from '../request/requests.js'
import type { AccountInfo, AuthenticationResult } from '../request/result.js'
import type { TokenCache } from '../request/token-cache.js'
import { type ValidConfiguration, validConfiguration } from './configuration.js'
import type { ServiceOverrides } from './services.js'

type SilentFlow = typeof import('../flow/silent.js')

/**
 * Signs users in to the Microsoft identity platform from a desktop program, a command line or a service.
 *
 * Use one for each client ID and cache. Methods may be called at the same time, in any order. Every method takes a
 * `signal`; aborting it rejects with the signal's reason.
 */
export class PublicClientApplication {
  readonly #configuration: ValidConfiguration
  readonly #overrides: ServiceOverrides
  readonly #tokenCache: OwnTokenCache
  readonly #closing = new AbortController()
  #context: FlowContext | undefined
  #silent: SilentFlow | undefined

  /**
   * @throws {ClientError} no_client_id – clientId is missing.
   * @throws {ClientError} invalid_authority – the authority is not an https URL with a tenant.
   * @throws {ClientError} invalid_configuration – another option has the wrong type or value.
   */
  constructor(configuration: Configuration)
  /** @internal What tests put in the place of the real thing. */
  constructor(configuration: Configuration, overrides?: ServiceOverrides)
  constructor(configuration: Configuration, overrides: ServiceOverrides = {}) {
    this.#configuration = validConfiguration(configuration)
    this.#overrides = overrides
    this.#tokenCache = new OwnTokenCache(this.#configuration.persistence ?? this.#configuration.plugin)
  }

  /** The token cache, for keeping it in a place of your own. */
  get tokenCache(): TokenCache {
    return this.#tokenCache
  }

  /**
   * Finds a token in the cache, or renews it, without the user. Call this first, each time a token is needed.
   *
   * Calls for the same token at the same time share one request. A cached token is used while it has more than five
   * minutes left; one that the service wants renewed early is renewed in the background.
   *
   * @throws {InteractionRequiredError} user_null, no_account_for_login_hint, multiple_accounts_for_login_hint, no_tokens_found – sign in first.
   * @throws {InteractionRequiredError} the service's error – the user has to do something.
   * @throws {ServiceError} the service's error – the service refused or is down.
   * @throws {ClientError} empty_scopes, invalid_request, network_error, request_timeout, cache_read_failed, … – see docs/errors.md.
   */
  async acquireTokenSilent(request: SilentRequest): Promise<AuthenticationResult> {
    // Nothing is waited for but what is missing: a hit takes a few microseconds, and each await is one of them.
    const context = this.#context ?? (await this.#start())
    this.#silent ??= await import('../flow/silent.js')
    this.#assertOpen()
    return this.#silent.acquireTokenSilent(context, request)
  }

  /**
   * Signs a user in with the system browser, an app window, or a web UI of your own.
   *
   * @throws {ClientError} authentication_canceled, authentication_timeout – the user did not finish.
   * @throws {ClientError} linux_xdg_open_failed, http_listener_error, loopback_redirect_uri, no_system_webview, authentication_ui_failed – the browser cannot be used so.
   * @throws {ClientError} user_mismatch, invalid_window_handle – somebody else signed in than `account`; parentWindow is not open.
   * @throws {InteractionRequiredError} no_prompt_failed – prompt was `none` and the user is needed.
   * @throws {ServiceError} the service's error – for example access_denied.
   * @throws what a custom web UI or openBrowser rejects with; see docs/interactive.md.
   * @see [RFC 8252](https://www.rfc-editor.org/rfc/rfc8252)
   */
  async acquireTokenInteractive(request: InteractiveRequest): Promise<AuthenticationResult> {
    const context = await this.#start()
    const { validInteractiveRequest } = await import('../flow/interactive-request.js')
    const valid = validInteractiveRequest(request, context)
    const flow = await import('../flow/interactive.js')
    return flow.acquireTokenInteractive(context, valid)
  }

  /**
   * Makes the URL of a sign-in page for an application that runs the browser itself. Redeem the code that comes back
   * with {@link acquireTokenByAuthorizationCode}, after comparing `state`.
   *
   * @throws {ClientError} empty_scopes, invalid_request, duplicate_query_parameter, … – the request has the wrong shape.
   * @throws {ServiceError} invalid_instance – the authority's host is not to be trusted.
   * @see [OIDC Core § 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
   */
  async getAuthorizationCodeUrl(request: AuthorizationUrlRequest): Promise<AuthorizationUrl> {
    const context = await this.#start()
    const { validAuthorizationUrlRequest } = await import('../flow/interactive-request.js')
    const valid = validAuthorizationUrlRequest(request, context.redirectUri)
    const flow = await import('../flow/authorization-url.js')
    return flow.getAuthorizationCodeUrl(context, valid)
  }

  /**
   * Redeems an authorization code that the application fetched itself.
   *
   * @throws {InteractionRequiredError} invalid_grant – the code has expired or was used before.
   * @throws {ServiceError} or {ClientError} as {@link acquireTokenInteractive}.
   * @see [RFC 6749 § 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)
   */
  async acquireTokenByAuthorizationCode(request: AuthorizationCodeRequest): Promise<AuthenticationResult> {
    const context = await this.#start()
    const flow = await import('../flow/authorization-code.js')
    return flow.acquireTokenByAuthorizationCode(context, flow.validCodeRequest(request, context.redirectUri))
  }

  /**
   * Gets a code that the user types on another device. Show it, then call {@link acquireTokenByDeviceCode} with it.
   *
   * @throws {ServiceError} the service's error – for example that this authority offers no device code.
   * @throws {ClientError} invalid_request, network_error, … – see docs/errors.md.
   * @see [RFC 8628 § 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1)
   */
  async startDeviceCode(request: StartDeviceCodeRequest): Promise<DeviceCode> {
    const context = await this.#start()
    const flow = await import('../flow/start-device-code.js')
    return flow.startDeviceCode(context, flow.validStartRequest(request))
  }

  /**
   * Signs a user in who types a code on another device, which may have a browser where this one has none.
   *
   * In one step, with `deviceCodeCallback`, or in two, with a `deviceCode` of {@link startDeviceCode}. That one stays good
   * after it was still pending, after an abort and after `timeoutSeconds`, until it expires.
   *
   * @throws {ClientError} code_expired – the user did not finish while the code was good.
   * @throws {ClientError} authentication_timeout – `timeoutSeconds` are over.
   * @throws {ServiceError} authorization_declined – the user declined.
   * @throws {ServiceError} authorization_pending – with `poll: 'once'`: the user has not finished yet.
   * @throws {ServiceError} or {InteractionRequiredError} the service's error.
   * @throws what deviceCodeCallback rejects with, unchanged.
   * @see [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)
   */
  async acquireTokenByDeviceCode(request: DeviceCodeRequest): Promise<AuthenticationResult> {
    const context = await this.#start()
    const { validDeviceCodeRequest } = await import('../flow/device-code-request.js')
    const valid = validDeviceCodeRequest(request, context.clientId)
    const flow = await import('../flow/device-code.js')
    return flow.acquireTokenByDeviceCode(context, valid)
  }

  /**
   * Signs in the user whom the system knows, with neither a prompt nor a password: who is signed in to the Windows domain,
   * or whoever a Kerberos ticket belongs to.
   *
   * For users of an organization with a federation server (AD FS); with `desktopSso` for others too. The authority names a
   * tenant or `organizations`. As with a password, nobody can be asked for anything: consent has to be there before, and a
   * second factor, which the service asks for when it sees fit, ends the call. Be ready to go on with
   * {@link acquireTokenInteractive} or a device code. See docs/integrated.md.
   *
   * @throws {InteractionRequiredError} the service's error – a second factor, missing consent (see `classification`).
   * @throws {ClientError} unknown_user, get_user_name_failed – the system does not say who is signed in.
   * @throws {ClientError} unknown_user_type, integrated_windows_auth_not_supported_managed_user – no federation server.
   * @throws {ClientError} integrated_windows_authentication_failed, invalid_request – with this authority it is not possible.
   * @throws {ClientError} negotiate_no_credentials, negotiate_credentials_expired, … – there is no ticket for the server.
   * @throws {ClientError} parsing_wstrust_response_failed – the federation server refused; its words are in the message.
   * @throws {ServiceError} or {ClientError} accessing_ws_metadata_exchange_failed, wstrust_endpoint_not_found, network_error, … – see `steps`.
   * @see [RFC 4559](https://www.rfc-editor.org/rfc/rfc4559)
   */
  async acquireTokenByIntegratedWindowsAuth(request: IntegratedWindowsAuthRequest): Promise<AuthenticationResult> {
    const context = await this.#start()
    const { validIntegratedRequest } = await import('../flow/integrated-request.js')
    const valid = validIntegratedRequest(request)
    const flow = await import('../flow/integrated-windows-auth.js')
    return flow.acquireTokenByIntegratedWindowsAuth(context, valid)
  }

  /**
   * Signs a user in with a user name and a password.
   *
   * Not recommended: the program sees a password, which can be phished and replayed, and multi-factor authentication,
   * Conditional Access, sign-in without a password and single sign-on cannot work; personal Microsoft accounts cannot
   * sign in so at all. It has its place where no user is, as in a pipeline; prefer a device code or integrated Windows
   * authentication.
   *
   * Nobody can be asked for consent here, so it has to be there before: granted by an administrator under "API
   * permissions" of the app registration or at the error's `adminConsentUrl`, or given by the user in one
   * {@link acquireTokenInteractive}, in one device code sign-in, or at the error's `consentUrl`. The authority names a
   * tenant or `organizations`. The password is sent once, and only where the user's password is checked: of a federated
   * user that is the organization's own server.
   *
   * @throws {InteractionRequiredError} the service's error – a wrong password, a second factor, missing consent (see `classification`).
   * @throws {ClientError} invalid_request – the authority is `common` or `consumers`, or a field has the wrong shape; nothing was sent.
   * @throws {ClientError} unknown_user, unknown_user_type, user_realm_discovery_failed – the user name is empty, or nobody knows it.
   * @throws {ClientError} ropc_not_supported_for_msa – a personal account.
   * @throws {ClientError} parsing_wstrust_response_failed – the federation server refused, as for a wrong password; its words are in the message.
   * @throws {ServiceError} or {ClientError} missing_federation_metadata_url, accessing_ws_metadata_exchange_failed, wstrust_endpoint_not_found, … – the federation server cannot be used; see `steps`.
   * @throws {ServiceError} or {ClientError} the service's error, network_error, ….
   * @see [RFC 6749 § 4.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.3)
   */
  async acquireTokenByUsernamePassword(request: UsernamePasswordRequest): Promise<AuthenticationResult> {
    const context = await this.#start()
    const { validPasswordRequest } = await import('../flow/password-request.js')
    const valid = validPasswordRequest(request)
    const flow = await import('../flow/username-password.js')
    return flow.acquireTokenByUsernamePassword(context, valid)
  }

  /**
   * Takes over a refresh token of another store and signs its user in: for an application that moves here from ADAL, or
   * from an MSAL whose cache it does not want to share.
   *
   * Call it once for each user, with the client ID and the authority that the token was issued for; the account is the one
   * that the answer names, and {@link acquireTokenSilent} serves it from then on. The token that was given, or the newer
   * one of the answer, is in the cache afterwards: delete it where it came from. When it is refused, the cache stays as it
   * was. A cache in a format of the MSALs needs none of this: see `tokenCache`.
   *
   * @throws {InteractionRequiredError} the service's error – the token has expired, was revoked, or is another application's.
   * @throws {ServiceError} or {ClientError} the service's error, invalid_request, network_error, ….
   * @see [RFC 6749 § 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)
   */
  async acquireTokenByRefreshToken(request: RefreshTokenRequest): Promise<AuthenticationResult> {
    const context = await this.#start()
    const flow = await import('../flow/refresh-token.js')
    return flow.acquireTokenByRefreshToken(context, flow.validRefreshTokenRequest(request))
  }

  /**
   * Lists the accounts that tokens are kept for. Never asks the network.
   *
   * @throws {ClientError} cache_read_failed – the cache is there but cannot be read.
   */
  async getAccounts(filter: AccountFilter = {}): Promise<AccountInfo[]> {
    const context = await this.#start()
    const { getAccounts } = await import('../flow/accounts.js')
    return getAccounts(context, filter)
  }

  /**
   * The account with this home account id, if tokens are kept for it.
   *
   * @throws {ClientError} cache_read_failed – the cache is there but cannot be read.
   */
  async getAccount(homeAccountId: string): Promise<AccountInfo | undefined> {
    const context = await this.#start()
    const { getAccount } = await import('../flow/accounts.js')
    return getAccount(context, homeAccountId)
  }

  /**
   * Removes an account and its tokens from the cache. The browser's own session stays.
   *
   * @throws {ClientError} cache_read_failed, cache_write_failed, cache_lock_timeout – nothing was removed from the store.
   */
  async removeAccount(account: AccountInfo): Promise<void> {
    const context = await this.#start()
    const { removeAccount } = await import('../flow/accounts.js')
    return removeAccount(context, account)
  }

  /** Closes connections and ends what is under way. Later calls reject with `app_closed`. May be called twice. */
  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) this.#closing.abort(new ClientError('app_closed'))
    this.#tokenCache.close()
    await this.#context?.http.close()
  }

  /** `await using app = new PublicClientApplication(…)` closes it at the end of the block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** The services are loaded with the first call: they are half of what importing this package would cost. */
  async #start(): Promise<FlowContext> {
    this.#assertOpen()
    const { createServices } = await import('./services.js')
    this.#assertOpen()
    this.#context ??= createServices({
      configuration: this.#configuration,
      tokenCache: this.#tokenCache,
      closed: this.#closing.signal,
      overrides: this.#overrides,
    })
    return this.#context
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw new ClientError('app_closed')
  }
}
