/** A BrowserWindow that shows nothing: tests say what its page does, and see what became of the window. */
import { EventEmitter } from 'node:events'
import type {
  ContentsEvents,
  Listen,
  SessionEvents,
  SignInContents,
  SignInSession,
  SignInWindow,
  SignInWindowOptions,
  WindowEvents,
} from 'latchkey/electron'

/** An event that tells whether it was prevented. */
export class FakeEvent {
  isPrevented = false
  readonly url: string
  readonly isMainFrame: boolean

  constructor(url = '', isMainFrame = true) {
    this.url = url
    this.isMainFrame = isMainFrame
  }

  preventDefault(): void {
    this.isPrevented = true
  }
}

class Emitter<Events> {
  readonly emitter = new EventEmitter()
  readonly on = this.emitter.on.bind(this.emitter) as unknown as Listen<Events>
  readonly removeListener = this.emitter.removeListener.bind(this.emitter) as unknown as Listen<Events>

  get listeners(): number {
    return this.emitter.eventNames().reduce((sum, name) => sum + this.emitter.listenerCount(name), 0)
  }
}

/** The session of a partition. */
export class FakeSession extends Emitter<SessionEvents> implements SignInSession {
  cleared: string[] = []
  /** Makes the clearing fail. */
  isBroken = false
  grants: boolean[] = []

  setPermissionRequestHandler(handler: Parameters<SignInSession['setPermissionRequestHandler']>[0]): void {
    handler({}, 'media', isGranted => this.grants.push(isGranted))
  }
  setPermissionCheckHandler(handler: () => boolean): void {
    this.grants.push(handler())
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.grants.push(handler())
  }
  clearStorageData = () => this.#clear('storage')
  clearCache = () => this.#clear('cache')
  clearAuthCache = () => this.#clear('auth')

  async #clear(what: string): Promise<void> {
    if (this.isBroken) throw new Error('the disk is full')
    this.cleared.push(what)
  }
}

/** The page of a window. */
export class FakeContents extends Emitter<ContentsEvents> implements SignInContents {
  readonly session = new FakeSession()
  windowOpenHandler: (() => { action: 'deny' }) | undefined

  setWindowOpenHandler(handler: () => { action: 'deny' }): void {
    this.windowOpenHandler = handler
  }
}

/** Remembers each window that is made, in `FakeBrowserWindow.all` of a class of the test's own. */
export class FakeBrowserWindow extends Emitter<WindowEvents> implements SignInWindow {
  readonly webContents = new FakeContents()
  readonly options: SignInWindowOptions<FakeBrowserWindow> | undefined
  readonly loaded: string[] = []
  readonly titles: string[] = []
  menu: unknown = 'the menu of the app'
  hasFocus = true
  focused = 0
  #isDestroyed = false

  constructor(options?: SignInWindowOptions<FakeBrowserWindow>) {
    super()
    this.options = options
  }

  async loadURL(url: string): Promise<void> {
    this.loaded.push(url)
    throw new Error('ERR_ABORTED (-3) loading this page, as each page that goes on elsewhere ends with')
  }
  setTitle(title: string): void {
    this.titles.push(title)
  }
  setMenu(menu: null): void {
    this.menu = menu
  }
  focus(): void {
    this.focused++
  }
  isFocused(): boolean {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed')
    return this.hasFocus
  }
  isDestroyed(): boolean {
    return this.#isDestroyed
  }
  destroy(): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed')
    this.#isDestroyed = true
    this.emitter.emit('closed')
  }

  /** What the page does: the event, with whether it was prevented. */
  page(name: 'will-redirect' | 'will-navigate', url: string, isMainFrame = true): FakeEvent {
    const event = new FakeEvent(url, isMainFrame)
    this.webContents.emitter.emit(name, event)
    return event
  }

  /** Listeners that are left. */
  get left(): number {
    return this.listeners + this.webContents.listeners + this.webContents.session.listeners
  }
}
