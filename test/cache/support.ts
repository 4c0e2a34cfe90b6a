/** What the tests of locks and files share: a clock, and the programs beside them. */
import type { TestContext } from 'node:test'
import type { Clock } from '#lib/request/clock.js'
import { Program } from '../support/program.js'

/** A clock whose time passes only in sleep, at once. */
export class FastClock implements Clock {
  #now = 1_700_000_000_000
  now(): number {
    return this.#now
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    signal?.throwIfAborted()
    this.#now += ms
  }
}

/** Starts test/cache/programs/<name>.ts. */
export function startProgram(t: TestContext, name: string, ...args: string[]): Program {
  return Program.node(t, new URL(`programs/${name}.js`, import.meta.url), ...args)
}
