/** A whole cache in a store of secrets: when the store is asked, what is stored, and what others see. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { onUnix, settle, setUp, touch } from './shared-store-support.js'

describe('a cache that is shared in a store of secrets', onUnix, () => {
  test('is one item, and an empty file for this user alone', async t => {
    const { file, store, cache, save, load } = await setUp(t)
    assert.equal(await load(), undefined)
    await save('{"one":1}')
    const [item] = store.items
    assert.equal(Buffer.from(item?.secret ?? []).toString(), Buffer.from('{"one":1}').toString('base64'))
    assert.equal(item?.label, 'Contoso')
    assert.equal(await load(), '{"one":1}')
    assert.equal((await lstat(file)).mode & 0o777, 0o600)
    assert.deepEqual(await readFile(file), Buffer.alloc(0))
    assert.ok(!existsSync(`${file}.lockfile`))
    assert.equal(cache.location, file)
  })

  test('is plain text in the other format, and read in either', async t => {
    const { store, save, load } = await setUp(t, { format: 'json' })
    await save('{"one":1}')
    const [item] = store.items
    assert.ok(item)
    assert.equal(Buffer.from(item.secret).toString(), '{"one":1}')
    for (const stored of ['{"two":2}', ` \n{"two":2}`, Buffer.from('{"two":2}').toString('base64')]) {
      item.secret = Buffer.from(stored)
      await settle()
      assert.deepEqual(JSON.parse((await load()) ?? ''), { two: 2 })
      item.secret = Buffer.from('{}')
      await save('{}')
    }
  })

  test('gives back what is in neither format as it is, for whoever parses it to refuse', async t => {
    const { store, save, load } = await setUp(t)
    await save('{}')
    for (const text of ['not a cache!', '{"cut": ']) {
      if (store.items[0]) store.items[0].secret = Buffer.from(text)
      await settle()
      assert.equal(await load(), text)
      await save('{}')
    }
  })

  test('asks the store once, and then only when the signal file has changed', async t => {
    const { file, cache, save, load, asked } = await setUp(t)
    await save('{"one":1}')
    await settle()
    assert.deepEqual(await asked(load), ['get'])
    const bytes = await cache.load()
    assert.deepEqual(await asked(async () => assert.equal(await cache.load(), bytes)), [])
    await touch(file)
    await settle()
    assert.deepEqual(await asked(async () => assert.equal(await cache.load(), bytes)), ['get'])
  })

  test('trusts no signal file that was changed a moment ago: a second change may look the same', async t => {
    const { save, load, asked } = await setUp(t)
    await save('{"one":1}')
    await load()
    assert.deepEqual(await asked(load), ['get'])
  })

  test('asks each time without a signal file, which other MSALs remove before they delete the item', async t => {
    const { file, store, save, load, asked } = await setUp(t)
    await save('{"one":1}')
    await settle()
    await load()
    await unlink(file)
    assert.equal(await load(), '{"one":1}')
    store.items = []
    assert.deepEqual(await asked(async () => assert.equal(await load(), undefined)), ['get'])
  })

  test('notices a writer that stores first and touches then, whenever it looks', async t => {
    const { file, store, cache, save, load } = await setUp(t)
    await save('{"one":1}')
    await settle()
    store.afterwards = async () => {
      store.afterwards = async () => {}
      if (store.items[0]) store.items[0].secret = Buffer.from('{"two":2}')
      await touch(file)
      await settle()
    }
    await cache.withLock(() => load())
    assert.equal(await load(), '{"two":2}')
    // And one that has stored and not touched yet.
    if (store.items[0]) store.items[0].secret = Buffer.from('{"three":3}')
    assert.equal(await load(), '{"two":2}')
    await touch(file)
    assert.equal(await load(), '{"three":3}')
  })

  test('knows under the lock what a writer stored that was killed before it touched the file', async t => {
    const { store, cache, save, load } = await setUp(t)
    await save('{"one":1}')
    await settle()
    assert.equal(await load(), '{"one":1}')
    if (store.items[0]) store.items[0].secret = Buffer.from('{"two":2}')
    assert.equal(await load(), '{"one":1}')
    assert.equal(await cache.withLock(() => load()), '{"two":2}')
    assert.equal(await load(), '{"two":2}')
  })

  test('asks once more, not 200 times, for 200 callers, and each gets what was stored before it came', async t => {
    const { file, store, cache, save, load, asked } = await setUp(t)
    await save('{"one":1}')
    await settle()
    store.afterwards = () => wait(20)
    const calls = await asked(async () => {
      const first = load()
      await wait(5)
      if (store.items[0]) store.items[0].secret = Buffer.from('{"two":2}')
      await touch(file)
      const others = await Promise.all(Array.from({ length: 200 }, () => cache.load()))
      for (const bytes of others) assert.equal(String(bytes && Buffer.from(bytes)), '{"two":2}')
      await first
    })
    assert.ok(calls.length <= 3, `asked ${calls.length} times`)
  })

  test('is deleted with its signal file, under the lock', async t => {
    const { file, store, cache, save, load } = await setUp(t)
    await save('{}')
    store.meanwhile = async () => assert.ok(existsSync(`${file}.lockfile`))
    await cache.delete()
    store.meanwhile = async () => {}
    assert.deepEqual(store.items, [])
    assert.ok(!existsSync(file))
    assert.equal(await load(), undefined)
    await cache.delete()
  })

  test('is not stored where nobody could be told', async t => {
    const { file, store, save } = await setUp(t)
    await mkdir(join(file, '..'))
    await symlink('elsewhere', file)
    await assert.rejects(save('{}'), { code: 'cache_write_failed', message: /could not be touched/ })
    await unlink(file)
    await mkdir(file)
    await assert.rejects(save('{}'), { code: 'cache_write_failed' })
    assert.deepEqual(store.items, [])
    assert.ok(!existsSync(join(file, '..', 'elsewhere')))
  })

  test('keeps what another program has put into the signal file', async t => {
    const { file, save } = await setUp(t)
    await mkdir(join(file, '..'))
    await writeFile(file, '{}')
    await save('{"one":1}')
    assert.equal(await readFile(file, 'utf8'), '{}')
  })

  test('tells when another has saved, and not when this one has', async t => {
    const { cache, open, save } = await setUp(t)
    let told = 0
    await cache.load()
    const stop = cache.watch?.(() => void told++)
    await save('{"one":1}')
    await wait(200)
    assert.equal(told, 0)
    await save('{"two":2}', open())
    for (let tries = 0; told === 0 && tries < 200; tries++) await wait(20)
    assert.equal(told, 1)
    stop?.()
  })

  test('may be saved only under the lock', async t => {
    const { cache, store } = await setUp(t)
    for (const call of [() => cache.save(Buffer.from('{}')), () => cache.setAside?.()]) {
      await assert.rejects(async () => await call(), { code: 'cache_write_failed', message: /outside withLock/ })
    }
    assert.deepEqual(store.asked, [])
  })

  test('tries the store with an item and a file of its own, which are gone then', async t => {
    const { file, store, cache, save } = await setUp(t)
    await save('{"one":1}')
    const before = structuredClone(store.items)
    assert.deepEqual(
      await (async () => {
        const start = store.asked.length
        await cache.verify()
        return store.asked.slice(start)
      })(),
      ['set', 'get', 'delete'],
    )
    assert.deepEqual(store.items, before)
    assert.deepEqual(await readdir(join(file, '..')), ['msal.cache'])
    store.get = async () => Buffer.from('something else')
    await assert.rejects(cache.verify(), { code: 'secret_store_unavailable' })
    assert.deepEqual(store.items, before)
    assert.deepEqual(await readdir(join(file, '..')), ['msal.cache'])
  })
})

describe('a trial of the store that is killed', onUnix, () => {
  test('leaves what the next one takes away', async t => {
    const { store, cache } = await setUp(t)
    const { delete: remove } = store
    store.delete = async () => assert.fail('killed before this')
    for (let times = 0; times < 2; times++) {
      await assert.rejects(cache.verify(), { code: 'secret_store_unavailable' })
      assert.equal(store.items.length, 1)
    }
    store.delete = remove
    await cache.verify()
    assert.equal(store.items.length, 0)
  })
})

describe('a lock that another program breaks', onUnix, () => {
  test('keeps what was loaded before from being saved', async t => {
    const { file, store, cache, save, load } = await setUp(t)
    await save('["one"]')
    let rounds = 0
    await cache.withLock(async () => {
      const known = JSON.parse((await load()) ?? '')
      if (rounds++ === 0) {
        // As msal-node's extensions do after a look-up; then somebody else has the lock and saves.
        await unlink(`${file}.lockfile`)
        if (store.items[0]) store.items[0].secret = Buffer.from('["one","theirs"]')
      }
      await cache.save(Buffer.from(JSON.stringify([...known, 'ours'])))
    })
    assert.equal(rounds, 2)
    assert.equal(await load(), '["one","theirs","ours"]')
    assert.ok(!existsSync(`${file}.lockfile`))
  })
})
