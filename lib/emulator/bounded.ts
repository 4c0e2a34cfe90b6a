/** Maps and lists that forget their oldest entries, so that no client can fill the process's memory. */

/** A map of at most `limit` entries; adding one more drops the oldest. */
export class BoundedMap<Value> {
  readonly #entries = new Map<string, Value>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size > this.#limit) {
      const oldest = this.#entries.keys().next()
      if (!oldest.done) this.#entries.delete(oldest.value)
    }
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys()
  }

  values(): IterableIterator<Value> {
    return this.#entries.values()
  }
}

/** Appends to an array that callers hold on to, dropping from its front beyond `limit`. */
export function pushBounded<Item>(list: Item[], item: Item, limit: number): void {
  list.push(item)
  if (list.length > limit) list.splice(0, list.length - limit)
}
