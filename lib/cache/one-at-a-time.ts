/** Shares work among all who ask for it at the same time, so that one run is under way and at most one more waits. */

/** In both ways the outcome is that of a run which begins after the call: one under way may have missed what the caller knows of. */
export class OneAtATime<T> {
  readonly #work: () => Promise<T>
  #running: Promise<unknown> | undefined
  #next: Promise<T> | undefined

  constructor(work: () => Promise<T>) {
    this.#work = work
  }

  /** Begins in a moment, and so is shared by all who ask in this one. */
  run(): Promise<T> {
    this.#next ??= Promise.resolve(this.#running).then(() => {
      this.#next = undefined
      return this.#begin()
    })
    return this.#next
  }

  /** Begins at once, unless a run is under way or about to begin. */
  runNow(): Promise<T> {
    return this.#running === undefined && this.#next === undefined ? this.#begin() : this.run()
  }

  #begin(): Promise<T> {
    const run = this.#work()
    const over = () => {
      this.#running = undefined
    }
    this.#running = run.then(over, over)
    return run
  }
}
