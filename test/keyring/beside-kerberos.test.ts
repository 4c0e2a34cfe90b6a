/** The store of secrets beside Kerberos: neither waits for what the other waits for. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HeldKdc } from '../kerberos/support/held-kdc.js'
import { withKdc } from '../kerberos/support/kdc.js'
import { kdcOfThisFile, negotiate, failsWith as stepFailsWith, target } from '../kerberos/support/negotiate.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { withKeyrings } from './support/needs.js'
import { swallow } from './support/provider.js'
import { failsWith, get, getText, item, set } from './support/secrets.js'

// As many as there are threads, and more.
const MANY = 8
const THREADS = 4

describe('beside a KDC', { ...withKdc, ...withKeyrings }, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.kinit('joe', 'Passw0rd!')
  let services = 0
  const open = async () => {
    const name = `HTTP/beside${services++}.contoso.test`
    await kdc.addPrincipal(name, '-randkey')
    return negotiate.open(target({ servicePrincipalName: name }))
  }

  test('that does not answer, the keyring does', async t => {
    await GnomeKeyring.start(t)
    const contexts = await Promise.all(Array.from({ length: MANY }, open))
    const held = await HeldKdc.start(t, kdc)
    let settled = 0
    const steps = contexts.map(context =>
      assert.rejects(
        context.step(new Uint8Array()).finally(() => settled++),
        stepFailsWith('UNREACHABLE'),
      ),
    )
    await held.holding(THREADS)
    await set(item(), 'kept', 5_000)
    assert.equal(await getText(item()), 'kept')
    assert.equal(settled, 0)
    held.refuse()
    await Promise.all(steps)
    for (const context of contexts) context.close()
  })

  test('a keyring that does not answer holds up no sign-in', async t => {
    const context = await open()
    const { provider } = await swallow(t, 'all')
    let settled = 0
    const calls = Array.from({ length: MANY }, () =>
      assert.rejects(
        get(item(), 3_000).finally(() => settled++),
        failsWith('TIMEOUT'),
      ),
    )
    for (let asked = 0; asked < THREADS; asked++) assert.equal(await provider.line(), 'SearchItems')
    assert.ok((await context.step(new Uint8Array())).output.length > 100)
    assert.equal(settled, 0)
    context.close()
    await Promise.all(calls)
  })
})
