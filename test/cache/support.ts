/** What the tests of locks and files share: folders, clocks, and processes that do things to a file. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Clock } from '#lib/request/clock.js'

/** How often a long test repeats itself: a tenth unless LATCHKEY_SOAK=full. */
export function soak(fullCount: number): number {
  return process.env.LATCHKEY_SOAK === 'full' ? fullCount : Math.ceil(fullCount / 10)
}

/** A folder that goes away with the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

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

/** A process that a test talks to by lines. */
export class Program {
  readonly process: ChildProcess
  readonly #lines: AsyncIterator<string>
  #errors = ''

  private constructor(t: TestContext, command: string, args: string[]) {
    this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.process.stderr?.setEncoding('utf8').on('data', text => {
      this.#errors += text
    })
    assert(this.process.stdout)
    this.#lines = createInterface(this.process.stdout)[Symbol.asyncIterator]()
    t.after(() => this.process.kill('SIGKILL'))
  }

  /** Starts test/cache/programs/<name>.ts. */
  static node(t: TestContext, name: string, ...args: string[]): Program {
    return new Program(t, process.execPath, [fileURLToPath(new URL(`programs/${name}.js`, import.meta.url)), ...args])
  }

  /** Starts Debian's Python with a script given as text. */
  static python(t: TestContext, script: string, ...args: string[]): Program {
    return new Program(t, '/usr/bin/python3', ['-c', script, ...args])
  }

  get pid(): number {
    assert(this.process.pid)
    return this.process.pid
  }

  /** The next line of its output. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    assert(!done, `the program ended: ${this.#errors}`)
    return value
  }

  send(line: string): void {
    this.process.stdin?.write(`${line}\n`)
  }

  /** Resolves when it has ended by itself, and well. */
  async ended(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit')
    assert.equal(this.process.exitCode, 0, this.#errors)
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const exited = once(this.process, 'exit')
    this.process.kill('SIGKILL')
    await exited
  }
}
