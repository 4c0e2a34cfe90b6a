/** A real Electron: an app in it, and the hands of the user who sits in front of it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Tenant } from 'latchkey/emulator'
import { chromium, type Page } from 'playwright-core'
import { ROOT } from '../../support/examples.js'
import type { Scope } from '../../support/machine.js'
import { Program } from '../../support/program.js'

export const ELECTRON = join(ROOT, '.electron/33.2.1/electron')
export const PRELUDE = fileURLToPath(new URL('../programs/prelude.js', import.meta.url))

/** Where the app is, and in which surroundings it runs. */
export interface Surroundings {
  /** The app's folder, or its asar. */
  app: string
  /** Where its data is kept, and the tenant's root. */
  folder: string
  tenant: Tenant
  env: NodeJS.ProcessEnv
}

/** The environment that the app, and everything that it starts, gets to know the tenant by. */
export async function environmentFor({ folder, tenant, env }: Omit<Surroundings, 'app'>): Promise<NodeJS.ProcessEnv> {
  const { clientId, authority, caPem } = tenant
  const ca = join(folder, 'ca.pem')
  await writeFile(ca, caPem)
  return {
    ...env,
    // Where Chromium keeps its socket, and PulseAudio's library its folder, which stays.
    TMPDIR: folder,
    NODE_EXTRA_CA_CERTS: ca,
    LATCHKEY_CLIENT_ID: clientId,
    LATCHKEY_AUTHORITY: authority,
    LATCHKEY_KNOWN_AUTHORITY: new URL(authority).host,
    LATCHKEY_TEST_PRELUDE: PRELUDE,
    LATCHKEY_TEST_DATA: join(folder, 'data'),
  }
}

// Chromium's sandbox refuses root; the library leaves it on.
export const FLAGS = ['--no-sandbox', '--disable-gpu', '--remote-debugging-port=0']

/** A running app. */
export class ElectronApp {
  readonly program: Program
  readonly #pages: Pages

  private constructor(program: Program, pages: Pages) {
    this.program = program
    this.#pages = pages
  }

  static async start(t: Scope, surroundings: Surroundings): Promise<ElectronApp> {
    const program = Program.start(t, ELECTRON, [...FLAGS, surroundings.app], await environmentFor(surroundings))
    return new ElectronApp(program, new Pages(t, () => program.errors))
  }

  /** Waits for a page whose address begins so. */
  page(address: string): Promise<Page> {
    return this.#pages.find(address)
  }

  /** The addresses of all pages. */
  addresses(): Promise<string[]> {
    return this.#pages.addresses()
  }

  /** Closes its last window as a user does, and waits until the app has ended well. */
  async quit(window: Page): Promise<void> {
    const exit = once(this.program.process, 'exit')
    await window.evaluate('window.close()')
    assert.deepEqual(await exit, [0, null], this.program.errors)
  }
}

/** The pages of an Electron that has this output. */
export class Pages {
  readonly #scope: Scope
  readonly #output: () => string

  constructor(scope: Scope, output: () => string) {
    this.#scope = scope
    this.#output = output
  }

  /** Waits for a page whose address begins so, and takes hold of it. */
  async find(address: string): Promise<Page> {
    await this.#eventually(async () => (await this.addresses()).some(url => url.startsWith(address)))
    // Anew for each, since Electron does not tell of pages that come later.
    const browser = await chromium.connectOverCDP(this.#endpoint ?? '')
    this.#scope.after(() => browser.close())
    const pages = browser.contexts().flatMap(context => context.pages())
    const page = pages.find(page => page.url().startsWith(address))
    assert(page, `${address} is gone again`)
    page.setDefaultTimeout(20_000)
    return page
  }

  async addresses(): Promise<string[]> {
    if (this.#endpoint === undefined) return []
    const answer = await fetch(new URL('/json', this.#endpoint.replace('ws:', 'http:')))
    return ((await answer.json()) as Array<{ url: string }>).map(({ url }) => url)
  }

  get #endpoint(): string | undefined {
    return /^DevTools listening on (ws:\S+)/m.exec(this.#output())?.[1]
  }

  async #eventually(isSo: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 40_000; Date.now() < deadline; await setTimeout(50)) {
      if (await isSo()) return
    }
    assert.fail(`not within 40 s: ${this.#output()}`)
  }
}
