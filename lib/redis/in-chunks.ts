/** Does the same with many, a few hundred at a time: a command that waits behind thousands of its own would run out of time. */

const MOST_AT_ONCE = 200

/** Runs `work` for each; rejects with what fails first. */
export async function inChunks<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const all = [...items]
  for (let i = 0; i < all.length; i += MOST_AT_ONCE) {
    await Promise.all(all.slice(i, i + MOST_AT_ONCE).map(work))
  }
}
