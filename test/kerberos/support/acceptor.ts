/** Services that really check tokens, and sending them one. */
import { createHash, X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Scope } from '../../support/machine.js'
import { Program } from '../../support/program.js'
import { makeCertificate } from '../../support/tls.js'
import type { Realm } from './client.js'

const ACCEPTOR = fileURLToPath(new URL('../../../test/kerberos/programs/acceptor.py', import.meta.url))

/** A service over TLS that answers Negotiate. */
export interface Acceptor {
  port: number
  /** The authority that its certificate is from, PEM. */
  ca: string
  /** The right channel bindings: `tls-server-end-point:` and the hash of its certificate. */
  bindings: Uint8Array
}

/** Starts the acceptor of test/kerberos/programs; `bindings` is what it makes of channel bindings, `backend` a port to pass on to. */
export async function startAcceptor(
  scope: Scope,
  realm: Realm,
  keytab: string,
  bindings: 'require' | 'allow' | 'ignore' = 'require',
  backend?: number,
): Promise<Acceptor> {
  const { cert, key, ca } = await makeCertificate('localhost')
  const certificate = join(realm.folder, `acceptor-${bindings}.crt`)
  const keyFile = join(realm.folder, `acceptor-${bindings}.key`)
  await writeFile(certificate, cert)
  await writeFile(keyFile, key, { mode: 0o600 })
  const args = ['--certificate', certificate, '--key', keyFile, '--keytab', keytab, '--bindings', bindings]
  if (backend !== undefined) args.push('--backend', String(backend))
  const program = Program.start(scope, '/usr/bin/python3', [ACCEPTOR, ...args], { ...process.env, ...realm.env })
  return { port: Number(await program.line()), ca, bindings: endPoint(cert) }
}

function endPoint(certificate: string): Uint8Array {
  const hash = createHash('sha256').update(new X509Certificate(certificate).raw).digest()
  return Buffer.concat([Buffer.from('tls-server-end-point:'), hash])
}

const isJson = (response: IncomingMessage) => response.headers['content-type'] === 'application/json'

/** What an acceptor makes of a token: its status, its answer and the token it sends back. */
export async function present({ port, ca }: Pick<Acceptor, 'port' | 'ca'>, token: Uint8Array, path = '/') {
  const headers = { Authorization: `Negotiate ${Buffer.from(token).toString('base64')}` }
  return await new Promise<{ status: number; body: Record<string, unknown>; reply: Uint8Array }>((resolve, reject) => {
    const options = { host: 'localhost', port, path, ca, headers, agent: false, family: 4 }
    const request = https.get(options, async response => {
      let text = ''
      for await (const chunk of response) text += chunk
      const reply = /^Negotiate (.+)$/.exec(response.headers['www-authenticate'] ?? '')?.[1] ?? ''
      resolve({
        status: response.statusCode ?? 0,
        body: isJson(response) ? JSON.parse(text) : {},
        reply: Buffer.from(reply, 'base64'),
      })
    })
    request.on('error', reject)
  })
}
