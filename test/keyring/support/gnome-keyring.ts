/** A real gnome-keyring on a session bus: started, locked, killed, started anew. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { Scope } from '../../support/machine.js'
import type { Program } from '../../support/program.js'
import { SessionBus } from './session-bus.js'

const SERVICE = '/org/freedesktop/secrets'
const LOGIN = `${SERVICE}/collection/login`

/** A user's keyring, and the session it is in. */
export class GnomeKeyring {
  readonly bus: SessionBus
  #daemon: Program | undefined

  private constructor(bus: SessionBus) {
    this.bus = bus
  }

  /** Starts it in a session of its own, with its login keyring unlocked, and puts this process into that session. */
  static async start(scope: Scope): Promise<GnomeKeyring> {
    const keyring = new GnomeKeyring(await SessionBus.start(scope))
    await keyring.resume()
    keyring.bus.enter()
    return keyring
  }

  /** Starts the daemon again, with what its user has stored. Without a password it has no keyring but that of the session. */
  async resume(password = 'open sesame'): Promise<void> {
    this.#daemon = this.bus.start('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'])
    this.#daemon.process.stdin?.end(password)
    const deadline = Date.now() + 20_000
    // The alias is there when the keyring is.
    const wanted = password === '' ? /session/ : /login/
    for (;;) {
      const property = ['org.freedesktop.Secret.Service', 'Collections']
      const found = await this.bus.call(SERVICE, 'org.freedesktop.DBus.Properties.Get', ...property).catch(() => '')
      if (wanted.test(found)) return
      assert(Date.now() < deadline, `gnome-keyring does not start: ${found}`)
      await setTimeout(20)
    }
  }

  get pid(): number {
    assert(this.#daemon)
    return this.#daemon.pid
  }

  /** Locks the login keyring; nobody is there who could be asked to unlock it. */
  async lock(): Promise<void> {
    await this.bus.call(SERVICE, 'org.freedesktop.Secret.Service.Lock', `['${LOGIN}']`)
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#daemon?.kill()
  }
}
