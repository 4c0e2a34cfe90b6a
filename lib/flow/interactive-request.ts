/** The checked form of an interactive request and of a request for an authorize URL. */
import { isAbsolute } from 'node:path'
import { toWindowHandle } from '../browser/window-handle.js'
import { ClientError } from '../errors.js'
import type { AuthorizationUrlRequest, InteractiveRequest } from '../request/requests.js'
import type { AccountInfo } from '../request/result.js'
import { validScopes } from '../request/scopes.js'
import { optionalSeconds, optionalText, type ValidCommon, validCommon } from '../request/validate.js'
import { type AppWindowOptions, type CustomWebUi, Prompt, type SystemBrowserOptions } from '../request/web-ui.js'
import type { WindowHandle } from '../request/window-handle.js'
import type { FlowContext } from './flow-context.js'
import { validAccount } from './silent-request.js'

/** What an authorize URL is made from. */
export interface ValidAuthorizationUrlRequest extends ValidCommon {
  readonly scopes: readonly string[]
  readonly extraScopesToConsent: readonly string[]
  readonly redirectUri: string
  readonly prompt: Prompt | undefined
  readonly account: AccountInfo | undefined
  readonly loginHint: string | undefined
  readonly domainHint: string | undefined
  readonly responseMode: 'query' | 'form_post'
}

/** What an interactive sign-in works from. */
export interface ValidInteractiveRequest extends ValidAuthorizationUrlRequest {
  readonly webUi: CustomWebUi | 'systemBrowser' | 'appWindow'
  readonly systemBrowser: SystemBrowserOptions
  readonly appWindow: AppWindowOptions
  readonly parentWindow: bigint | undefined
  readonly timeoutSeconds: number
}

const DEFAULT_TIMEOUT_SECONDS = 300
const MAX_PAGE = 1_048_576
const PROMPTS: ReadonlySet<unknown> = new Set(Object.values(Prompt))

const refuse = (message: string, hint?: string): never => {
  throw new ClientError('invalid_request', message, { hint })
}

/**
 * Checks a request for an authorize URL.
 *
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 */
export function validAuthorizationUrlRequest(
  request: AuthorizationUrlRequest,
  defaultRedirectUri: string,
): ValidAuthorizationUrlRequest {
  const common = validCommon(request)
  const { prompt, responseMode = 'query', extraScopesToConsent = [] } = request
  if (prompt !== undefined && !PROMPTS.has(prompt)) refuse(`prompt must be one of ${[...PROMPTS].join(', ')}`)
  if (responseMode !== 'query' && responseMode !== 'form_post') refuse('responseMode must be query or form_post')
  const redirectUri = optionalText(request.redirectUri, 'redirectUri', 2_048) ?? defaultRedirectUri
  if (!URL.canParse(redirectUri)) refuse('redirectUri must be an absolute URI')
  return Object.freeze({
    ...common,
    scopes: validScopes(request.scopes),
    extraScopesToConsent:
      Array.isArray(extraScopesToConsent) && extraScopesToConsent.length === 0
        ? []
        : validScopes(extraScopesToConsent, 'extraScopesToConsent'),
    redirectUri,
    prompt,
    account: validAccount(request.account),
    loginHint: optionalText(request.loginHint, 'loginHint', 1_024),
    domainHint: optionalText(request.domainHint, 'domainHint', 1_024),
    responseMode,
  })
}

/**
 * Checks an interactive request.
 *
 * @throws {ClientError} invalid_window_handle – the parent window is no handle.
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 * @throws {ClientError} embedded_webview_not_compatible_default_browser – options of another web UI than the chosen one.
 * @throws {ClientError} no_system_webview – prompt `none`, and nothing that could go on without a window.
 */
export function validInteractiveRequest(
  request: InteractiveRequest,
  defaults: Pick<FlowContext, 'redirectUri' | 'parentWindow'>,
): ValidInteractiveRequest {
  const common = validAuthorizationUrlRequest(request, defaults.redirectUri)
  const { webUi = 'systemBrowser', timeoutSeconds } = request
  const isCustom = typeof webUi === 'object' && typeof webUi?.acquireAuthorizationCode === 'function'
  if (webUi !== 'systemBrowser' && webUi !== 'appWindow' && !isCustom) {
    refuse('webUi must be "systemBrowser" or "appWindow", or have an acquireAuthorizationCode method')
  }
  assertOptionsFit(request, webUi)
  const appWindow = validAppWindow(request.appWindow ?? {})
  if (common.prompt === Prompt.Never) assertGoesUnseen(webUi, appWindow)
  if (webUi === 'appWindow') assertSeenByBrowser(common.redirectUri)
  return Object.freeze({
    ...common,
    webUi,
    systemBrowser: validSystemBrowser(request.systemBrowser ?? {}),
    appWindow,
    parentWindow: toWindowHandle(request.parentWindow ?? configuredWindow(defaults.parentWindow)),
    timeoutSeconds: optionalSeconds(timeoutSeconds, 'timeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS,
  })
}

/** Options that would have no effect are a misunderstanding, and the app would find it out from its users. */
function assertOptionsFit(request: InteractiveRequest, webUi: unknown): void {
  for (const kind of ['systemBrowser', 'appWindow'] as const) {
    if (webUi === kind || request[kind] === undefined) continue
    throw new ClientError(
      'embedded_webview_not_compatible_default_browser',
      `${kind} options are given, and webUi is not "${kind}"`,
    )
  }
}

/** A browser window that opens, fails and stays is a prompt too: only what can stay hidden may be told not to prompt. */
function assertGoesUnseen(webUi: unknown, { profile }: AppWindowOptions): void {
  const isSeen = webUi === 'systemBrowser'
  const isForgetful = webUi === 'appWindow' && profile !== 'kept'
  if (!isSeen && !isForgetful) return
  const why = isSeen ? 'the system browser always shows a window' : 'nobody is signed in to a private profile'
  throw new ClientError('no_system_webview', `prompt "none" shows nothing, and ${why}`, {
    hint: 'Use acquireTokenSilent, an app window with a kept profile or a webUi that can do without a window; else leave prompt out.',
  })
}

/** An address of another scheme is given to the system, which starts whatever program is registered for it. */
function assertSeenByBrowser(redirectUri: string): void {
  if (/^https?:/i.test(redirectUri)) return
  throw new ClientError('invalid_request', 'The app window needs a redirectUri that is http or https.')
}

function configuredWindow(configured: FlowContext['parentWindow']): WindowHandle | undefined {
  return typeof configured === 'function' ? configured() : configured
}

function validSystemBrowser(options: SystemBrowserOptions): SystemBrowserOptions {
  if (typeof options !== 'object') return refuse('systemBrowser must be an object')
  const { openBrowser, port, browserRedirectSuccess, browserRedirectError } = options
  if (openBrowser !== undefined && typeof openBrowser !== 'function') {
    refuse('systemBrowser.openBrowser must be a function')
  }
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    refuse('systemBrowser.port must be a port number')
  }
  optionalText(options.htmlMessageSuccess, 'systemBrowser.htmlMessageSuccess', MAX_PAGE)
  optionalText(options.htmlMessageError, 'systemBrowser.htmlMessageError', MAX_PAGE)
  for (const target of [browserRedirectSuccess, browserRedirectError]) {
    if (target !== undefined && !(target instanceof URL)) refuse('systemBrowser.browserRedirect… must be a URL object')
  }
  return Object.freeze({ ...options })
}

function validAppWindow(options: AppWindowOptions): AppWindowOptions {
  if (typeof options !== 'object') return refuse('appWindow must be an object')
  const { executable, args, profile, width, height } = options
  optionalText(executable, 'appWindow.executable', 4_096)
  const isPath = executable === undefined || (isAbsolute(executable) && isArgument(executable))
  if (!isPath) refuse('appWindow.executable must be an absolute path')
  const areWords = args === undefined || (Array.isArray(args) && args.every(isArgument))
  if (!areWords) refuse('appWindow.args must be an array of strings')
  if (profile !== undefined && profile !== 'private' && profile !== 'kept') {
    refuse('appWindow.profile must be "private" or "kept"')
  }
  for (const [name, value] of Object.entries({ width, height })) {
    const isLength = value === undefined || (Number.isInteger(value) && value > 0 && value <= 10_000)
    if (!isLength) refuse(`appWindow.${name} must be a number of pixels`)
  }
  return Object.freeze({ ...options, ...(args && { args: [...args] }) })
}

function isArgument(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0')
}
