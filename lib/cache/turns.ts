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
   * signal fires before that, it is not run; one that has begun goes on, and is waited for where `staysWith` is true.
   *
   * @throws what `work` threw, or the signal's reason when it fires first.
   */
  async run<T>(
    names: readonly string[],
    work: () => Promise<T>,
    signal?: AbortSignal,
    { staysWith = false } = {},
  ): Promise<T> {
    let begin = () => {}
    const begun = new Promise<void>(resolve => {
      begin = resolve
    })
    const before = names.map(name => this.#lasts.get(name))
    const turn = Promise.all(before).then(() => {
      signal?.throwIfAborted()
      begin()
      return work()
    })
    // All names are taken in the same step, so that no two can wait for each other.
    const end: Promise<unknown> = turn.then(forget, forget)
    for (const name of names) this.#lasts.set(name, end)
    const lasts = this.#lasts
    function forget(): void {
      for (const name of names) if (lasts.get(name) === end) lasts.delete(name)
    }
    if (!staysWith) return orAborted(turn, signal)
    await orAborted(Promise.race([begun, turn]), signal)
    return turn
  }
}
