/** What a test file takes away at its end, also when it is interrupted or its time is over, and its hooks do not run. */
import { constants } from 'node:os'

const ends = new Set<() => void>()

process.on('exit', () => {
  for (const end of [...ends].reverse()) end()
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]))
}

/** Runs `end`, which has to be synchronous, when the process ends: what was set last comes first. */
export function atExit(end: () => void): void {
  ends.add(end)
}
