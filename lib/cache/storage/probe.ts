/** The name of what a place is tried with: always the same, so that each trial takes away what one before has left that was killed. */
import { createHash } from 'node:crypto'

/** Goes between the name of the cache and `.probe`. Of the cache at this path only, and of no other, whatever that is called. */
export function probeIdOf(file: string): string {
  return createHash('sha256').update(`probe of ${file}`).digest('hex').slice(0, 16)
}
