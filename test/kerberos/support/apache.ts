/** Apache with mod_auth_gssapi over TLS before a service of the test's, as a federation server's windowstransport endpoint is. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, copyFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { needs, type Scope, temporaryFolder } from '../../support/machine.js'
import { Program } from '../../support/program.js'
import { makeCertificate } from '../../support/tls.js'
import type { Acceptor } from './acceptor.js'
import type { Realm } from './client.js'
import { freePort, listening } from './ports.js'

const MODULES = '/usr/lib/apache2/modules'
// Debian's nobody and nogroup, whom the workers run as when it is root who starts Apache.
const NOBODY = 65534

/** Options of the tests that need Apache. */
export const withApache = needs(
  existsSync(`${MODULES}/mod_auth_gssapi.so`) && existsSync('/usr/sbin/apache2'),
  'apache2 and libapache2-mod-auth-gssapi',
)

/** Starts Apache before a service that answers with the user that it was told of. */
export async function startApacheAndService(scope: Scope, realm: Pick<Realm, 'env'>, keytab: string) {
  const service = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ user: request.headers['x-remote-user'] ?? null }))
  }).listen(0, '127.0.0.1')
  await once(service, 'listening')
  scope.after(() => service.close())
  const address = service.address()
  assert(address !== null && typeof address === 'object')
  return await startApache(scope, realm, keytab, address.port)
}

/** Starts Apache; what it lets in goes to `backend` with the user in the header X-Remote-User. */
export async function startApache(
  scope: Scope,
  realm: Pick<Realm, 'env'>,
  keytab: string,
  backend: number,
): Promise<Pick<Acceptor, 'port' | 'ca'>> {
  const folder = await temporaryFolder(scope)
  const asRoot = process.getuid?.() === 0
  // Workers have to get at the keytab, and at nothing else.
  await chmod(folder, 0o711)
  const { cert, key, ca } = await makeCertificate('localhost')
  await writeFile(join(folder, 'tls.crt'), cert)
  await writeFile(join(folder, 'tls.key'), key, { mode: 0o600 })
  const ownKeytab = join(folder, 'http.keytab')
  await copyFile(keytab, ownKeytab)
  await chmod(ownKeytab, 0o400)
  if (asRoot) await chown(ownKeytab, NOBODY, NOBODY)
  const kerberos = join(folder, 'krb5.conf')
  await writeFile(kerberos, '[libdefaults]\n  default_realm = CONTOSO.TEST\n  dns_lookup_kdc = false\n  rdns = false\n')

  const port = await freePort()
  const config = join(folder, 'apache.conf')
  await writeFile(config, apacheConfig(folder, port, backend, asRoot ? 'User nobody\nGroup nogroup' : ''))
  // One process, so that nothing is left when it is killed.
  const args = ['-f', config, '-X']
  // Only this environment: Apache hands its own to the workers, and they are not to find the user's tickets.
  const env = { PATH: process.env.PATH, KRB5_CONFIG: kerberos, KRB5RCACHENAME: realm.env.KRB5RCACHENAME }
  Program.start(scope, '/usr/sbin/apache2', args, env)
  await listening(port)
  return { port, ca }
}

function apacheConfig(folder: string, port: number, backend: number, user: string): string {
  const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'ssl', 'proxy', 'proxy_http']
  return `ServerRoot "${folder}"
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
Mutex file:${folder}
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
${user}
${[...modules, 'auth_gssapi'].map(name => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
SSLEngine on
SSLCertificateFile ${folder}/tls.crt
SSLCertificateKeyFile ${folder}/tls.key
StartServers 1
ServerLimit 2
ThreadsPerChild 8
MaxRequestWorkers 16
ProxyPass / http://127.0.0.1:${backend}/
<Location "/">
  AuthType GSSAPI
  AuthName "contoso"
  GssapiCredStore keytab:${folder}/http.keytab
  GssapiSSLonly On
  GssapiLocalName Off
  Require valid-user
  RequestHeader set X-Remote-User "expr=%{REMOTE_USER}"
</Location>
`
}
