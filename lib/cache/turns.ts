/** Lets work about the same thing run one after the other, and all other work side by side. */
import { orAborted } from '../request/abort.js'

export class Turns {
  readonly #lasts = new Map<string, Promise<unknown>>()

  /** Whether somebody has this name, so that the next one under it would wait. */
  isTaken(name: string): boolean {
    return this.#lasts.has(name)
  }

  /**
   * Runs `work` after all that came before under one of these names; what comes after waits for it, however it ends. When the
   * signal fires it is no longer waited for; what has begun goes on.
   *
   * @throws what `work` threw, or the signal's reason when it fires first.
   */
  run<T>(names: readonly string[], work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = names.map(name => this.#lasts.get(name))
    const turn = Promise.all(before).then(() => {
      signal?.throwIfAborted()
      return work()
    })
    // All names are taken in the same step, so that no two can wait for each other.
    const end: Promise<unknown> = turn.then(forget, forget)
    for (const name of names) this.#lasts.set(name, end)
    const lasts = this.#lasts
    function forget(): void {
      for (const name of names) if (lasts.get(name) === end) lasts.delete(name)
    }
    return orAborted(turn, signal)
  }
}
