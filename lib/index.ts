/** The public surface of latchkey. Re-exports only; no logic lives here. */
/// <reference types="node" preserve="true" />
export { PublicClientApplication } from './app/public-client-application.js'
export {
  openSystemBrowser,
  openWithChromeEdgeBrowser,
  openWithEdgeBrowser,
  whyNoSystemBrowser,
} from './browser/open-browser.js'
export { createDualFileCache, type DualFileCacheOptions } from './cache/dual-file-cache.js'
export {
  createPersistentCache,
  type KeychainOptions,
  type PersistentCache,
  type PersistentCacheOptions,
  type SecretServiceOptions,
} from './cache/persistent-cache.js'
export { diagnose } from './diagnose/diagnose.js'
export type { DiagnoseFlow, DiagnoseOptions, Diagnosis, DiagnosisName } from './diagnose/diagnosis.js'
export { findSystemUser, type SystemUser, type SystemUserOptions } from './diagnose/system-user.js'
export {
  AuthError,
  type AuthErrorOptions,
  ClientError,
  type InteractionClassification,
  InteractionRequiredError,
  ServiceError,
  type ServiceErrorDetails,
  WebUiError,
} from './errors.js'
export { type LoggerOptions, LogLevel } from './logger.js'
export type { CachePlugin, CachePluginContext } from './request/cache-plugin.js'
export { parseClaimsChallenge } from './request/claims-challenge.js'
export type { Configuration, HttpDispatcher, HttpOptions, ProxyOptions } from './request/configuration.js'
export type { CachePersistence } from './request/persistence.js'
export type {
  AccountFilter,
  AuthorizationCodeRequest,
  AuthorizationUrl,
  AuthorizationUrlRequest,
  CommonRequest,
  DeviceCode,
  DeviceCodeCallbackRequest,
  DeviceCodeRequest,
  IntegratedWindowsAuthRequest,
  InteractiveRequest,
  KerberosCredentials,
  RefreshTokenRequest,
  SilentRequest,
  StartDeviceCodeRequest,
  StartedDeviceCodeRequest,
  UsernamePasswordRequest,
} from './request/requests.js'
export type { AccountInfo, AuthenticationResult, IdTokenClaims } from './request/result.js'
export type { TokenCache, TokenCacheCallback, TokenCacheNotificationArgs } from './request/token-cache.js'
export { type AppWindowOptions, type CustomWebUi, Prompt, type SystemBrowserOptions } from './request/web-ui.js'
export type { WindowHandle } from './request/window-handle.js'
