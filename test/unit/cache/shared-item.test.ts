/** Which item of a keychain or keyring is meant: the names of the MSALs, and what cannot be named. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { createPersistentCache, type PersistentCacheOptions } from '#lib/cache/persistent-cache.js'
import { decodeShared, encodeShared, probeItem, setAsideItem, sharedItem } from '#lib/cache/storage/shared-item.js'
import { onlyOn } from '../../support/machine.js'

const LOCATION = '/home/alice/.contoso/msal.cache'
const HASH = createHash('sha256').update(LOCATION).digest('hex')
const ATTRIBUTES = { Version: '1', ProductGroup: 'Contoso' }
const DOTNET = { format: 'base64', schema: 'com.contoso.tokencache', attributes: ATTRIBUTES } as const

describe('the item of a shared cache', () => {
  test('is that of MSAL Python where nothing else is said', () => {
    const { item } = sharedItem({}, LOCATION)
    assert.equal(item.service, 'msal-extensions')
    assert.equal(item.account, HASH)
    assert.equal(item.schema, HASH)
    assert.equal(item.matchSchema, true)
    assert.deepEqual(item.attributes, {})
    assert.equal(item.collection, 'default')
  })

  test('is found by its attributes alone as MSAL.NET finds it', onlyOn('linux', 'the Secret Service'), () => {
    const { item, label, format } = sharedItem(
      { secretService: { ...DOTNET, label: 'x', collection: 'session' } },
      LOCATION,
    )
    assert.deepEqual(item.attributes, ATTRIBUTES)
    assert.deepEqual(
      [item.schema, item.matchSchema, item.collection, label, format],
      ['com.contoso.tokencache', false, 'session', 'x', 'base64'],
    )
  })

  test('of a keychain has the service and account that are given', () => {
    const { item } = sharedItem({ keychain: { service: 's', account: 'a' } }, LOCATION)
    assert.deepEqual([item.service, item.account], ['s', 'a'])
  })

  test('is not found by whoever looks for the probe, nor the other way round, nor what was set aside', () => {
    const { item } = sharedItem({ secretService: DOTNET }, LOCATION)
    const [probe, aside] = [probeItem(item, 'abc'), setAsideItem(item, LOCATION, 1)]
    for (const other of [probe, aside]) {
      assert.notEqual(other.account, item.account)
      assert.notEqual(other.schema, item.schema)
      for (const [name, value] of Object.entries(ATTRIBUTES)) assert.notEqual(other.attributes[name], value)
    }
    assert.deepEqual(Object.keys(probe.attributes), Object.keys(ATTRIBUTES))
    assert.notDeepEqual(setAsideItem(item, LOCATION, 2), aside)
  })
})

describe('createPersistentCache', onlyOn('linux', 'the Secret Service'), () => {
  for (const [what, options] of [
    ['shared with somebody else', { shared: 'adal' as 'msal' }],
    ['a format that nobody has', { secretService: { format: 'xml' as 'json' } }],
    ['Base64 without a schema', { secretService: { ...DOTNET, schema: undefined as unknown as string } }],
    ['Base64 without attributes, which would be every item', { secretService: { ...DOTNET, attributes: {} } }],
    ['an attribute that is no text', { secretService: { ...DOTNET, attributes: { a: 1 as unknown as string } } }],
    ['an empty attribute', { secretService: { ...DOTNET, attributes: { a: '' } } }],
    ['a schema with a zero in it', { secretService: { ...DOTNET, schema: 'a\0b' } }],
    ['a label that is no text', { secretService: { ...DOTNET, label: 1 as unknown as string } }],
    ['a collection that is no alias', { secretService: { ...DOTNET, collection: 'a/b' } }],
    [
      '32 attributes',
      { secretService: { ...DOTNET, attributes: Object.fromEntries([...Array(32).keys()].map(n => [`a${n}`, 'x'])) } },
    ],
    ['an empty service', { keychain: { service: '' } }],
  ] satisfies Array<[string, Partial<PersistentCacheOptions>]>) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(createPersistentCache({ name: 'app', shared: 'msal', ...options }), {
        code: 'invalid_configuration',
      })
    })
  }
})

describe('contents in the form of an MSAL', () => {
  for (const text of ['{}', '{"é":"日本"}', `{"long":"${'x'.repeat(1000)}"}`]) {
    test(`come back in either (${text.length} characters)`, () => {
      for (const format of ['base64', 'json'] as const) {
        const stored = encodeShared(Buffer.from(text), format)
        assert.equal(Buffer.from(decodeShared(stored)).toString(), text)
        assert.equal(Buffer.from(stored).includes('\n'), false)
      }
      assert.equal(Buffer.from(encodeShared(Buffer.from(text), 'base64')).length % 4, 0)
    })
  }

  test('may have line breaks or blanks around them, or no padding', () => {
    const base64 = Buffer.from('{"a":"bcd"}').toString('base64')
    for (const stored of [`${base64}\n`, ` ${base64.slice(0, 4)}\r\n${base64.slice(4)}`, base64.replace(/=+$/, '')]) {
      assert.equal(Buffer.from(decodeShared(Buffer.from(stored))).toString(), '{"a":"bcd"}')
    }
  })
})
