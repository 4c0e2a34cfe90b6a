/** A real Active Directory by Samba on a loopback port, with everything that belongs to it in a temporary folder. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { needs, type Scope, temporaryFolder } from '../../support/machine.js'
import { Program } from '../../support/program.js'
import { clockOf, environmentIn, type KinitOptions, kinit, REALM, type Realm, writeClientConfig } from './client.js'
import { hasKerberos, hasSamba } from './needs.js'
import { freePort, listening } from './ports.js'

const run = promisify(execFile)
const DIRECTORY = fileURLToPath(new URL('../../../test/kerberos/programs/directory.py', import.meta.url))
// Twenty times what it takes on an idle machine.
const PROVISION_MS = 120_000

/** Options of the tests that need Active Directory. */
export const withSamba = needs(
  hasKerberos() && hasSamba(),
  'samba-ad-dc and samba-ad-provision, root, and what the tests with a KDC need',
)

const UNTIL_PAUSED: Scope = { after: () => {} }

/** A domain with one controller, and how to get users, keytabs and tickets from it. */
export class ActiveDirectory implements Realm {
  readonly folder: string
  readonly env: Realm['env']
  #port = 0
  #controller: Program | undefined
  #administrator: Program | undefined

  private constructor(folder: string) {
    this.folder = folder
    this.env = environmentIn(folder)
  }

  /** Makes the domain CONTOSO.TEST and starts the KDC of its controller. Nobody but Samba's own accounts is in it. */
  static async start(scope: Scope): Promise<ActiveDirectory> {
    const domain = new ActiveDirectory(await temporaryFolder(scope))
    // Whichever controller runs by then: tests end and start it.
    scope.after(() => domain.pause())
    await domain.#provision()
    domain.#administrator = Program.start(scope, '/usr/bin/python3', [DIRECTORY, domain.#configuration], process.env)
    await domain.#administrator.line()
    domain.#port = await freePort()
    await writeClientConfig(domain, `127.0.0.1:${domain.#port}`)
    await domain.resume()
    return domain
  }

  /** Starts the controller again, with libfaketime's clock if an offset such as `+2h` is given. */
  async resume(clock?: string): Promise<void> {
    const faked = clock === undefined ? {} : await clockOf(clock)
    // In the foreground and one process. It ends with its standard input too, so also when this process is killed.
    const args = ['--configfile', this.#configuration, '--interactive', '--model=single', '--debug-stdout']
    const port = `--option=krb5 port=${this.#port}`
    this.#controller = Program.start(UNTIL_PAUSED, '/usr/sbin/samba', [...args, port], { ...process.env, ...faked })
    await listening(this.#port)
  }

  /** Ends the controller; what it knows stays. */
  async pause(): Promise<void> {
    await this.#controller?.kill()
  }

  /** Adds an account; `attributes` are those of the directory, each with all its values. */
  async addUser(name: string, password: string, attributes: Record<string, string[]> = {}): Promise<void> {
    await this.#administrate('add_user', name, password, attributes)
  }

  /** Replaces attributes of an account. */
  async change(name: string, attributes: Record<string, string[]>): Promise<void> {
    await this.#administrate('change', name, attributes)
  }

  async setPassword(name: string, password: string, { mustChange = false } = {}): Promise<void> {
    await this.#administrate('set_password', name, password, mustChange)
  }

  async disable(name: string): Promise<void> {
    await this.#administrate('disable', name)
  }

  /** Makes `count` groups, and the account a member of each. */
  async addToGroups(name: string, prefix: string, count: number): Promise<void> {
    await this.#administrate('add_to_groups', name, prefix, count)
  }

  /** Path of a new keytab with the present keys of a user or of a service principal name. */
  async keytab(name: string, principal: string): Promise<string> {
    const path = join(this.folder, `${name}.keytab`)
    await this.#administrate('export_keytab', path, principal)
    await chmod(path, 0o600)
    return path
  }

  /** Gets a ticket with a password, as kinit of client.ts does. */
  async kinit(principal: string, password: string, options: KinitOptions = {}): Promise<string> {
    return await kinit(this, principal, password, options)
  }

  get #configuration(): string {
    return join(this.folder, 'etc/smb.conf')
  }

  async #administrate(name: string, ...values: unknown[]): Promise<void> {
    assert(this.#administrator)
    this.#administrator.send(JSON.stringify({ name, arguments: values }))
    const { error } = JSON.parse(await this.#administrator.line()) as { error?: string }
    assert.equal(error, undefined, `${name}(${values}): ${error}`)
  }

  async #provision(): Promise<void> {
    const settings = {
      interfaces: '127.0.0.1',
      'bind interfaces only': 'yes',
      // The other services have ports that cannot be chosen; who administrates works on the database itself.
      'server services': 'kdc',
      'kpasswd port': '0',
      'disable netbios': 'yes',
      // Neither another Samba of this machine nor its files are to be met.
      'pid directory': join(this.folder, 'run'),
      'ncalrpc dir': join(this.folder, 'run/ncalrpc'),
      'winbindd socket directory': join(this.folder, 'run/winbindd'),
      'ntp signd socket directory': join(this.folder, 'run/ntp_signd'),
      'log file': join(this.folder, 'samba.log'),
      'panic action': '',
      'unix password sync': 'no',
    }
    await mkdir(join(this.folder, 'run'))
    const domain = [`--realm=${REALM}`, '--domain=CONTOSO', '--server-role=dc', '--dns-backend=NONE']
    const host = ['--host-name=dc1', '--host-ip=127.0.0.1', `--targetdir=${this.folder}`]
    const options = Object.entries(settings).map(([name, value]) => `--option=${name}=${value}`)
    await run('samba-tool', ['domain', 'provision', ...domain, ...host, ...options], { timeout: PROVISION_MS })
  }
}
