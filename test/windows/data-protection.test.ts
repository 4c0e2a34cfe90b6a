/** The addon's data protection on Windows: what was sealed is opened, and nothing else is ever taken for it. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import type { NativeFailure } from '#lib/native/contract.js'

const dataProtection = requireCapability(loadNativeAddon(), 'dataProtection')
const NOTHING = new Uint8Array()

describe('what was sealed', () => {
  for (const [name, plain] of [
    ['a text', Buffer.from('{"AccessToken":{}}')],
    ['nothing', Buffer.alloc(0)],
    ['bytes with zeros among them', Buffer.from([0, 255, 0, 1])],
    ['5 MiB', randomBytes(5 << 20)],
  ] as const) {
    test(`is opened: ${name}`, async () => {
      const sealed = await dataProtection.protect(plain, NOTHING)
      assert.ok(plain.length < 16 || !Buffer.from(sealed).includes(plain))
      assert.ok(plain.equals(await dataProtection.unprotect(sealed, NOTHING)))
    })
  }

  test('is opened with the same entropy only', async () => {
    const entropy = Buffer.from('with a salt')
    const sealed = await dataProtection.protect(Buffer.from('secret'), entropy)
    assert.equal(Buffer.from(await dataProtection.unprotect(sealed, entropy)).toString(), 'secret')
    for (const wrong of [NOTHING, Buffer.from('with a salT'), Buffer.from('with a salt ')]) {
      await assert.rejects(dataProtection.unprotect(sealed, wrong), {
        code: 'INVALID_DATA',
        call: 'CryptUnprotectData',
        status: 13,
      })
    }
    const without = await dataProtection.protect(Buffer.from('secret'), NOTHING)
    await assert.rejects(dataProtection.unprotect(without, entropy), { code: 'INVALID_DATA' })
  })

  test('never gives another text when a byte of it is changed', async () => {
    const plain = Buffer.from('secret of 17 byte')
    const sealed = await dataProtection.protect(plain, NOTHING)
    const refused = await Promise.all(
      Array.from(sealed, async (byte, index) => {
        const changed = Buffer.from(sealed)
        changed[index] = byte ^ (1 << (index % 8))
        try {
          // Not every byte matters to Wine, which has a header of its own.
          assert.ok(plain.equals(await dataProtection.unprotect(changed, NOTHING)), `byte ${index}`)
          return false
        } catch (error) {
          const { code, call } = error as NativeFailure
          assert.deepEqual([code, call], ['INVALID_DATA', 'CryptUnprotectData'])
          return true
        }
      }),
    )
    assert.ok(refused.filter(Boolean).length > refused.length / 2)
  })

  test('is not what a part of it, or anything else, is', async () => {
    const sealed = await dataProtection.protect(Buffer.from('secret'), NOTHING)
    for (const wrong of [sealed.subarray(0, -1), sealed.subarray(0, 20), Buffer.from('no blob'), NOTHING]) {
      await assert.rejects(dataProtection.unprotect(wrong, NOTHING), { call: 'CryptUnprotectData' })
    }
  })
})

test('many calls at once keep apart', async () => {
  const texts = Array.from({ length: 40 }, (_, i) => `secret ${i}`)
  const opened = await Promise.all(
    texts.map(async text =>
      dataProtection.unprotect(await dataProtection.protect(Buffer.from(text), NOTHING), NOTHING),
    ),
  )
  assert.deepEqual(
    opened.map(bytes => Buffer.from(bytes).toString()),
    texts,
  )
})

test('arguments that TypeScript would not let through are thrown at once', () => {
  for (const call of [dataProtection.protect, dataProtection.unprotect] as ((...args: unknown[]) => unknown)[]) {
    for (const args of [[], [NOTHING], [NOTHING, undefined], ['text', NOTHING], [new Uint16Array(2), NOTHING]]) {
      assert.throws(() => call(...args), TypeError)
    }
  }
})
