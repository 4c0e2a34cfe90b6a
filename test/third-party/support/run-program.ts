/** Runs another program to its end: what it says is kept, it has a time limit, and none of its children outlives it. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface Program {
  /** What it is called when it fails. */
  name: string
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  stdin?: string
  timeoutMs: number
}

/**
 * Resolves with what the program wrote to stdout.
 *
 * @throws {Error} – it could not be started, failed or took too long; the message has all of its output.
 */
export async function runProgram(program: Program): Promise<string> {
  const { name, command, args, env, timeoutMs } = program
  // In a process group of its own, so that a browser it has started can be ended with it.
  const child = spawn(command, args, { env, detached: true, stdio: 'pipe' })
  const endAll = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Nobody is left in the group.
    }
  }
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    endAll()
  }, timeoutMs)
  process.once('exit', endAll)
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  // A program that ends before it has read everything breaks the pipe; its exit code tells why.
  child.stdin.on('error', () => undefined)
  child.stdin.end(program.stdin ?? '')
  try {
    const code = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal))
    })
    endAll()
    const [stdout, stderr] = await output
    if (code === 0) return stdout
    const why = timedOut ? `did not end within ${timeoutMs} ms` : `ended with ${code}`
    throw new Error(`${name} ${why}\n--- stderr\n${stderr}\n--- stdout\n${stdout}`)
  } finally {
    clearTimeout(timer)
    process.removeListener('exit', endAll)
  }
}
