/** The emulator as its users start it: `latchkey emulator --json`, in a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Person } from './browser-user.js'
import type { Place } from './stage.js'

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

export interface EmulatorCommand extends Place, AsyncDisposable {
  authority: string
  user(name: string): Person
}

/** What the command prints when it is ready. */
interface Ready {
  authority: string
  proxyUrl: string
  caFile: string
  clientId: string
  users: Person[]
}

/**
 * Starts the command and waits until it is ready; at the end of the block it is stopped as a person would.
 *
 * @throws {Error} – it ended, or was not ready within 20 s.
 */
export async function startEmulatorCommand(): Promise<EmulatorCommand> {
  const child = spawn(process.execPath, [MAIN, 'emulator', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const ended = once(child, 'close')
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const line = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => undefined)])
  clearTimeout(timer)
  if (line === undefined) throw new Error(`latchkey emulator is not ready: ${said}`)
  const { authority, proxyUrl, caFile, clientId, users } = JSON.parse(line[0]) as Ready
  return {
    authority,
    origin: new URL(authority).origin,
    proxyUrl,
    caFile,
    clientId,
    user: name => {
      const found = users.find(({ username }) => username.split('@')[0] === name)
      if (!found) throw new Error(`latchkey emulator has no user ${name}`)
      return found
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      const hard = setTimeout(() => child.kill('SIGKILL'), 10_000)
      const [code, signal] = await ended
      clearTimeout(hard)
      if (signal === 'SIGKILL') throw new Error(`latchkey emulator did not stop, code ${code}: ${said}`)
    },
  }
}
