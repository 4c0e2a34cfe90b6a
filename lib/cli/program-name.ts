/** How this program is started here, so that the commands it suggests can be pasted. */
import path from 'node:path'
import { commandLine } from './text.js'

/**
 * `latchkey` where that is a command, else what runs this very file, seen from `directory`; without one, from anywhere.
 */
export function programName(script: string, directory?: string): string {
  // First, since npx starts the link of that name in node_modules/.bin, which is on nobody's PATH.
  if (script.split(path.sep).includes('node_modules')) return 'npx latchkey'
  if (path.basename(script, path.extname(script)) === 'latchkey') return 'latchkey'
  const relative = directory === undefined ? script : path.relative(directory, script)
  return `node ${commandLine([relative.startsWith('..') ? script : relative])}`
}
