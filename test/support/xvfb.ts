/** An X server that nobody looks at, and that leaves nothing in the folder of temporary files. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { atExit } from './at-exit.js'
import type { Scope } from './machine.js'

const PATIENCE_MS = 10_000

/** A running one; its display is `:<number>`. */
export interface Xvfb {
  readonly display: string
  readonly pid: number
}

/** Starts it. Its end is that of `scope`. */
export async function startXvfb(scope: Scope, screen = '1280x800x24'): Promise<Xvfb> {
  // Without -noreset it drops a client that is connecting when the last other one leaves.
  const args = ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-noreset']
  const server = spawn('/usr/bin/Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  atExit(() => server.kill('SIGTERM'))
  let number: string | undefined
  scope.after(async () => {
    await end(server)
    if (number !== undefined) tidyUp(number, Number(server.pid))
  })
  const ended = once(server, 'exit').then(([code]) => {
    throw new Error(`Xvfb ended (${code})`)
  })
  ended.catch(() => {})
  ;[number] = (await Promise.race([once(createInterface(server.stdio[3] as Readable), 'line'), ended])) as [string]
  return { display: `:${number}`, pid: Number(server.pid) }
}

/** Lets it remove its socket and its lock, also when a test has stopped it. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  server.kill('SIGCONT')
  const timer = setTimeout(() => server.kill('SIGKILL'), PATIENCE_MS)
  await exited
  clearTimeout(timer)
}

/** One that a test has killed has left both. Another server may have the number by now, and then its own process in the lock. */
function tidyUp(number: string, pid: number): void {
  const lock = `/tmp/.X${number}-lock`
  try {
    if (Number(readFileSync(lock, 'utf8')) !== pid) return
  } catch {
    return
  }
  for (const left of [lock, `/tmp/.X11-unix/X${number}`]) rmSync(left, { force: true })
}
