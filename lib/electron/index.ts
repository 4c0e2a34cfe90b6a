/** A web UI for Electron apps: the sign-in page in a window of the app; published as `latchkey/electron`. */
/// <reference types="node" preserve="true" />

export { type ElectronWebUiOptions, electronWebUi } from './electron-web-ui.js'
export type {
  AllOf,
  ContentsEvents,
  Emits,
  Listen,
  ListenTo,
  NavigationEvent,
  PreventableEvent,
  SessionEvents,
  SignInContents,
  SignInSession,
  SignInWindow,
  SignInWindowOptions,
  WindowEvents,
} from './types.js'
