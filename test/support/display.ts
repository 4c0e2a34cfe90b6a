/** A desktop to show windows on: Xvfb, and openbox to manage them. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Scope } from './machine.js'
import { startXvfb } from './xvfb.js'

const run = promisify(execFile)

/** A desktop that is there. */
export interface Display {
  /** The environment of programs that are shown on it. */
  readonly env: NodeJS.ProcessEnv
  /** What of it is different from this process's. */
  readonly variables: Record<string, string>
  readonly serverPid: number
}

/** Starts an X server and a window manager on it. Their end is that of `t`. */
export async function startDisplay(t: Scope): Promise<Display> {
  const { display, pid } = await startXvfb(t)
  const variables = { DISPLAY: display, WAYLAND_DISPLAY: '' }
  const env = { ...process.env, ...variables }
  const manager = spawn('/usr/bin/openbox', [], { env, stdio: 'ignore' })
  t.after(() => manager.kill('SIGKILL'))
  for (let turn = 0; ; ++turn) {
    // It has taken over when the root window says which hints it knows.
    const { stdout } = await run('/usr/bin/xprop', ['-root', '_NET_SUPPORTING_WM_CHECK'], { env })
    if (stdout.includes('window id')) break
    assert.ok(turn < 600 && manager.exitCode === null, `openbox does not start (exit code ${manager.exitCode})`)
    await delay(50)
  }
  return { env, variables, serverPid: pid }
}
