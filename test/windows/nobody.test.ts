/** A Windows in which nobody has credentials, and whose user has no UPN. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import { credentials, explicit, firstStep, negotiate, target } from './support/negotiate.js'

describe('without credentials', () => {
  for (const allowNtlm of [false, true]) {
    test(`a conversation says NO_CREDENTIALS, ${allowNtlm ? 'with' : 'without'} NTLM`, async () => {
      await assert.rejects(firstStep({ allowNtlm }), { code: 'NO_CREDENTIALS', status: 0x8009030e })
    })
  }

  test('what Windows does not have is refused instead of passed over', async () => {
    for (const parts of [
      { clientKeytab: 'FILE:x' },
      { credentialCache: 'FILE:x' },
      { principal: 'joe@CONTOSO.TEST' },
    ]) {
      await assert.rejects(negotiate.open(target({ credentials: credentials(parts) })), { code: 'UNAVAILABLE' })
      await assert.rejects(negotiate.currentUser(credentials(parts)), { code: 'UNAVAILABLE' })
    }
  })
})

describe('currentUser', () => {
  test('of a machine in no domain fails with the number that tells why', async () => {
    const expected = { code: 'NOT_FOUND', call: 'GetUserNameExW', status: 1332 }
    await assert.rejects(negotiate.currentUser(credentials()), expected)
    await assert.rejects(negotiate.inspect(credentials()), expected)
  })

  test('with explicit credentials is their user, where the name can be one that a realm is found by', async () => {
    assert.equal(await negotiate.currentUser(explicit('joe@contoso.com', 'CONTOSO', 'x')), 'joe@contoso.com')
    assert.equal(await negotiate.currentUser(explicit('joe', 'contoso.com', 'x')), 'joe@contoso.com')
    assert.equal(await negotiate.currentUser(explicit('joe', 'CONTOSO', 'x')), undefined)
  })
})

test('the device is joined to nothing', async () => {
  const device = requireCapability(loadNativeAddon(), 'device')
  assert.deepEqual(await device.joinState(), { kind: 'none', domain: '', tenantId: '' })
})
