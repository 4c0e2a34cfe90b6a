/** Other processes, as tests need them: started, talked to by lines, and killed. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { atExit } from './at-exit.js'
import type { Scope } from './machine.js'

// For programs that end at once unless something keeps them.
const PATIENCE_MS = 20_000

/** A process that a test talks to by lines. */
export class Program {
  readonly process: ChildProcess
  readonly #lines: AsyncIterator<string>
  #errors = ''

  private constructor(t: Scope, command: string, args: string[], env: NodeJS.ProcessEnv = process.env) {
    this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env })
    this.process.stderr?.setEncoding('utf8').on('data', text => {
      this.#errors += text
    })
    assert(this.process.stdout)
    this.#lines = createInterface(this.process.stdout)[Symbol.asyncIterator]()
    t.after(() => this.process.kill('SIGKILL'))
    atExit(() => this.process.kill('SIGKILL'))
  }

  /** Starts a compiled program of the tests. */
  static node(t: Scope, file: URL, ...args: string[]): Program {
    return new Program(t, process.execPath, [fileURLToPath(file), ...args])
  }

  /** {@link node} with an environment of its own. */
  static nodeIn(t: Scope, env: NodeJS.ProcessEnv, file: URL, ...args: string[]): Program {
    return new Program(t, process.execPath, [fileURLToPath(file), ...args], env)
  }

  /** Starts an ES module given as text. */
  static script(t: Scope, script: string): Program {
    return new Program(t, process.execPath, ['--input-type=module', '-e', script])
  }

  /** Starts Debian's Python with a script given as text. */
  static python(t: Scope, script: string, ...args: string[]): Program {
    return new Program(t, '/usr/bin/python3', ['-c', script, ...args])
  }

  /** Starts any other program, with an environment of its own. */
  static start(t: Scope, command: string, args: string[], env: NodeJS.ProcessEnv): Program {
    return new Program(t, command, args, env)
  }

  /** What it has written to stderr so far. */
  get errors(): string {
    return this.#errors
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

  /** Every line from now on, until it closes its output. */
  async *lines(): AsyncGenerator<string> {
    for (let next = await this.#lines.next(); !next.done; next = await this.#lines.next()) yield next.value
  }

  /** Everything it prints from now on, when it has closed its output. */
  async rest(): Promise<string> {
    const lines: string[] = []
    for await (const line of this.lines()) lines.push(line)
    return lines.join('\n')
  }

  send(line: string): void {
    this.process.stdin?.write(`${line}\n`)
  }

  /** Resolves when it has ended by itself, and well, within 20 s. */
  async ended(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const timer = setTimeout(() => this.process.kill('SIGKILL'), PATIENCE_MS)
      await once(this.process, 'exit')
      clearTimeout(timer)
    }
    assert.equal(this.process.exitCode, 0, `${this.process.signalCode ?? 'failed'}: ${this.#errors}`)
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const exited = once(this.process, 'exit')
    this.process.kill('SIGKILL')
    await exited
  }
}
