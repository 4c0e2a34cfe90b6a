/** The key of a cache file: asked for once, made once, believed only when read back, wiped, and never told. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { CacheKeys } from '#lib/cache/storage/cache-key.js'
import { keyIdOf } from '#lib/cache/storage/envelope.js'
import type { NativeFailureCode } from '#lib/native/contract.js'
import { FakeSecretStore, secretFailure } from '../../fakes/fake-secret-store.js'

function keysIn(store = new FakeSecretStore()) {
  const keys = new CacheKeys(store, '/home/joe/app')
  const item = () => [...store.items.values()][0] ?? assert.fail('nothing is stored')
  const put = (bytes: Uint8Array) => {
    const [name] = store.items.keys()
    assert(name !== undefined)
    store.items.set(name, Buffer.from(bytes))
  }
  return { store, keys, item, put }
}

const wiped = Buffer.alloc(32)

describe('a key', () => {
  test('is made of 32 random bytes behind a version, and found by library and path', async () => {
    const { keys, store, item } = keysIn()
    await keys.make()
    assert.deepEqual(item(), Buffer.concat([Buffer.of(1), keys.current ?? assert.fail()]))
    const [name] = store.items.keys()
    const attributes = [
      ['application', 'latchkey'],
      ['file', '/home/joe/app'],
    ]
    assert.equal(name, JSON.stringify(['latchkey.cache-key', attributes]))
    const other = keysIn()
    await other.keys.make()
    assert.notDeepEqual(other.item(), item())
  })

  test('is the same for the next process', async () => {
    const { keys, store } = keysIn()
    await keys.make()
    const next = new CacheKeys(store, '/home/joe/app')
    assert.equal(next.current, undefined)
    await next.refresh()
    assert.deepEqual(next.current, keys.current)
    const elsewhere = new CacheKeys(store, '/home/joe/other')
    await elsewhere.refresh()
    assert.equal(elsewhere.current, undefined)
  })

  test('that the store does not give back is none', async () => {
    for (const given of [undefined, Buffer.concat([Buffer.of(1), randomBytes(32)]), Buffer.alloc(5)]) {
      const { keys, store } = keysIn()
      store.before = call => {
        if (call === 'get')
          for (const name of store.items.keys())
            given === undefined ? store.items.clear() : store.items.set(name, given)
      }
      await assert.rejects(keys.make(), { code: 'secret_store_unavailable', message: /give back/ })
    }
  })

  test('that is something else is no key', async () => {
    const { keys, put } = keysIn()
    await keys.make()
    const key = Buffer.from(keys.current ?? assert.fail())
    const two = Buffer.concat([key, key])
    const shapes = ['', key, Buffer.concat([Buffer.of(2), key]), Buffer.concat([Buffer.of(1), two, key]), Buffer.of(1)]
    for (const bytes of shapes) {
      put(Buffer.from(bytes))
      await keys.refresh()
      assert.equal(keys.current, undefined)
    }
  })

  test('is wiped when another answer comes, and so is what it was stored from', async () => {
    const { keys, store } = keysIn()
    await keys.make()
    const first = keys.current ?? assert.fail()
    assert.notDeepEqual(Buffer.from(first), wiped)
    await keys.refresh()
    assert.deepEqual(Buffer.from(first), wiped)
    const second = keys.current ?? assert.fail()
    await keys.remove()
    assert.deepEqual(Buffer.from(second), wiped)
    assert.equal(keys.current, undefined)
    assert.equal(store.items.size, 0)
  })

  test('is in no error and in nothing that is printed', async () => {
    const { keys, store, item } = keysIn()
    await keys.make()
    const key = item().subarray(1)
    store.failure = secretFailure('FAILED')
    const error = await keys.refresh().then(
      () => assert.fail('resolved'),
      error => error,
    )
    for (const text of [
      inspect(error, { depth: 9, showHidden: true }),
      inspect(keys, { depth: 9, showHidden: true }),
    ]) {
      for (const form of ['hex', 'base64', 'latin1'] as const) assert.ok(!text.includes(key.toString(form)), form)
      assert.ok(!text.includes(inspect(key).slice(8, 30)))
    }
  })
})

describe('an exchange', () => {
  test('keeps the former key until it is dropped', async () => {
    const { keys, item } = keysIn()
    await keys.make()
    const former = keyIdOf(keys.current ?? assert.fail())
    await keys.makeBeside(former)
    const next = keyIdOf(keys.current ?? assert.fail())
    assert.notEqual(next, former)
    assert.ok(keys.find(former))
    assert.equal(item().length, 65)
    await keys.dropFormer()
    assert.equal(keys.find(former), undefined)
    assert.equal(keyIdOf(keys.current ?? assert.fail()), next)
    assert.equal(item().length, 33)
  })
})

describe('asking the store', () => {
  test('is done once for all who ask at the same time', async () => {
    const { keys, store } = keysIn()
    await Promise.all(Array.from({ length: 5 }, () => keys.refresh()))
    // One that began before the others asked, and one for those.
    assert.deepEqual(store.calls, ['get', 'get'])
  })

  test('never gives an answer that is older than the question', async () => {
    const { keys, store } = keysIn()
    await keys.make()
    const another = Buffer.concat([Buffer.of(1), randomBytes(32)])
    let late: Promise<void> | undefined
    store.onTheWay = () => {
      if (late !== undefined) return
      // While the first answer is on its way another process stores another key, and somebody asks who knows of that.
      store.items.set([...store.items.keys()][0] ?? '', another)
      late = keys.refresh()
    }
    await keys.refresh()
    await late
    assert.equal(keyIdOf(keys.current ?? assert.fail()), keyIdOf(another.subarray(1)))
  })

  test('fails for those who asked, not for those who ask later', async () => {
    const { keys, store } = keysIn()
    store.failure = secretFailure('TIMEOUT')
    const two = [keys.refresh(), keys.refresh()]
    for (const refused of two) await assert.rejects(refused, { code: 'secret_store_unavailable' })
    store.failure = undefined
    await keys.refresh()
  })

  for (const [code, expected] of [
    ['LOCKED', 'secret_store_locked'],
    ...['UNAVAILABLE', 'NO_SERVICE', 'NO_PROVIDER', 'NO_COLLECTION', 'DENIED', 'TIMEOUT', 'FAILED'].map(
      code => [code, 'secret_store_unavailable'] as const,
    ),
  ] as [NativeFailureCode, string][]) {
    test(`that fails with ${code} is ${expected}, with the system’s words`, async () => {
      const { keys, store } = keysIn()
      store.failure = secretFailure(code)
      const refused = { code: expected, cause: store.failure }
      await assert.rejects(keys.refresh(), refused)
      await assert.rejects(keys.make(), refused)
      await assert.rejects(keys.remove(), refused)
    })
  }

  test('to remove is not done where nothing was stored', async () => {
    const { keys, store } = keysIn()
    await keys.refresh()
    await keys.remove()
    assert.deepEqual(store.calls, ['get'])
  })
})
