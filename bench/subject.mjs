/** The libraries that are compared, and a process of one of them that measures on command. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const LONGEST_ANSWER_MS = 120_000

const nodeProgram = file => [process.execPath, fileURLToPath(new URL(`subjects/${file}`, import.meta.url))]

export const LATCHKEY = { name: 'latchkey', program: nodeProgram('latchkey.mjs') }
export const MSAL_NODE = { name: 'msal-node', program: nodeProgram('msal-node.mjs') }
/** MSAL.NET, whose program has been built. */
export const msalNet = dll => ({ name: 'MSAL.NET', program: ['dotnet', dll] })
/** MSAL Python, of Debian. It calls the cloud by the host that it asks, and looks for other names in a slower way. */
export const MSAL_PYTHON = {
  name: 'MSAL Python',
  program: ['/usr/bin/python3', fileURLToPath(new URL('python/subject.py', import.meta.url))],
  environment: 'login.microsoftonline.com',
}

/** The same with their cache on disk. */
export const LATCHKEY_ON_DISK = { name: 'latchkey', program: nodeProgram('persistent/latchkey.mjs') }
/** With its key in the keyring of this session. */
export const LATCHKEY_ENCRYPTED = {
  name: 'latchkey, encrypted',
  program: LATCHKEY_ON_DISK.program,
  load: { isEncrypted: true },
}
export const MSAL_NODE_ON_DISK = { name: 'msal-node', program: nodeProgram('persistent/msal-node.mjs') }
export const msalNetOnDisk = dll => ({ ...msalNet(dll), load: { onDisk: true } })
export const MSAL_PYTHON_ON_DISK = { ...MSAL_PYTHON, load: { onDisk: true } }

/**
 * Starts a process of a library and has it load a cache, or what else `load` says.
 *
 * @returns `ask(command)` resolves with the answer; `stop()` resolves when the process has ended; `loaded` is what it answered first.
 */
export async function startSubject(
  { name, program: [command, ...args], load: always },
  { cache, load = cache, env = {} },
) {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', ...env },
  })
  let complaints = ''
  child.stderr.on('data', chunk => (complaints += chunk))
  // A process that has ended breaks the pipe; what it said is told below.
  child.stdin.on('error', () => undefined)
  const ended = once(child, 'close')
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  const ask = async command => {
    child.stdin.write(`${JSON.stringify(command)}\n`)
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_ANSWER_MS)
    const { value, done } = await answers.next()
    clearTimeout(timer)
    if (done) throw new Error(`${name} ended at “${command.do}”\n${complaints}`)
    const answer = JSON.parse(value)
    if (answer.error !== undefined) throw new Error(`${name} failed at “${command.do}”: ${answer.error}`)
    return answer
  }
  const stop = async () => {
    child.stdin.end()
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(timer)
  }
  try {
    const loaded = await ask({ do: 'load', ...always, ...load })
    return { ask, stop, loaded }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}
