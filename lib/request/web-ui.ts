/** How the sign-in page is shown: the prompt, the options of the system browser and of the app window, or an app's own web UI. */

/** Values of the `prompt` parameter. (OIDC Core § 3.1.2.1) */
export const Prompt = {
  /** Let the user pick an account. The default. */
  SelectAccount: 'select_account',
  /** Ask for consent even if it was given. */
  Consent: 'consent',
  /** Ask for credentials even if there is a session. */
  ForceLogin: 'login',
  /**
   * Show nothing, and fail with `no_prompt_failed` when the user would be needed. For a web UI that can go without a window,
   * as an app window with a kept profile can; the system browser cannot.
   */
  Never: 'none',
  /** Send no `prompt`, so that the service decides. */
  NoPrompt: 'no_prompt',
  /** Start with creating an account. */
  Create: 'create',
} as const
export type Prompt = (typeof Prompt)[keyof typeof Prompt]

/** An application's own way of showing the sign-in page. */
export interface CustomWebUi {
  /**
   * Shows `authorizationUrl` and resolves with the URL that the server redirected to, its query included.
   *
   * What it rejects with reaches the caller of acquireTokenInteractive unchanged: a `WebUiError` with the id of the request
   * in it. An `AbortError` of its own says that the user has closed the window: `authentication_canceled`.
   */
  acquireAuthorizationCode(authorizationUrl: URL, redirectUri: URL, signal: AbortSignal): Promise<URL>
}

/** Options of the system browser and of the page it ends on. */
export interface SystemBrowserOptions {
  /**
   * Opens the URL; default: the browser of the desktop. Not waited for longer than the sign-in, at whose end the signal
   * fires, however it ended.
   */
  openBrowser?: (url: URL, signal: AbortSignal) => Promise<void> | void
  /** HTML of the page after success, shown as it is: with its styles and with pictures from https or data URLs, without scripts. Default: a page of latchkey's own. */
  htmlMessageSuccess?: string
  /** The same after a failure; `{0}` is the error and `{1}` its description, both escaped. Other braces stand for themselves. */
  htmlMessageError?: string
  /** Where the browser goes after success, instead of htmlMessageSuccess. */
  browserRedirectSuccess?: URL
  /** Where the browser goes after a failure, instead of htmlMessageError. */
  browserRedirectError?: URL
  /** Port of the loopback listener. Default: that of redirectUri, else a free one. */
  port?: number
}

/**
 * Options of the app window: Edge, Chrome or Chromium without bars, started for one sign-in with a profile of its own. Its
 * page cannot be read or changed by anybody but the browser's own process and this one.
 */
export interface AppWindowOptions {
  /** Absolute path of the browser. Default: the first of Edge, Chrome and Chromium that is installed. */
  executable?: string
  /** More arguments for it. latchkey never passes `--no-sandbox`; a program that runs as root in a container may have to. */
  args?: string[]
  /**
   * `private`, the default: nobody is signed in, and all of it is deleted afterwards. `kept`: the folder stays, one for each
   * client ID, so that users whom the service remembers need no password; one sign-in at a time can have it.
   */
  profile?: 'private' | 'kept'
  /** In pixels that do not depend on the display's scale. Default 500. */
  width?: number
  /** In pixels that do not depend on the display's scale. Default 680. */
  height?: number
}
