/** The parts of Electron's windows that a sign-in uses, written out so that these types need no package of Electron's. */

/** How the sign-in's window is made: some of Electron's `BrowserWindowConstructorOptions`. */
export interface SignInWindowOptions<Window> {
  parent?: Window
  modal: boolean
  show: boolean
  width: number
  height: number
  title: string
  center: boolean
  minimizable: boolean
  fullscreenable: boolean
  autoHideMenuBar: boolean
  webPreferences: {
    partition: string
    sandbox: boolean
    contextIsolation: boolean
    nodeIntegration: boolean
    nodeIntegrationInWorker: boolean
    nodeIntegrationInSubFrames: boolean
    webSecurity: boolean
    allowRunningInsecureContent: boolean
    webviewTag: boolean
    navigateOnDragDrop: boolean
    safeDialogs: boolean
    spellcheck: boolean
  }
}

/** What a listener can prevent. */
export interface PreventableEvent {
  /** As Electron has it. */
  preventDefault(): void
}

/** Where a page is about to go. */
export interface NavigationEvent extends PreventableEvent {
  readonly url: string
  readonly isMainFrame: boolean
}

/** The events of a window that are listened to, each with its listener. */
export interface WindowEvents {
  closed: () => void
  'page-title-updated': (event: PreventableEvent) => void
}

/** The events of a page that are listened to, each with its listener. */
export interface ContentsEvents {
  'will-redirect': (event: NavigationEvent) => void
  'will-navigate': (event: NavigationEvent) => void
  'did-navigate': (event: object, url: string) => void
  'did-fail-load': (event: object, code: number, description: string, url: string, isMainFrame: boolean) => void
  'did-start-loading': () => void
  'did-stop-loading': () => void
  'will-prevent-unload': (event: PreventableEvent) => void
  'render-process-gone': (event: object, details: { readonly reason: string }) => void
}

/** The events of a session that are listened to, each with its listener. */
export interface SessionEvents {
  'will-download': (event: PreventableEvent) => void
}

/** How one event is listened to. */
export type ListenTo<Events, Name extends keyof Events> = (event: Name, listener: Events[Name]) => unknown

/** All of a union at once: what takes each of its parts is what takes the intersection. */
export type AllOf<Union> = (Union extends unknown ? (part: Union) => void : never) extends (whole: infer Whole) => void
  ? Whole
  : never

/** One overload for each event, as Electron's classes have them. */
export type Listen<Events> = AllOf<{ [Name in keyof Events]: ListenTo<Events, Name> }[keyof Events]>

/** What events are listened to on. */
export interface Emits<Events> {
  on: Listen<Events>
  removeListener: Listen<Events>
}

/** A `BrowserWindow`, as far as a sign-in uses it. */
export interface SignInWindow extends Emits<WindowEvents> {
  readonly webContents: SignInContents
  /** As Electron has it. */
  loadURL(url: string): Promise<void>
  /** As Electron has it. */
  setTitle(title: string): void
  /** As Electron has it. */
  setMenu(menu: null): void
  /** As Electron has it. */
  focus(): void
  /** As Electron has it. */
  isFocused(): boolean
  /** As Electron has it. */
  isDestroyed(): boolean
  /** As Electron has it. */
  destroy(): void
}

/** The page of a window, as far as a sign-in uses it. */
export interface SignInContents extends Emits<ContentsEvents> {
  readonly session: SignInSession
  /** As Electron has it. */
  setWindowOpenHandler(handler: () => { action: 'deny' }): void
}

/** What the pages of a partition share, as far as a sign-in uses it. */
export interface SignInSession extends Emits<SessionEvents> {
  /** As Electron has it. */
  setPermissionRequestHandler(
    handler: (contents: object, permission: string, callback: (isGranted: boolean) => void) => void,
  ): void
  /** As Electron has it. */
  setPermissionCheckHandler(handler: () => boolean): void
  /** As Electron has it. */
  setDevicePermissionHandler(handler: () => boolean): void
  /** As Electron has it. */
  clearStorageData(): Promise<void>
  /** As Electron has it. */
  clearCache(): Promise<void>
  /** As Electron has it. */
  clearAuthCache(): Promise<void>
}
