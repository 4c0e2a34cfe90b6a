/** The client's side of any realm: its configuration, and tickets by kinit. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The realm of every test. */
export const REALM = 'CONTOSO.TEST'

/** What its clients and services need of a realm. */
export interface Realm {
  readonly folder: string
  /** What a process needs in its environment to find this realm, and a default credential cache that is its own. */
  readonly env: { KRB5_CONFIG: string; KRB5CCNAME: string; KRB5RCACHENAME: string }
}

/** The environment of a realm that has all its files in `folder`. */
export function environmentIn(folder: string): Realm['env'] {
  return {
    KRB5_CONFIG: join(folder, 'krb5.conf'),
    KRB5CCNAME: `FILE:${join(folder, 'default.ccache')}`,
    KRB5RCACHENAME: 'none:',
  }
}

/** Cache, by default that of the realm's environment, and what kinit is told besides. */
export interface KinitOptions {
  cache?: string
  options?: string[]
}

/** Gets a ticket with a password; `options` are those of kinit. Answers the cache it is in. */
export async function kinit(
  { env }: Realm,
  principal: string,
  password: string,
  { cache = env.KRB5CCNAME, options = [] }: KinitOptions = {},
): Promise<string> {
  // Not with -c: only so does kinit add to a collection instead of replacing what is in it.
  const child = execFile('kinit', [...options, principal], { env: { ...process.env, ...env, KRB5CCNAME: cache } })
  child.stdin?.end(`${password}\n`)
  const [code] = await once(child, 'exit')
  assert.equal(code, 0, `kinit ${principal} ended with ${code}`)
  return cache
}

/** The tickets of the default cache with their encryption types, in English. */
export async function klist({ env }: Realm): Promise<string> {
  const { stdout } = await run('klist', ['-e'], { env: { ...process.env, ...env, LC_ALL: 'C' } })
  return stdout
}

/** The environment of a process whose clock is off, by an offset such as `+2h`. */
export async function clockOf(offset: string): Promise<{ LD_PRELOAD: string; FAKETIME: string }> {
  // The library itself: the program of the package would be another process, between us and the KDC.
  for (const folder of await readdir('/usr/lib')) {
    const library = `/usr/lib/${folder}/faketime/libfaketime.so.1`
    if (existsSync(library)) return { LD_PRELOAD: library, FAKETIME: offset }
  }
  throw new Error('libfaketime is not installed: sudo apt-get install faketime')
}

/** Writes the configuration of a realm's clients; `kdc` is where they look for it, `lines` go into [libdefaults]. */
export async function writeClientConfig({ folder, env }: Realm, kdc: string, lines: string[] = []): Promise<void> {
  await writeFile(
    env.KRB5_CONFIG,
    `[libdefaults]
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
`,
  )
}
