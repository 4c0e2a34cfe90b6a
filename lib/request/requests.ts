/** The request of each sign-in method, every field with its default and unit. */
import type { AccountInfo } from './result.js'
import type { AppWindowOptions, CustomWebUi, Prompt, SystemBrowserOptions } from './web-ui.js'
import type { WindowHandle } from './window-handle.js'

/** What every request may carry. */
export interface CommonRequest {
  /** Id sent to the service and found in its logs. Default: a new GUID. */
  correlationId?: string
  /** Claims challenge: the JSON text from an error or from a web API. Default: none. (OIDC Core § 5.5) */
  claims?: string
  /** Capabilities that this request declares besides those of the configuration, for example `cp1`. Default: none. */
  clientCapabilities?: string[]
  /** Further query parameters for the authorize and token endpoints. Default: none. */
  extraQueryParameters?: Record<string, string>
  /** Whole authority for this request. Default: that of the configuration. */
  authority?: string
  /** Tenant for this request, in place of the one in the authority. */
  tenantId?: string
  /** Cancels the call, which then rejects with the signal's reason. */
  signal?: AbortSignal
}

/** Request of `acquireTokenSilent`. */
export interface SilentRequest extends CommonRequest {
  /** What the token may do, at least one scope; those of one resource. `openid`, `profile` and `offline_access` are added. */
  scopes: string[]
  /** Whose token. Without account and loginHint the call rejects with `user_null`. */
  account?: AccountInfo | undefined
  /** User name of the account, where the account itself is not at hand. */
  loginHint?: string
  /** Do not use the cached access token. Default false. */
  forceRefresh?: boolean
}

/** Request of `acquireTokenInteractive`. */
export interface InteractiveRequest extends CommonRequest {
  /** What the token may do, at least one scope; those of one resource. `openid`, `profile` and `offline_access` are added. */
  scopes: string[]
  /** Default: {@link Prompt.SelectAccount}; for an OpenID provider that is not Microsoft's none. */
  prompt?: Prompt
  /** Account to sign in; its user name becomes the login hint. Nobody else is accepted: leave it out where another user may sign in. */
  account?: AccountInfo
  /** User name to fill in. */
  loginHint?: string
  /** Domain or tenant to send the user to directly. */
  domainHint?: string
  /** Scopes to consent to now that are not in this token. */
  extraScopesToConsent?: string[]
  /** Default: that of the configuration, else `http://localhost`. */
  redirectUri?: string
  /** The window that this sign-in belongs to: it comes back to the front afterwards. Default: that of the configuration. */
  parentWindow?: WindowHandle
  /** `appWindow` is a window of Edge, Chrome or Chromium without bars that belongs to parentWindow. Default `systemBrowser`. */
  webUi?: CustomWebUi | 'systemBrowser' | 'appWindow'
  /** How the system browser is opened, and what it shows at the end. Not together with another web UI. */
  systemBrowser?: SystemBrowserOptions
  /** Which browser the app window is of, and what it keeps. Not together with another web UI. */
  appWindow?: AppWindowOptions
  /** How long the user may take, in seconds. Default 300. */
  timeoutSeconds?: number
}

/** Request of `getAuthorizationCodeUrl`. */
export interface AuthorizationUrlRequest extends CommonRequest {
  /** What the token may do, at least one scope; those of one resource. `openid`, `profile` and `offline_access` are added. */
  scopes: string[]
  /** Default: that of the configuration, else `http://localhost`. Compared byte for byte by the service. */
  redirectUri?: string
  /** Default: {@link Prompt.SelectAccount}; for an OpenID provider that is not Microsoft's none. */
  prompt?: Prompt
  /** User name to fill in. */
  loginHint?: string
  /** Domain or tenant to send the user to directly. */
  domainHint?: string
  /** Account to sign in; its user name becomes the login hint. */
  account?: AccountInfo
  /** Scopes to consent to now that are not in this token. */
  extraScopesToConsent?: string[]
  /** How the code comes back. Default `query`. (OAuth 2.0 Form Post Response Mode) */
  responseMode?: 'query' | 'form_post'
}

/** What `getAuthorizationCodeUrl` resolves with. Keep everything but the URL to yourself until the code is redeemed. */
export interface AuthorizationUrl {
  /** Where to send the browser. */
  url: URL
  /** Goes into {@link AuthorizationCodeRequest}; a secret. (RFC 7636 § 4.1) */
  codeVerifier: string
  /** Has to come back with the code, unchanged: compare it. (RFC 6749 § 10.12) */
  state: string
  /** Goes into {@link AuthorizationCodeRequest}, which holds the ID token against it. (OIDC Core § 3.1.2.1) */
  nonce: string
}

/** Request of `acquireTokenByAuthorizationCode`. */
export interface AuthorizationCodeRequest extends CommonRequest {
  /** The scopes that the URL was made with. */
  scopes: string[]
  /** The `code` of the answer; it can be redeemed once. */
  code: string
  /** The redirect URI that the code was sent to. Default: that of the configuration, else `http://localhost`. */
  redirectUri?: string
  /** Needed when the authorize URL had a challenge. (RFC 7636 § 4.5) */
  codeVerifier?: string
  /** Needed when the authorize URL had a nonce. */
  nonce?: string
}

/** What a person types on another device, and how long there is for it. (RFC 8628 § 3.2) */
export interface DeviceCode {
  /** What the user types. */
  userCode: string
  /** What this program polls with; a secret. */
  deviceCode: string
  /** Where the user types it. */
  verificationUri: string
  /** The same with the code in it, for a link or a QR code, where the service offers one. */
  verificationUriComplete?: string
  /** When the code stops working. */
  expiresOn: Date
  /** How long to wait between two polls, in seconds. */
  intervalSeconds: number
  /** The service's own words for the user, with the address and the code. */
  message: string
  /** The application that the code is for. */
  clientId: string
  /** The scopes that it was started with. */
  scopes: string[]
}

/** Request of `startDeviceCode`. */
export interface StartDeviceCodeRequest extends CommonRequest {
  /** What the token may do, at least one scope; those of one resource. `openid`, `profile` and `offline_access` are added. */
  scopes: string[]
}

/** What both forms of a device code request may carry. */
interface DeviceCodeWait {
  /** How long to wait for the user, in seconds. Default: until the code expires. */
  timeoutSeconds?: number
}

/** Request of `acquireTokenByDeviceCode` that starts the sign-in itself. */
export interface DeviceCodeCallbackRequest extends CommonRequest, DeviceCodeWait {
  /** What the token may do, at least one scope; those of one resource. `openid`, `profile` and `offline_access` are added. */
  scopes: string[]
  /** Shows the code to the user. It is awaited before the first poll; what it rejects with, the call rejects with. */
  deviceCodeCallback: (deviceCode: DeviceCode) => void | Promise<void>
}

/** Request of `acquireTokenByDeviceCode` that goes on with a code of `startDeviceCode`. */
export interface StartedDeviceCodeRequest extends CommonRequest, DeviceCodeWait {
  /** What `startDeviceCode` resolved with. */
  deviceCode: DeviceCode
  /** Default: the scopes that the code was started with. */
  scopes?: string[]
  /** `once` asks one time and rejects with `authorization_pending` while the user has not finished. Default `untilDone`. */
  poll?: 'untilDone' | 'once'
}

/** Request of `acquireTokenByDeviceCode`, in one step or in two. */
export type DeviceCodeRequest = DeviceCodeCallbackRequest | StartedDeviceCodeRequest

/** Request of `acquireTokenByUsernamePassword`. */
export interface UsernamePasswordRequest extends CommonRequest {
  /** What the token may do, at least one scope; those of one resource. `openid`, `profile` and `offline_access` are added. */
  scopes: string[]
  /** User principal name, as joe@contoso.com. */
  username: string
  /** As text, or as UTF-8 bytes that the caller can wipe once the call is done. At most 1024 characters; never kept. */
  password: string | Uint8Array
  /** MEX document (WSDL) of the federation server, where it cannot be fetched. For federated users; default: fetched. */
  federationMetadata?: string
}

/** Which Kerberos credentials to use on Linux and macOS. What is left out is up to the system, as `KRB5CCNAME` and krb5.conf say. */
export interface KerberosCredentials {
  /** Keytab to get tickets with, as a path or `FILE:<path>`: for a service, which has neither a password nor a user. */
  clientKeytab?: string
  /** Credential cache, as `FILE:<path>`, `DIR:<path>`, `KEYRING:…`, `KCM:…` or `MEMORY:<name>`. */
  credentialCache?: string
  /** Which principal of them, as `joe@CONTOSO.COM`. */
  principal?: string
}

/** Request of `acquireTokenByIntegratedWindowsAuth`. */
export interface IntegratedWindowsAuthRequest extends CommonRequest {
  /** What the token may do, at least one scope; those of one resource. `openid`, `profile` and `offline_access` are added. */
  scopes: string[]
  /**
   * User principal name of who is signed in; says whose server to ask, the ticket says who it is. Default: asked of Windows;
   * elsewhere the principal of the Kerberos ticket.
   */
  username?: string
  /** MEX document (WSDL) of the federation server, where it cannot be fetched. Default: fetched. */
  federationMetadata?: string
  /** Also sign in users who are not federated, through seamless single sign-on of the tenant. Default false. */
  desktopSso?: boolean
  /** Name of the service that the server proves to be. Default `HTTP/<host>`. */
  servicePrincipalName?: string
  /** Not for Windows, which uses who is signed in. */
  kerberos?: KerberosCredentials
  /** Let Windows fall back to NTLM where Kerberos cannot be used. Default true. */
  allowNtlm?: boolean
}

/** Request of `acquireTokenByRefreshToken`. */
export interface RefreshTokenRequest extends CommonRequest {
  /** What the token may do, at least one scope; those of one resource. `openid`, `profile` and `offline_access` are added. */
  scopes: string[]
  /** A refresh token that this client ID was given, for example by ADAL; without spaces or a line break around it. */
  refreshToken: string
}

/** Filter of `getAccounts`; every given field must match, ignoring case. */
export interface AccountFilter {
  /** User name of the account. */
  username?: string
  /** Tenant that issued its tokens. */
  tenantId?: string
  /** Host of its cloud, by any of its names. */
  environment?: string
  /** B2C user flow (policy) that the account signed in with. */
  userFlow?: string
}
