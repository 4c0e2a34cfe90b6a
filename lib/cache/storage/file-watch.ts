/** Tells when a file may have changed, without keeping the process alive. */
import { type FSWatcher, mkdirSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Logger } from '../../logger.js'

// One save is several events; by then the last of them has come.
const QUIET_MS = 50

/**
 * Calls `onChange` some time after `file` was written, replaced or removed; it may also be called for nothing. Returns a
 * function that stops it. A system that cannot watch (too many watchers, some network folders) gets a warning in the log.
 */
export function watchFile(file: string, onChange: () => Promise<unknown>, logger: Logger): () => void {
  const name = basename(file)
  let timer: NodeJS.Timeout | undefined
  let watcher: FSWatcher | undefined
  const warn = () =>
    logger.warning('The folder of the token cache cannot be watched; changes are noticed at the next use.')
  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      onChange().catch(warn)
    }, QUIET_MS).unref()
  }
  try {
    // The folder, because a file that is replaced takes its own watch with it.
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    watcher = watch(dirname(file), { persistent: false }, (_event, changed) => {
      // Some systems do not say which file it was.
      if (changed === name || changed === null) schedule()
    })
    watcher.on('error', warn)
  } catch {
    warn()
  }
  return () => {
    clearTimeout(timer)
    watcher?.close()
  }
}
