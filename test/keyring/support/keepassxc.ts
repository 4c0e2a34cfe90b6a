/** A real KeePassXC that keeps the secrets of a session bus, on a display of its own. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Scope } from '../../support/machine.js'
import type { Program } from '../../support/program.js'
import { startXvfb } from '../../support/xvfb.js'
import { SessionBus } from './session-bus.js'

const SERVICE = '/org/freedesktop/secrets'
const PASSWORD = 'open sesame'

// A database that gives all of its entries to other programs: the custom datum names the group, which is the root.
const DATABASE = `<?xml version="1.0" encoding="UTF-8"?>
<KeePassFile>
  <Meta>
    <DatabaseName>contoso</DatabaseName>
    <CustomData>
      <Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{00112233-4455-6677-8899-aabbccddeeff}</Value></Item>
    </CustomData>
  </Meta>
  <Root><Group><UUID>ABEiM0RVZneImaq7zN3u/w==</UUID><Name>Root</Name></Group></Root>
</KeePassFile>
`

const SETTINGS = `[General]
ConfigVersion=2
UpdateCheckMessageShown=true
SingleInstance=false
MinimizeAfterUnlock=false

[GUI]
CheckForUpdates=false

[FdoSecrets]
Enabled=true
ConfirmAccessItem=false
ConfirmDeleteItem=false
ShowNotification=false
`

/** A database in KeePassXC, and the session it is in. */
export class KeePassXc {
  readonly bus: SessionBus
  readonly #database: string
  readonly #settings: string
  readonly #display: string
  #program: Program | undefined

  private constructor(bus: SessionBus, display: string) {
    this.bus = bus
    this.#display = display
    this.#database = join(bus.folder, 'contoso.kdbx')
    this.#settings = join(bus.folder, 'config', 'keepassxc.ini')
  }

  /** Starts it with a new database, unlocked, and puts this process into its session. */
  static async start(scope: Scope): Promise<KeePassXc> {
    const bus = await SessionBus.start(scope)
    const { display } = await startXvfb(scope)
    const keepass = new KeePassXc(bus, display)
    await keepass.#createDatabase()
    await keepass.resume()
    bus.enter()
    return keepass
  }

  async #createDatabase(): Promise<void> {
    await mkdir(join(this.bus.folder, 'temporary'))
    await writeFile(this.#settings, SETTINGS)
    const xml = join(this.bus.folder, 'contoso.xml')
    await writeFile(xml, DATABASE)
    const args = ['import', '--quiet', '--set-password', '--decryption-time', '100', xml, this.#database]
    const program = this.bus.start('keepassxc-cli', args)
    program.process.stdin?.end(`${PASSWORD}\n${PASSWORD}\n`)
    await program.ended()
  }

  /** Starts it again. Without a password the database stays locked. */
  async resume({ locked = false } = {}): Promise<void> {
    const args = [...(locked ? [] : ['--pw-stdin']), '--config', this.#settings, this.#database]
    const env = { DISPLAY: this.#display, TMPDIR: join(this.bus.folder, 'temporary'), QT_QPA_PLATFORM: 'xcb' }
    this.#program = this.bus.start('keepassxc', args, env)
    this.#program.process.stdin?.end(`${PASSWORD}\n`)
    const deadline = Date.now() + 60_000
    // It owns the name before its database is open.
    while ((await this.#isLocked()) !== locked) {
      assert(Date.now() < deadline, 'KeePassXC does not start')
      await setTimeout(50)
    }
  }

  /** Whether the database is locked; `undefined` as long as there is none. */
  async #isLocked(): Promise<boolean | undefined> {
    try {
      const alias = await this.bus.call(SERVICE, 'org.freedesktop.Secret.Service.ReadAlias', 'default')
      const path = /'(\/.+)'/.exec(alias)?.[1]
      if (path === undefined) return undefined
      const property = ['org.freedesktop.Secret.Collection', 'Locked']
      return (await this.bus.call(path, 'org.freedesktop.DBus.Properties.Get', ...property)).includes('true')
    } catch {
      return undefined
    }
  }

  get pid(): number {
    assert(this.#program)
    return this.#program.pid
  }

  /** Ends it as its user would: it saves what has been stored. */
  async end(): Promise<void> {
    assert(this.#program)
    const { process } = this.#program
    // It saves on a thread a moment after each change; one that is told to end just then may stay for ever.
    await setTimeout(1_000)
    process.kill('SIGTERM')
    // One that comes while it is saving is not minded.
    const again = setInterval(() => process.kill('SIGTERM'), 1_000)
    try {
      await this.#program.ended()
    } finally {
      clearInterval(again)
    }
  }
}
