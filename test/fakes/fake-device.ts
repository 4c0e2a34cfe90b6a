/** A Windows device that is joined to what a test says. */
import type { DeviceJoinState, NativeDevice } from '#lib/native/contract.js'

/** Implements {@link NativeDevice}. */
export class FakeDevice implements NativeDevice {
  readonly #state: DeviceJoinState | Error

  /** @param state what it is joined to, or the failure of asking */
  constructor(state: Partial<DeviceJoinState> | Error) {
    this.#state = state instanceof Error ? state : { kind: 'none', domain: '', tenantId: '', ...state }
  }

  async joinState(): Promise<DeviceJoinState> {
    if (this.#state instanceof Error) throw this.#state
    return this.#state
  }
}
