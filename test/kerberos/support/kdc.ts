/** A real MIT KDC on a loopback port, with everything that belongs to it in a temporary folder. Needs no privileges. */
import { execFile } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { needs, type Scope, temporaryFolder } from '../../support/machine.js'
import { Program } from '../../support/program.js'
import { clockOf, environmentIn, type KinitOptions, kinit, REALM, type Realm, writeClientConfig } from './client.js'
import { hasKerberos } from './needs.js'
import { freePort, listening } from './ports.js'

const run = promisify(execFile)

/** Options of the tests that need a KDC. */
export const withKdc = needs(hasKerberos(), 'krb5-kdc, krb5-admin-server, krb5-user, python3-gssapi and faketime')

// Debian keeps the programs of a KDC where only root's PATH looks.
const PATH = `${process.env.PATH}:/usr/sbin`

const UNTIL_PAUSED: Scope = { after: () => {} }

/** A running KDC, and how to get principals, keytabs and tickets from it. */
export class Kdc implements Realm {
  readonly folder: string
  readonly port: number
  readonly env: Realm['env']
  #daemon: Program | undefined

  private constructor(folder: string, port: number) {
    this.folder = folder
    this.port = port
    this.env = environmentIn(folder)
  }

  /** Makes a realm with `joe` (password `Passw0rd!`) and HTTP/localhost, and starts its KDC. */
  static async start(scope: Scope): Promise<Kdc> {
    const folder = await temporaryFolder(scope)
    const kdc = new Kdc(folder, await freePort())
    // Whichever daemon runs by then: tests end and start it.
    scope.after(() => kdc.pause())
    await kdc.writeConfig()
    await writeFile(join(folder, 'kdc.conf'), kdcConfig(folder, kdc.port))
    // A weak source of randomness will do, and does not wait.
    await kdc.#admin('kdb5_util', ['-r', REALM, 'create', '-s', '-W', '-P', 'master'])
    await kdc.addPrincipal('joe', '-pw', 'Passw0rd!')
    await kdc.addPrincipal('HTTP/localhost', '-randkey')
    await kdc.resume()
    return kdc
  }

  /** Writes the configuration of the clients again; `lines` go into [libdefaults], `kdc` is where they look for it. */
  async writeConfig(lines: string[] = [], kdc = `127.0.0.1:${this.port}`): Promise<void> {
    await writeClientConfig(this, kdc, lines)
    // A process that has read it before looks at it once a second.
    if (this.#daemon !== undefined) await setTimeout(1_100)
  }

  /** Starts the KDC again, with libfaketime's clock if an offset such as `+2h` is given. */
  async resume(clock?: string): Promise<void> {
    const faked = clock === undefined ? {} : await clockOf(clock)
    const args = ['-r', REALM, '-n', '-P', join(this.folder, 'kdc.pid')]
    this.#daemon = Program.start(UNTIL_PAUSED, 'krb5kdc', args, { ...this.#environment(), ...faked })
    await listening(this.port)
  }

  /** Ends the KDC; what it knows stays. */
  async pause(): Promise<void> {
    await this.#daemon?.kill()
  }

  async addPrincipal(name: string, ...options: string[]): Promise<void> {
    await this.#admin('kadmin.local', ['-r', REALM, 'addprinc', ...options, name])
  }

  /** Any other command of kadmin. */
  async kadmin(...command: string[]): Promise<void> {
    await this.#admin('kadmin.local', ['-r', REALM, ...command])
  }

  /** Path of a new keytab with the present keys of these principals. */
  async keytab(name: string, ...principals: string[]): Promise<string> {
    const path = join(this.folder, `${name}.keytab`)
    await this.#admin('kadmin.local', ['-r', REALM, 'ktadd', '-norandkey', '-k', path, ...principals])
    // What other users of the machine run, such as Apache's workers, have keytabs of their own.
    await chmod(path, 0o600)
    return path
  }

  /** Gets a ticket with a password, as kinit of client.ts does. */
  async kinit(principal: string, password: string, options: KinitOptions = {}): Promise<string> {
    return await kinit(this, principal, password, options)
  }

  /** How often the KDC has handed out a ticket so far: `AS` are first tickets, `TGS` tickets for services. */
  async issued(kind: 'AS' | 'TGS'): Promise<number> {
    const log = await readFile(join(this.folder, 'kdc.log'), 'utf8')
    return log.split('\n').filter(line => line.includes(`${kind}_REQ`) && line.includes('ISSUE')).length
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.env, PATH, KRB5_KDC_PROFILE: join(this.folder, 'kdc.conf') }
  }

  async #admin(program: string, args: string[]): Promise<void> {
    await run(program, args, { env: this.#environment(), timeout: 60_000 })
  }
}

function kdcConfig(folder: string, port: number): string {
  return `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${REALM} = {
    database_name = ${folder}/principal
    key_stash_file = ${folder}/stash
    acl_file = ${folder}/kadm5.acl
    supported_enctypes = aes256-cts:normal
    max_renewable_life = 7d
  }
[logging]
  kdc = FILE:${folder}/kdc.log
  default = FILE:${folder}/krb5.log
`
}
