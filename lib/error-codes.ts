/** Every error code that latchkey itself raises, with what it means and what to do next; docs/errors.md is generated from it. */
import { client, type ErrorCodeEntry, interaction, service } from './error-codes/entry.js'
import { FEDERATION_CODES } from './error-codes/federation.js'

export type { ErrorCodeEntry } from './error-codes/entry.js'

const SIGN_IN_AGAIN = 'Call acquireTokenInteractive, or another sign-in method, and then try silently again.'

/** The table. Codes that MSAL has too carry MSAL's names, since those are what people search for. */
export const ERROR_CODES = {
  // Configuration and requests
  no_client_id: client(
    'The configuration has no clientId.',
    'Pass the application (client) ID of your app registration as clientId.',
  ),
  invalid_configuration: client(
    'An option of the configuration has the wrong type or value.',
    'Correct the option that the message names; API types are in the package.',
  ),
  invalid_request: client(
    'The request cannot be sent as it is.',
    'Correct the field that the message names and call again.',
  ),
  empty_scopes: client(
    'The request names no scopes.',
    'Ask for at least one scope, for example scopes: ["User.Read"].',
  ),
  invalid_authority: client(
    'The authority is not an https URL with a tenant in its path.',
    'Use the form https://login.microsoftonline.com/<tenant>, where <tenant> is a domain, a GUID, common, organizations or consumers.',
  ),
  authority_host_mismatch: client(
    'The authority of the request is on another host than the authority of the application.',
    'Use one PublicClientApplication per cloud, or list both hosts in knownAuthorities of the same cloud.',
  ),
  authority_type_mismatch: client(
    'The authority of the request is of another kind than the authority of the application.',
    'Create a second PublicClientApplication for the other kind of authority.',
  ),
  untrusted_authority: client(
    'Nothing vouches for the host of the authority, which would be sent a code or a password.',
    'Check the authority for a typing error; if its host is right, list it in knownAuthorities.',
  ),
  B2C_authority_host_mismatch: client(
    'The B2C authority of the request is on another host than the authority of the application.',
    'Use the same host for all user flows of a tenant, or one PublicClientApplication for each host.',
  ),
  tenant_override_non_aad: client(
    'tenantId was given, but this kind of authority has no tenant to replace.',
    'Leave tenantId out, or pass a whole authority.',
  ),
  tenant_discovery_failed: client(
    'The metadata of the authority could not be used.',
    'Check the authority for a typing error, and that the host publishes openid-configuration.',
  ),
  invalid_json_claims_format: client(
    'The claims are not a JSON object.',
    'Pass the claims text exactly as the web API or the error gave it.',
  ),
  duplicate_query_parameter: client(
    'extraQueryParameters repeats a parameter that latchkey sends itself.',
    'Remove it from extraQueryParameters and use the request field of that name.',
  ),
  no_redirect_uri: client(
    'There is no redirect URI to come back to.',
    'Set redirectUri in the configuration or in the request.',
  ),
  loopback_redirect_uri: client(
    'The system browser can only come back to an http loopback address.',
    'Use http://localhost as redirectUri (any port is added), or give a custom web UI.',
  ),
  app_closed: client('This PublicClientApplication has been closed.', 'Create a new one after close().'),
  // Interactive sign-in
  linux_xdg_open_failed: client(
    'No browser could be started on this system.',
    'Sign in with a device code instead, or pass systemBrowser.openBrowser to open the URL yourself.',
  ),
  http_listener_error: client(
    'The loopback address that the browser should come back to cannot be listened on.',
    'Choose another port, or leave the port out so that a free one is taken.',
  ),
  invalid_window_handle: client(
    'parentWindow is no window that exists.',
    "Pass the handle of a window that is open, such as Electron's BrowserWindow, or leave parentWindow out.",
  ),
  authentication_canceled: client(
    'The user cancelled the sign-in.',
    'Nothing is wrong; offer the sign-in again when the user asks for it.',
  ),
  authentication_timeout: client(
    'The sign-in was not finished in time, or the browser was closed.',
    'Offer to try again; timeoutSeconds sets how long to wait (default 300).',
  ),
  // Who signs in, at which federation server
  ...FEDERATION_CODES,
  // Device code
  device_code_not_supported: client(
    'This authority has no endpoint for device codes.',
    'Use acquireTokenInteractive: B2C, AD FS before 2019 and providers without a device_authorization_endpoint offer no device code.',
  ),
  invalid_device_code_response: client(
    'The answer to the device code request lacks a code or the address to type it at.',
    'Check the authority, and that no proxy alters the answer.',
  ),
  code_expired: client(
    'The code expired before the user had finished.',
    'Start a new device code sign-in and show the new code.',
  ),
  authentication_failed: client(
    'The answer of the sign-in page has neither a code nor an error.',
    'Try again; if it recurs, another program may be answering on the redirect address.',
  ),
  state_mismatch: client(
    'The answer carries the state of another sign-in.',
    'Start the sign-in again and do not reuse an old answer; somebody may have tried to slip one in.',
  ),
  custom_webui_returned_invalid_uri: client(
    'The custom web UI did not resolve with a URL that has an answer in its query.',
    'Resolve with the whole URL that the server redirected to; the answer has to be in its query, not in its fragment or posted.',
  ),
  custom_webui_invalid_mismatch: client(
    'The custom web UI resolved with a URL that is not the redirect URI.',
    'Resolve with the URL that starts with redirectUri, after the server has redirected to it.',
  ),
  custom_webui_failed: client(
    'The custom web UI could not bring an answer.',
    'The message is that of the web UI; offer the sign-in again, or sign in with the system browser.',
  ),
  embedded_webview_not_compatible_default_browser: client(
    'Options of one way to show the sign-in page are given together with another way.',
    'Leave the options out, or choose with webUi what they are for.',
  ),
  no_system_webview: client(
    'This way of showing the sign-in page is not available here.',
    'Use the system browser, or give a custom web UI.',
  ),
  authentication_ui_failed: client(
    'The browser of the app window did not start, or has crashed.',
    'Use the system browser, or name another browser with appWindow.executable; the message quotes one that did not start.',
  ),
  non_https_redirect_failed: client(
    'The sign-in page redirects to an address that is not https.',
    'Tell the administrator of the identity provider: what is typed there could be read on the way.',
  ),
  // Silent sign-in
  user_null: interaction(
    'Neither an account nor a login hint was given.',
    'Pass one of getAccounts() as account; where there is none, call acquireTokenInteractive, or another sign-in method, first.',
  ),
  no_account_for_login_hint: interaction('No account in the cache has this user name.', SIGN_IN_AGAIN),
  multiple_accounts_for_login_hint: interaction(
    'More than one account in the cache has this user name.',
    'Pick one of getAccounts({ username }) and pass it as account.',
  ),
  no_tokens_found: interaction('The cache has neither a usable access token nor a refresh token.', SIGN_IN_AGAIN),
  no_prompt_failed: interaction(
    'The sign-in page was told not to prompt, but it needs the user.',
    'Call acquireTokenInteractive again without prompt: "none".',
  ),
  user_mismatch: client(
    'Another user signed in than the one that was asked for.',
    'Sign in again as the user of the account, or leave the account out.',
  ),
  // Answers
  token_type_missing: client(
    'The token answer has no token_type.',
    'Check that the authority is a real token service.',
  ),
  token_type_mismatch: client(
    'The token answer is not of type Bearer.',
    'Check the authority; only bearer tokens are supported.',
  ),
  invalid_token_response: client(
    'The token answer lacks a field or holds one of the wrong type.',
    'Check that no proxy alters the answer, and that the authority is right.',
  ),
  invalid_jwt: client('The ID token is not a JSON Web Token.', 'Check that the authority is right.'),
  nonce_mismatch: client(
    'The ID token was not issued for this sign-in.',
    'Start the sign-in again; the answer may be an old one.',
  ),
  invalid_issuer: client(
    'The ID token comes from an issuer that does not belong to the authority.',
    'Check the authority: its host has to be one of the cloud that issues the tokens, and its tenant theirs.',
  ),
  invalid_audience: client('The ID token is meant for another application.', 'Check the clientId.'),
  // Network
  network_error: client(
    'The server could not be reached.',
    'Check the network and the proxy settings (HTTPS_PROXY, NO_PROXY or http.proxy).',
  ),
  tls_error: client(
    'The certificate of the server is not trusted.',
    "Pass the root that signed it as http.ca, or in NODE_EXTRA_CA_CERTS before the program starts: that of a network that replaces certificates, or the emulator's.",
  ),
  request_timeout: client(
    'The server did not answer in time.',
    'Try again; http.timeoutSeconds sets how long to wait.',
  ),
  response_too_large: client(
    'The answer is larger than any real answer of this service.',
    'Check that the authority is right and that no proxy puts a page of its own there.',
  ),
  service_not_available: service('The service is down or overloaded (HTTP 5xx).', 'Try again in a minute.'),
  request_throttled: service(
    'The service asks to slow down (HTTP 429).',
    'Wait as long as retryAfter says before the next call.',
  ),
  not_found: service('The endpoint does not exist (HTTP 404).', 'Check the authority and its tenant.'),
  http_status_not_200: service(
    'The service refused the request without saying why.',
    'Look at status and responseBody, and check the authority.',
  ),
  non_parsable_oauth_error: service(
    'The answer is not JSON.',
    'A proxy or a captive portal may have answered; look at responseBody.',
  ),
  // Cache and native code
  json_parse_failed: client(
    'The cache contents are not a token cache.',
    'Find out who wrote them, or sign in again: what is there is set aside, not deleted, and a new cache is begun.',
  ),
  cache_callback_reentered: client(
    'A callback of the token cache called the application, which waits for that callback.',
    'Work on the tokenCache that the callback is given, and call the application after the callback has ended.',
  ),
  cache_lock_timeout: client(
    'Another program holds the lock of the token cache.',
    'Try again; if it lasts, end the process that the message names.',
  ),
  cache_read_failed: client(
    'The token cache exists but cannot be read.',
    'Make the path a file of yours that you may read; it has not been touched, and this process goes on with the tokens that it has in memory.',
  ),
  cache_decryption_failed: client(
    "The token cache was encrypted and cannot be decrypted: it was changed or damaged, or it is another user's or another machine's.",
    'Sign in again: what is there is set aside, not deleted, and a new cache is begun.',
  ),
  cache_key_lost: client(
    'The token cache is encrypted with a key that the secret store does not have any more.',
    'Restore the keyring or keychain it was in, or sign in again: the old cache is set aside, not deleted.',
  ),
  secret_store_locked: client(
    'The secret store is locked, so that nobody can tell what is in it.',
    'Unlock the keyring or keychain and try again; nothing has been changed, and this process goes on with the tokens in memory.',
  ),
  secret_store_unavailable: client(
    'The secret store that keeps the key of the token cache, or the cache itself, cannot be reached.',
    'Run it in a session that has it (D-Bus and gnome-keyring, KWallet or KeePassXC on Linux); nothing has been changed, and this process goes on with the tokens in memory.',
  ),
  cache_write_failed: client(
    'The token cache could not be saved.',
    'Check free space, permissions and what is at the path; it keeps what it held before, and this process goes on with the tokens in memory.',
  ),
  encrypted_storage_unavailable: client(
    'The cache was to be encrypted, and nothing here can: Windows has DPAPI, other systems a keyring or keychain for the key.',
    'Run it in a session that has a keyring, or pass encrypt: false if whoever reads the files of the user may read the tokens.',
  ),
  unencrypted_storage_not_allowed: client(
    'Encrypted storage is not available here and unencrypted storage was not allowed.',
    'Pass allowUnencryptedStorage: true (--allow-unencrypted-storage) if tokens may be kept in a file that only you can read.',
  ),
  native_unavailable: client(
    'The native part of latchkey is not available on this system.',
    'Run npm run build in a checkout (needs g++ and cmake), or install a release that has a prebuild for this platform.',
  ),
} as const satisfies Record<string, ErrorCodeEntry>

/** The codes of {@link ERROR_CODES}. A ServiceError may also carry any `error` that the service sent. */
export type ErrorCode = keyof typeof ERROR_CODES
