/** A real MIT KDC on a loopback port, with everything that belongs to it in a temporary folder. Needs no privileges. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { needs, type Scope, temporaryFolder } from '../../support/machine.js'
import { Program } from '../../support/program.js'
import { hasKerberos } from './needs.js'
import { freePort, listening } from './ports.js'

const run = promisify(execFile)

/** The realm of every test. */
export const REALM = 'CONTOSO.TEST'

/** Options of the tests that need a KDC. */
export const withKdc = needs(hasKerberos(), 'krb5-kdc, krb5-admin-server, krb5-user, python3-gssapi and faketime')

// Debian keeps the programs of a KDC where only root's PATH looks.
const PATH = `${process.env.PATH}:/usr/sbin`

const UNTIL_PAUSED: Scope = { after: () => {} }

/** A running KDC, and how to get principals, keytabs and tickets from it. */
export class Kdc {
  readonly folder: string
  readonly port: number
  /** What a process needs in its environment to find this realm, and a default credential cache that is its own. */
  readonly env: { KRB5_CONFIG: string; KRB5CCNAME: string; KRB5RCACHENAME: string }
  #daemon: Program | undefined

  private constructor(folder: string, port: number) {
    this.folder = folder
    this.port = port
    this.env = {
      KRB5_CONFIG: join(folder, 'krb5.conf'),
      KRB5CCNAME: `FILE:${join(folder, 'default.ccache')}`,
      KRB5RCACHENAME: 'none:',
    }
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
    await writeFile(this.env.KRB5_CONFIG, clientConfig(this.folder, kdc, lines))
    // A process that has read it before looks at it once a second.
    if (this.#daemon !== undefined) await setTimeout(1_100)
  }

  /** Starts the KDC again, with libfaketime's clock if an offset such as `+2h` is given. */
  async resume(clock?: string): Promise<void> {
    // The library itself: the program of the package would be another process, between us and the KDC.
    const faked = clock === undefined ? {} : { LD_PRELOAD: await findFaketime(), FAKETIME: clock }
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

  /** Gets a ticket with a password; `options` are those of kinit. Answers the cache it is in. */
  async kinit(principal: string, password: string, { cache = this.env.KRB5CCNAME, options = [] as string[] } = {}) {
    // Not with -c: only so does kinit add to a collection instead of replacing what is in it.
    const child = execFile('kinit', [...options, principal], { env: { ...this.#environment(), KRB5CCNAME: cache } })
    child.stdin?.end(`${password}\n`)
    const [code] = await once(child, 'exit')
    assert.equal(code, 0, `kinit ${principal} ended with ${code}`)
    return cache
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

async function findFaketime(): Promise<string> {
  for (const folder of await readdir('/usr/lib')) {
    const file = `/usr/lib/${folder}/faketime/libfaketime.so.1`
    if (existsSync(file)) return file
  }
  throw new Error('libfaketime is not installed: sudo apt-get install faketime')
}

function clientConfig(folder: string, kdc: string, lines: string[]): string {
  return `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  qualify_shortname = ""
  udp_preference_limit = 1
  default_client_keytab_name = FILE:${folder}/none.keytab
${lines.map(line => `  ${line}\n`).join('')}[realms]
  ${REALM} = {
    kdc = ${kdc}
  }
[domain_realm]
  localhost = ${REALM}
  .contoso.test = ${REALM}
`
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
