/** Kills processes in the middle of a save, and looks at what is left. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Program } from '../support/program.js'
import { homeOf, type Kind, persistenceOf, storeOn, tokensOfSave } from './kill-support.js'
import { startProgram } from './support.js'

export function startWriter(
  t: TestContext,
  kind: string,
  ...args: [file: string, keyFile: string, accounts: number, journal: string]
): Program {
  return startProgram(t, 'save-for-ever', kind, ...args.map(String))
}

/** What was reported before the kill, and what was found after it. */
export interface Crash {
  /** The last save that was reported as done. */
  readonly lastSaved: number
  readonly hasTemporary: boolean
  readonly hasLock: boolean
}

/** Has it begin with save number `first`, and kills it at a random moment of a save that it has announced. */
export async function crash(writer: Program, first: number, file: string, journal: string): Promise<Crash> {
  // Those of earlier kills are removed by the saves of a minute later.
  const before = new Set(await temporariesOf(file))
  writer.send(`${first}`)
  let longest = 0
  const note = (line: string) => {
    if (line.startsWith('saved')) longest = Math.max(longest, Number(line.split(' ')[2]))
  }
  // One save to see how long it takes here, now; the second is the one.
  for (let left = 3; left > 0; left--) note(await writer.line())
  await wait(Math.random() * longest)
  await writer.kill()
  return {
    lastSaved: Number((await readFile(journal, 'utf8')).trim().split('\n').at(-1)),
    hasTemporary: (await temporariesOf(file)).some(name => !before.has(name)),
    hasLock: existsSync(`${file}.lockfile`),
  }
}

async function temporariesOf(file: string): Promise<string[]> {
  return (await readdir(dirname(file))).filter(name => name.endsWith('.tmp'))
}

/** Whether the text has, for every user, the last of the saves up to `last`. */
export function isStateAfter(last: number, found: Map<string, number>, accounts: number): boolean {
  if (found.size !== accounts) return false
  return [...Array(accounts).keys()].every(index => {
    const expected = last - ((last - index) % accounts)
    return found.get(homeOf(index)) === expected
  })
}

/** Users 0 to n-1 with one save each: the state after save number n-1. */
export async function fill(kind: Kind, file: string, keyFile: string, accounts: number) {
  const persistence = persistenceOf(kind, file, keyFile)
  await storeOn(persistence).update(edit => {
    for (let save = 0; save < accounts; save++) edit.saveTokens(tokensOfSave(save, accounts))
  })
  return persistence
}
