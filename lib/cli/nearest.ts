/** Finds the name that was probably meant by a mistyped one. */

/** The candidate that `typed` abbreviates or is a slip of the finger away from, or `undefined` when nothing is near. */
export function nearest(typed: string, candidates: readonly string[]): string | undefined {
  const text = typed.toLowerCase()
  if (text.length > 64) return undefined
  const [best] = candidates
    .map(name => ({ name, distance: text.length > 1 && name.startsWith(text) ? 0.5 : editDistance(text, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  return best?.name
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment distance). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
