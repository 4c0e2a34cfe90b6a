/** A folder for what a ring of tests keeps for a while: of its own, so that what is left there shows, and goes away in any case. */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import path from 'node:path'

// Node's own, for the next start.
const EXPECTED = ['node-compile-cache']

/** Makes it. `env` is what the ring is to be started with; `remove` returns the names of what was left there. */
export function makeTemporaries() {
  // Short, since there are sockets in it, whose paths may have 107 bytes.
  const folder = mkdtempSync(path.join(tmpdir(), 'lk-'))
  // As the one that it stands for: some programs of the tests are not run by this user.
  chmodSync(folder, 0o1777)
  const sweep = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  const interrupted = signal => process.exit(128 + constants.signals[signal])
  process.on('exit', sweep)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupted)
  return {
    // The pictures are for whoever has run the tests.
    env: { LATCHKEY_SCREENSHOTS: path.join(tmpdir(), 'latchkey-screenshots'), ...process.env, TMPDIR: folder },
    remove() {
      const left = readdirSync(folder).filter(name => !EXPECTED.includes(name))
      sweep()
      process.off('exit', sweep)
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted)
      return left
    },
  }
}
