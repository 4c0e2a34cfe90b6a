/** A whole cache in a store of secrets that fails, or with contents that nobody can read: nothing is lost. */
import assert from 'node:assert/strict'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { onUnix, settle, setUp } from './shared-store-support.js'
import { FastClock } from './support.js'

describe('when the store fails', onUnix, () => {
  for (const [failure, code] of [
    ['LOCKED', 'secret_store_locked'],
    ['NO_SERVICE', 'secret_store_unavailable'],
    ['NO_PROVIDER', 'secret_store_unavailable'],
    ['NO_COLLECTION', 'secret_store_unavailable'],
    ['DENIED', 'secret_store_unavailable'],
    ['TIMEOUT', 'secret_store_unavailable'],
    ['UNAVAILABLE', 'secret_store_unavailable'],
  ] as const) {
    test(`${failure} is ${code} for everybody, and nothing is changed`, async t => {
      const { file, store, cache, save } = await setUp(t)
      await save('{"one":1}')
      await settle()
      const before = [structuredClone(store.items), (await lstat(file)).mtimeMs]
      store.failure = failure
      const rejects = (work: () => Promise<unknown> | undefined) =>
        assert.rejects(
          async () => await work(),
          (error: Error & { code?: string }) => {
            assert.equal(error.code, code)
            assert.equal((error.cause as { code?: string }).code, failure)
            return true
          },
        )
      await rejects(() => cache.load())
      await rejects(() => save('{"two":2}'))
      await rejects(() => cache.withLock(async () => cache.setAside?.()))
      await rejects(() => cache.verify())
      await rejects(() => cache.delete())
      assert.deepEqual([store.items, (await lstat(file)).mtimeMs], before)
      assert.deepEqual(await readdir(join(file, '..')), ['msal.cache'])
    })
  }

  test('a store that never answers is given up', async t => {
    const { store, open } = await setUp(t)
    store.meanwhile = () => new Promise(() => {})
    const cache = open(new FastClock())
    await assert.rejects(cache.load(), { code: 'secret_store_unavailable', message: /does not answer/ })
  })
})

describe('setAside', onUnix, () => {
  test('keeps the last three in the store, where no search for the cache finds them', async t => {
    const { store, shared, cache, save } = await setUp(t)
    await save('{}')
    const kept = () => store.items.filter(({ schema }) => schema !== shared.item.schema)
    const texts = () => kept().map(({ secret }) => Buffer.from(secret).toString())
    for (let number = 1; number <= 9; number++) {
      if (store.items[0]) store.items[0].secret = Buffer.from(`unreadable ${number}`)
      const where = await cache.withLock(async () => await cache.setAside?.())
      assert.match(where ?? '', /set aside on \d{4}-\d\d-\d\dT.*secret store/)
      const expected = [number - 2, number - 1, number].filter(each => each > 0).map(each => `unreadable ${each}`)
      assert.deepEqual(texts().sort(), expected)
    }
    for (const { label } of kept()) assert.match(label, /msal\.cache, set aside on \d{4}/)
    await cache.delete()
    assert.equal(texts().length, 3)
    assert.equal(store.items.length, 3)
    assert.equal(await cache.load(), undefined)
  })

  test('says so when there is nothing', async t => {
    const { store, cache } = await setUp(t)
    await assert.rejects(
      cache.withLock(async () => await cache.setAside?.()),
      { code: 'cache_write_failed' },
    )
    assert.deepEqual(store.items, [])
  })
})
