/** Authorization code with PKCE: listen, open the browser, wait for the answer, redeem the code, tell the browser how it went. */

import { isMicrosofts } from '../authority/authority.js'
import { checkWebUiAnswer, checkWindowAnswer, ownWebUiFailure, webUiFailure } from '../browser/custom-web-ui.js'
import { type LoopbackListener, listenOnLoopback } from '../browser/loopback-server.js'
import type { ParentWindow } from '../browser/parent-window.js'
import { AuthError, ClientError } from '../errors.js'
import { orAborted } from '../request/abort.js'
import type { AuthenticationResult } from '../request/result.js'
import type { CustomWebUi } from '../request/web-ui.js'
import { buildClaims } from '../token/claims.js'
import { isIssuerOf } from '../token/id-token.js'
import { acquireTokenByAuthorizationCode } from './authorization-code.js'
import {
  type AuthorizationRequest,
  buildAuthorizationRequest,
  type ExpectedAnswer,
  parseAuthorizationAnswer,
} from './authorization-request.js'
import type { FlowContext } from './flow-context.js'
import type { ValidInteractiveRequest } from './interactive-request.js'
import { targetForRequest } from './target.js'
import { createDeadline } from './timeout.js'

/**
 * Signs a user in.
 *
 * @throws {ClientError} authentication_canceled – the user cancelled.
 * @throws {ClientError} authentication_timeout – the answer did not come in time.
 * @throws {ClientError} linux_xdg_open_failed, http_listener_error, loopback_redirect_uri – the browser cannot be used.
 * @throws {ClientError} no_system_webview, authentication_ui_failed – the app window cannot be used.
 * @throws {ClientError} network_error, tls_error, non_https_redirect_failed – of its pages, too.
 * @throws {ClientError} invalid_window_handle – the parent window is gone.
 * @throws {ServiceError} or {InteractionRequiredError} what the service answered.
 * @throws {ClientError} custom_webui_returned_invalid_uri, custom_webui_invalid_mismatch, state_mismatch, invalid_issuer – not
 *   the answer to this sign-in.
 * @throws {WebUiError} custom_webui_failed – as a custom web UI has thrown it, with the id of the request.
 * @throws what a custom web UI or openBrowser rejects with, unchanged.
 * @see [RFC 8252](https://www.rfc-editor.org/rfc/rfc8252)
 */
export async function acquireTokenInteractive(
  context: FlowContext,
  request: ValidInteractiveRequest,
): Promise<AuthenticationResult> {
  const deadline = createDeadline(
    context.clock,
    request.timeoutSeconds * 1000,
    [request.signal, context.closed],
    () => new ClientError('authentication_timeout', undefined, { correlationId: request.correlationId }),
  )
  try {
    const timed = { ...request, signal: deadline.signal }
    if (typeof request.webUi === 'object') return await signInWithCustomWebUi(context, timed, request.webUi)
    const parent = await findParent(context, timed)
    return await (request.webUi === 'appWindow'
      ? signInWithAppWindow(context, timed, parent)
      : withParentInFront(context, parent, () => signInWithSystemBrowser(context, timed)))
  } finally {
    deadline.stop()
  }
}

type TimedRequest = ValidInteractiveRequest & { readonly signal: AbortSignal }

/** What was asked for, and of whom. */
type AskedFor = AuthorizationRequest & Pick<ExpectedAnswer, 'isFrom'>

/** A parent window is there before anything is opened. */
async function findParent(
  { native, logger }: FlowContext,
  { parentWindow, signal }: TimedRequest,
): Promise<ParentWindow | undefined> {
  if (parentWindow === undefined) return undefined
  const { findParentWindow } = await import('../browser/parent-window.js')
  return orAborted(findParentWindow(parentWindow, native(), logger), signal)
}

/** A parent window is in front when the sign-in has ended, however it has. */
async function withParentInFront<T>(
  { logger }: FlowContext,
  parent: ParentWindow | undefined,
  signIn: () => Promise<T>,
): Promise<T> {
  try {
    return await signIn()
  } finally {
    if (parent !== undefined) {
      const { bringToFront } = await import('../browser/parent-window.js')
      await bringToFront(parent, logger)
    }
  }
}

async function signInWithAppWindow(
  context: FlowContext,
  request: TimedRequest,
  parent: ParentWindow | undefined,
): Promise<AuthenticationResult> {
  const { appWindowFor } = await import('./app-window.js')
  const appWindow = appWindowFor(context, request, parent)
  // Waited for in any case: it minds the signal, and takes its window and its profile away.
  return signInWithWebUi(context, request, {
    show: appWindow.acquireAuthorizationCode,
    failureOf: ownWebUiFailure,
    answerOf: (answer, _redirectUri, correlationId) => checkWindowAnswer(answer, correlationId),
  })
}

async function signInWithSystemBrowser(context: FlowContext, request: TimedRequest): Promise<AuthenticationResult> {
  const listener = await listenOnLoopback({
    redirectUri: request.redirectUri,
    ...(request.systemBrowser.port === undefined ? {} : { port: request.systemBrowser.port }),
    pages: request.systemBrowser,
    logger: context.logger,
    clock: context.clock,
  })
  try {
    const authorization = await authorizationFor(context, request, listener.redirectUri, 'form_post')
    const answer = await answerFromBrowser(context, request, listener, authorization)
    try {
      const result = await redeem(context, request, authorization, answer.params)
      answer.respond({ outcome: 'success' })
      return result
    } catch (error) {
      const known = error instanceof AuthError
      answer.respond({
        outcome: 'failure',
        error: known ? error.code : 'cancelled',
        description: known ? error.message : 'The sign-in was cancelled.',
      })
      throw error
    }
  } finally {
    await listener.close()
  }
}

/** A browser that cannot be started ends the wait; one that was started may be left open for as long as the user likes. */
async function answerFromBrowser(
  context: FlowContext,
  request: TimedRequest,
  listener: LoopbackListener,
  authorization: AuthorizationRequest,
) {
  const noBrowser = new AbortController()
  const isOver = new AbortController()
  const open = request.systemBrowser.openBrowser ?? context.browser.open
  const wait = listener.waitForAnswer(authorization.state, AbortSignal.any([request.signal, noBrowser.signal]))
  context.logger.info('waiting for the sign-in in the browser')
  Promise.resolve()
    .then(() => open(new URL(authorization.url), isOver.signal))
    .catch((error: unknown) => noBrowser.abort(error))
  return wait.finally(() => isOver.abort())
}

/** Once the time is up, or the caller has had enough, what an app's own web UI still does matters to nobody. */
function signInWithCustomWebUi(
  context: FlowContext,
  request: TimedRequest,
  webUi: CustomWebUi,
): Promise<AuthenticationResult> {
  const show: Show = (url, redirectUri, signal) =>
    orAborted(Promise.resolve(webUi.acquireAuthorizationCode(url, redirectUri, signal)), signal)
  return signInWithWebUi(context, request, { show, failureOf: webUiFailure, answerOf: checkWebUiAnswer })
}

type Show = CustomWebUi['acquireAuthorizationCode']

/** How a web UI is used, and what its answers and errors are taken for. */
interface WebUiDoor {
  readonly show: Show
  readonly failureOf: (error: unknown, correlationId: string) => unknown
  readonly answerOf: (answer: URL, redirectUri: URL, correlationId: string) => ReadonlyMap<string, string>
}

async function signInWithWebUi(
  context: FlowContext,
  request: TimedRequest,
  { show, failureOf, answerOf }: WebUiDoor,
): Promise<AuthenticationResult> {
  const { redirectUri, signal, correlationId } = request
  const authorization = await authorizationFor(context, request, redirectUri, 'query')
  const uri = new URL(authorization.redirectUri)
  signal.throwIfAborted()
  let answer: URL
  try {
    answer = await show(new URL(authorization.url), new URL(uri), signal)
  } catch (error) {
    signal.throwIfAborted()
    throw failureOf(error, correlationId)
  }
  return redeem(context, request, authorization, answerOf(answer, uri, correlationId))
}

async function authorizationFor(
  context: FlowContext,
  request: ValidInteractiveRequest,
  redirectUri: string,
  responseMode: 'query' | 'form_post',
): Promise<AskedFor> {
  const target = await targetForRequest(context, request)
  const { endpoints, authority, cloud, issuer, namesIssuerInAnswers = false } = target
  const ofMicrosoft = isMicrosofts(authority)
  const isFrom = (iss: string | undefined) =>
    iss === undefined ? !namesIssuerInAnswers : isIssuerOf({ iss }, { authority, cloud, issuer })
  const authorization = buildAuthorizationRequest({
    ...request,
    endpoint: endpoints.authorize,
    clientId: context.clientId,
    isMicrosofts: ofMicrosoft,
    redirectUri,
    // Not every provider can post a form.
    responseMode: ofMicrosoft ? responseMode : 'query',
    claims: buildClaims(request.claims, context.clientCapabilities, request.clientCapabilities),
  })
  return { ...authorization, isFrom }
}

async function redeem(
  context: FlowContext,
  request: ValidInteractiveRequest,
  authorization: AskedFor,
  params: ReadonlyMap<string, string>,
): Promise<AuthenticationResult> {
  const code = parseAuthorizationAnswer(params, { ...request, ...authorization })
  const { redirectUri, codeVerifier, nonce } = authorization
  const redemption = { ...request, code, redirectUri, codeVerifier, nonce }
  return acquireTokenByAuthorizationCode(context, redemption, request)
}
