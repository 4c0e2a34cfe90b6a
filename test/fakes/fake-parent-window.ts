/** A desktop with windows in memory, as the native code shows them. */
import type { LoadedAddon } from '#lib/native/addon.js'
import type {
  NativeFailureCode,
  NativeParentWindow,
  NativeWindowOwnership,
  NativeWindowPlace,
} from '#lib/native/contract.js'
import { addonWith } from './fake-addon.js'

/** An error as a native call rejects with it. */
export function nativeFailure(code: NativeFailureCode): Error {
  return Object.assign(new Error(`call: ${code}`), { code, call: 'call', status: 0, minorStatus: 0 })
}

/** Windows by their handles, each with the process that has it. */
export class FakeParentWindow implements NativeParentWindow {
  readonly windows = new Map<bigint, number>()
  /** What has been done, in order. */
  readonly done: string[] = []
  /** What a call of this name rejects with. */
  readonly failures = new Map<keyof NativeParentWindow | 'release', NativeFailureCode>()
  /** Whether windows come to the front. */
  letsActivate = true
  /** Are parents switched off, as on Windows? */
  isWindows = false

  /** The addon with this and nothing else. */
  get addon(): LoadedAddon {
    return addonWith({ parentWindow: this })
  }

  async inspect(window: bigint): Promise<NativeWindowPlace> {
    this.#check('inspect', window)
    return { processId: this.windows.get(window) ?? 0, x: 10, y: 20, width: 300, height: 200, scale: 1 }
  }

  async find(processId: number): Promise<bigint | undefined> {
    this.#check('find')
    return [...this.windows].find(([, owner]) => owner === processId)?.[0]
  }

  async own(window: bigint, parent: bigint): Promise<NativeWindowOwnership> {
    this.#check('own', window, parent)
    this.done.push(`own ${window} by ${parent}`)
    const release = async () => {
      this.#check('release', parent)
      this.done.push(`release ${parent}`)
      return this.letsActivate
    }
    return this.isWindows ? { release, releaseNow: () => void this.done.push(`release ${parent} now`) } : { release }
  }

  async activate(window: bigint): Promise<boolean> {
    this.#check('activate', window)
    this.done.push(`activate ${window}`)
    return this.letsActivate
  }

  #check(call: keyof NativeParentWindow | 'release', ...windows: bigint[]): void {
    const failure = this.failures.get(call)
    if (failure !== undefined) throw nativeFailure(failure)
    if (windows.some(window => !this.windows.has(window))) throw nativeFailure('INVALID_HANDLE')
  }
}
