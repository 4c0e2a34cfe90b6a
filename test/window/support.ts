/** Programs with windows on a desktop, what the window manager has made of them, and the addon's view of both. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import { type Display, startDisplay } from '../support/display.js'
import { type Scope, WHOLE_FILE } from '../support/machine.js'
import { Program } from '../support/program.js'

const run = promisify(execFile)
const PICTURES = process.env.LATCHKEY_SCREENSHOTS ?? join(tmpdir(), 'latchkey-screenshots')

export const addon = loadNativeAddon()
export const native = requireCapability(addon, 'parentWindow')

/** A program with one window. */
export interface Shown {
  readonly program: Program
  readonly window: bigint
}

/** A desktop, and what can be asked of it. */
export class Desktop {
  readonly display: Display

  private constructor(display: Display) {
    this.display = display
  }

  /** Starts one for the whole file, which the addon in this process sees too. */
  static async start(): Promise<Desktop> {
    const display = await startDisplay(WHOLE_FILE)
    Object.assign(process.env, display.variables)
    return new Desktop(display)
  }

  /** Starts an xterm; `wrapped` by a shell that waits for it, so that the window is of a descendant. */
  start(t: Scope, title: string, geometry: string, { wrapped = false, colour = 'white' } = {}): Program {
    const terminal = ['xterm', '-T', title, '-geometry', geometry, '-bg', colour, '-e', 'echo $WINDOWID; sleep 300']
    const { env } = this.display
    if (!wrapped) return Program.start(t, '/usr/bin/xterm', terminal.slice(1), env)
    // Without the second command the shell would become the terminal, and without the trap outlive it.
    const script = '"$@" & terminal=$!; trap "kill $terminal; exit" TERM; wait; true'
    const shell = Program.start(t, '/bin/sh', ['-c', script, 'sh', ...terminal], env)
    t.after(() => shell.process.kill('SIGTERM'))
    return shell
  }

  /** Starts an xterm and waits for its window. */
  async show(
    t: Scope,
    title: string,
    geometry: string,
    options?: { wrapped?: boolean; colour?: string },
  ): Promise<Shown> {
    const program = this.start(t, title, geometry, options)
    for (let turn = 0; turn < 200; ++turn) {
      const window = await native.find(program.pid)
      if (window !== undefined) return { program, window }
      await delay(50)
    }
    return assert.fail(`no window: ${program.errors}`)
  }

  /** Runs a tool of X11 and gives what it prints. */
  async tool(command: string, ...args: string[]): Promise<string> {
    return (await run(`/usr/bin/${command}`, args, { env: this.display.env })).stdout.trim()
  }

  /** A property of a window or of the root, as xprop writes its value. */
  async property(name: string, window?: bigint): Promise<string> {
    const of = window === undefined ? ['-root'] : ['-id', String(window)]
    return (await this.tool('xprop', ...of, '-notype', name)).replace(/^.*?(?:= |: +)(?:window id # )?/s, '')
  }

  /** Waits until a property holds what it should: the window manager takes its time. */
  async becomes(name: string, expected: RegExp | bigint, window?: bigint): Promise<void> {
    // A property that is not there yet is no number.
    const isNumber = (text: string) => /^(?:0x[\da-f]+|\d+)$/i.test(text)
    const matches = (text: string) =>
      expected instanceof RegExp ? expected.test(text) : isNumber(text) && BigInt(text) === expected
    let text = ''
    for (let turn = 0; turn < 100; ++turn) {
      text = await this.property(name, window)
      if (matches(text)) return
      await delay(30)
    }
    assert.fail(`${name} is ${text} and not ${expected}`)
  }

  /** The windows from the lowest to the highest. */
  async stacking(): Promise<bigint[]> {
    return (await this.property('_NET_CLIENT_LIST_STACKING')).split(', ').map(BigInt)
  }

  /** Leaves a picture of the whole screen, and gives the colour of each of these places, as `#rrggbb`. */
  async picture(name: string, ...places: string[]): Promise<string[]> {
    await mkdir(PICTURES, { recursive: true })
    const file = join(PICTURES, `${name}.png`)
    await this.tool('import', '-window', 'root', file)
    const colours = places.map(place => this.tool('convert', file, '-format', `%[hex:u.p{${place}}]`, 'info:'))
    return (await Promise.all(colours)).map(colour => `#${colour.slice(0, 6).toLowerCase()}`)
  }
}
