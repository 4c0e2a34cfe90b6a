/** Shares work among all who ask for it at the same time, so that one run is under way and at most one more waits. */

export class OneAtATime<T> {
  readonly #work: () => Promise<T>
  #running: Promise<unknown> = Promise.resolve()
  #next: Promise<T> | undefined

  constructor(work: () => Promise<T>) {
    this.#work = work
  }

  /** The outcome of a run that begins after this call: one that is under way may have missed what the caller knows of. */
  run(): Promise<T> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined
      const run = this.#work()
      this.#running = run.catch(() => {})
      return run
    })
    return this.#next
  }
}
