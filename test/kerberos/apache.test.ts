/** Tokens before Apache's mod_auth_gssapi, the acceptor that most services on Linux use. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { WHOLE_FILE } from '../support/machine.js'
import { present } from './support/acceptor.js'
import { startApacheAndService, withApache } from './support/apache.js'
import { firstToken, kdcOfThisFile, negotiate, target } from './support/negotiate.js'

describe('Apache', withApache, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.kinit('joe', 'Passw0rd!')
  const apache = await startApacheAndService(WHOLE_FILE, kdc, await kdc.keytab('http', 'HTTP/localhost'))

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
