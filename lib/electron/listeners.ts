/** Listeners that go away together. */
import type { Emits } from './types.js'

interface AnyEmitter {
  on(event: string, listener: unknown): unknown
  removeListener(event: string, listener: unknown): unknown
}

/** Remembers what has been begun, so that all of it can be undone. */
export class Listeners {
  readonly #undo: Array<() => void> = []

  on<Events extends object>(emitter: Emits<Events>, listeners: Partial<Events>): void {
    // One overload an event, as Electron's own types are, cannot be called for any of them.
    const any = emitter as unknown as AnyEmitter
    for (const [event, listener] of Object.entries(listeners)) {
      any.on(event, listener)
      this.atEnd(() => any.removeListener(event, listener))
    }
  }

  atEnd(undo: () => void): void {
    this.#undo.push(undo)
  }

  removeAll(): void {
    for (const undo of this.#undo.splice(0)) undo()
  }
}
