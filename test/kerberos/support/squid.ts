/** Squid that lets nobody through but who proves with a ticket who they are, as proxies of Windows domains do. */
import { existsSync, readFileSync } from 'node:fs'
import { chmod, chown, copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { needs, type Scope, temporaryFolder, until } from '../../support/machine.js'
import { Program } from '../../support/program.js'
import type { Realm } from './client.js'
import { freePort, listening } from './ports.js'

const SQUID = '/usr/sbin/squid'
const HELPER = '/usr/lib/squid/negotiate_kerberos_auth'
// Debian's nobody and nogroup, whom it runs as when it is root who starts the tests.
const NOBODY = 65534

/** Options of the tests that need Squid. */
export const withSquid = needs(existsSync(SQUID) && existsSync(HELPER), 'squid')

/** One request, as Squid's log has it. */
export interface Passed {
  /** `-` where it did not know. */
  readonly user: string
  readonly method: string
  readonly status: string
  readonly target: string
  /** The client's, which tells connections apart. */
  readonly port: string
}

/** Starts it in the foreground; `keytab` has the keys of every name that it may be asked by. */
export async function startSquid(scope: Scope, realm: Pick<Realm, 'env'>, keytab: string) {
  const folder = await temporaryFolder(scope)
  const asRoot = process.getuid?.() === 0
  const ownKeytab = join(folder, 'http.keytab')
  await copyFile(keytab, ownKeytab)
  await chmod(ownKeytab, 0o400)
  const kerberos = join(folder, 'krb5.conf')
  await writeFile(kerberos, '[libdefaults]\n  default_realm = CONTOSO.TEST\n  dns_lookup_kdc = false\n  rdns = false\n')
  const port = await freePort()
  const [config, log] = [join(folder, 'squid.conf'), join(folder, 'access.log')]
  await writeFile(config, squidConfig(folder, port, ownKeytab))
  if (asRoot) for (const path of [folder, ownKeytab]) await chown(path, NOBODY, NOBODY)
  const squid = [SQUID, '-N', '-f', config]
  const asNobody = ['/usr/bin/setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...squid]
  const [command = '', ...args] = asRoot ? asNobody : squid
  // Only this environment: its helpers have it too, and they are not to find the user's tickets.
  const env = { PATH: process.env.PATH, KRB5_CONFIG: kerberos, KRB5RCACHENAME: realm.env.KRB5RCACHENAME }
  Program.start(scope, command, args, env)
  await listening(port)
  const lines = () =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter(line => line.includes(' CONNECT '))
      : []
  let told = 0
  return {
    origin: `http://localhost:${port}`,
    /** What came through it or was refused, in the order in which it ended: `count` requests at least since the last time. */
    async passed(count: number): Promise<Passed[]> {
      await until(() => lines().length >= told + count)
      const found = lines().slice(told)
      told += found.length
      return found.map(line => {
        const [user = '', method = '', status = '', target = '', port = ''] = line.split(' ')
        return { user, method, status, target, port }
      })
    },
  }
}

function squidConfig(folder: string, port: number, keytab: string): string {
  return `http_port 127.0.0.1:${port}
visible_hostname localhost
pid_filename none
coredump_dir none
cache_log ${folder}/cache.log
logformat who %un %rm %>Hs %ru %>p
access_log stdio:${folder}/access.log who
cache deny all
cache_mem 1 MB
memory_cache_shared off
pinger_enable off
shutdown_lifetime 0 seconds
auth_param negotiate program ${HELPER} -k ${keytab} -s GSS_C_NO_NAME -t none
auth_param negotiate children 2 startup=1 idle=1
auth_param negotiate keep_alive on
acl known proxy_auth REQUIRED
http_access allow CONNECT known
http_access deny all
`
}
