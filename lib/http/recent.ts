/** What was put in last: a map that has room for so many entries, and lets the oldest go for a new one. */
export class Recent<T> {
  // In the order in which they were put in.
  readonly #entries = new Map<string, T>()
  readonly #room: number

  /** `room`: how many entries there may be. */
  constructor(room: number) {
    this.#room = room
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)
  }

  /** Puts it in as the newest. */
  set(key: string, entry: T): void {
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#room && oldest !== undefined) this.#entries.delete(oldest)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }
}
