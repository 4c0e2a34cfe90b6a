/** Tokens before Apache's mod_auth_gssapi, the acceptor that most services on Linux use. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { WHOLE_FILE } from '../support/machine.js'
import { present } from './support/acceptor.js'
import { startApache, withApache } from './support/apache.js'
import { firstToken, kdcOfThisFile, negotiate, target } from './support/negotiate.js'

describe('Apache', withApache, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.kinit('joe', 'Passw0rd!')
  const backend = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ user: request.headers['x-remote-user'] ?? null }))
  }).listen(0, '127.0.0.1')
  await once(backend, 'listening')
  WHOLE_FILE.after(() => backend.close())
  const address = backend.address()
  assert(address !== null && typeof address === 'object')
  const apache = await startApache(WHOLE_FILE, kdc, await kdc.keytab('http', 'HTTP/localhost'), address.port)

  test('lets the user in, proves itself, and tells the service who it is', async () => {
    const context = await negotiate.open(target())
    const { output } = await context.step(new Uint8Array())
    const { status, body, reply } = await present(apache, output)
    assert.equal(status, 200)
    assert.deepEqual(body, { user: 'joe@CONTOSO.TEST' })
    const last = await context.step(reply)
    assert.equal(last.complete, true)
    assert.equal(last.mutual, true)
  })

  test('refuses a token for another service', async () => {
    await kdc.addPrincipal('HTTP/other.contoso.test', '-randkey')
    const token = await firstToken({ servicePrincipalName: 'HTTP/other.contoso.test' })
    assert.equal((await present(apache, token)).status, 401)
  })
})
