/** Finds the circles in a graph of files, each reported once, at the import that closes it. */

/**
 * Walks the graph depth first.
 *
 * @param {Map<string, { to: string, line: number }[]>} graph file → what it imports, and on which line
 * @returns {{ file: string, line: number, trail: string[] }[]} the trail starts and ends with the same file
 */
export function findCycles(graph) {
  const cycles = []
  const done = new Set()
  const trail = []
  const visit = file => {
    trail.push(file)
    for (const { to, line } of graph.get(file) ?? []) {
      const start = trail.indexOf(to)
      if (start >= 0) cycles.push({ file, line, trail: [...trail.slice(start), to] })
      else if (!done.has(to)) visit(to)
    }
    trail.pop()
    done.add(file)
  }
  for (const file of graph.keys()) if (!done.has(file)) visit(file)
  return cycles
}
