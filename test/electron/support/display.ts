/** A screen that nobody looks at but the tests, which take pictures of it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Scope } from '../../support/machine.js'
import { startXvfb } from '../../support/xvfb.js'

const run = promisify(execFile)
const folder = process.env.LATCHKEY_SCREENSHOTS ?? join(tmpdir(), 'latchkey-screenshots')

/** An X server. */
export class Display {
  readonly name: string

  private constructor(name: string) {
    this.name = name
  }

  static async start(scope: Scope): Promise<Display> {
    const { display } = await startXvfb(scope, '1280x900x24')
    return new Display(display)
  }

  /** Takes a picture of the whole screen. */
  async picture(name: string): Promise<void> {
    await mkdir(folder, { recursive: true })
    await run('import', ['-display', this.name, '-window', 'root', join(folder, `${name}.png`)])
  }

  /** What X knows of the window that has this title. */
  async properties(title: string): Promise<string> {
    const { stdout: tree } = await run('xwininfo', ['-display', this.name, '-root', '-tree'])
    const id = tree
      .split('\n')
      .find(line => line.includes(`"${title}"`))
      ?.match(/0x[0-9a-f]+/)?.[0]
    assert(id, `no window is called ${title}: ${tree}`)
    const { stdout } = await run('xprop', ['-display', this.name, '-id', id])
    return `${id}\n${stdout}`
  }
}
