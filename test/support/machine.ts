/** What tests ask of the machine: folders, how much time they may take, and what it may lack. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { atExit } from './at-exit.js'

/** How often a long test repeats itself: a tenth unless LATCHKEY_SOAK=full, and a fiftieth in Wine, where each process takes a second to start. */
export function soak(fullCount: number): number {
  if (process.env.LATCHKEY_SOAK === 'full') return fullCount
  return Math.ceil(fullCount / (process.platform === 'win32' ? 50 : 10))
}

/** Options of a test that only some machines can run: says why it is skipped, which in CI would look like success. */
export function needs(isThere: boolean, what: string): { skip?: string } {
  if (isThere) return {}
  assert.notEqual(process.env.CI, 'true', `CI lacks ${what}`)
  return { skip: `needs ${what}` }
}

/** Options of a test about something that other systems do not have, so that there is nothing to demand of them. */
export function onlyOn(platform: NodeJS.Platform, what: string): { skip?: string } {
  return process.platform === platform ? {} : { skip: `not demanded: ${what} is a matter of ${platform}` }
}

/** Options of a test about something that Windows does not have. */
export function exceptOnWindows(what: string): { skip?: string } {
  return process.platform === 'win32' ? { skip: `not demanded: Windows has no ${what}` } : {}
}

/** For tests whose other program is Debian's Python. */
export const withPython =
  process.platform === 'win32'
    ? onlyOn('linux', "Debian's Python")
    : needs(existsSync('/usr/bin/python3'), '/usr/bin/python3')

/** What ends when something else does: a test, or with `{ after }` of node:test a whole file. */
export interface Scope {
  after(end: () => unknown): void
}

/** For what a file of tests shares. */
export const WHOLE_FILE: Scope = { after: end => after(async () => void (await end())) }

/** A folder that goes away with the test. */
export async function temporaryFolder(t: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  // Hooks run in the order in which they were set: a program that is killed after this one may have made the folder anew.
  atExit(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The number of a process that has just ended. */
export function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

/** Resolves when something has come true that is not announced; fails after 20 s. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!condition()) {
    assert(Date.now() < deadline, `not within 20 s: ${condition}`)
    await setTimeout(5)
  }
}
