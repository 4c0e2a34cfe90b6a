/** The encrypted file and its key over scripted stores: made once, exchanged, lost, and never put in another's place. */
import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readHeader } from '#lib/cache/storage/envelope.js'
import { EnvelopeProtection } from '#lib/cache/storage/envelope-protection.js'
import { secretFailure } from '../../fakes/fake-secret-store.js'
import { PLAIN, vault } from './encrypted-support.js'

describe('the key', () => {
  test('is asked for once in the life of a process, and again when the file has another', async t => {
    const { store, open } = await vault(t)
    const first = await open()
    await first.save('1')
    const second = await open()
    store.calls.length = 0
    for (let i = 0; i < 5; i++) {
      await first.save(`${i}`)
      assert.equal(await second.load(), `${i}`)
    }
    assert.deepEqual(store.calls, [])
    await first.cache.rotateKey()
    store.calls.length = 0
    assert.equal(await second.load(), '4')
    assert.equal(await second.load(), '4')
    assert.deepEqual(store.calls, ['get'])
  })

  test('that is lost is an error, and saving over the file one too, until exactly that file is set aside', async t => {
    const { store, open, stored, path } = await vault(t)
    await (await open()).save('old')
    const sealed = await stored()
    store.items.clear()
    const { load, save, cache } = await open()
    await assert.rejects(load(), { code: 'cache_key_lost' })
    await assert.rejects(save('new'), { code: 'cache_key_lost' })
    await assert.rejects(cache.rotateKey(), { code: 'cache_key_lost' })
    assert.deepEqual(await stored(), sealed)
    assert.equal(store.items.size, 0)

    const protection = new EnvelopeProtection(store, path)
    const another = Buffer.from(sealed)
    another[30] = (another[30] ?? 0) ^ 1
    protection.startAnew(another)
    await assert.rejects(protection.seal(Buffer.from('new'), sealed.subarray(0, 37)), { code: 'cache_key_lost' })
    protection.startAnew(sealed)
    const anew = await protection.seal(Buffer.from('new'), sealed.subarray(0, 37))
    assert.equal(Buffer.from(await protection.open(anew)).toString(), 'new')
    assert.equal(store.items.size, 1)
  })

  test('is not made while a damaged file is there, which may have had it', async t => {
    const { store, open, stored, put } = await vault(t)
    await (await open()).save('old')
    const cut = (await stored()).subarray(0, 20)
    store.items.clear()
    await put(cut)
    const { load, save } = await open()
    await assert.rejects(load(), { code: 'cache_decryption_failed' })
    await assert.rejects(save('new'), { code: 'cache_key_lost' })
    assert.equal(store.items.size, 0)
    assert.deepEqual(await stored(), cut)
  })

  test('is one for two processes that both found none', async t => {
    const { store, open } = await vault(t)
    const [one, two] = [await open(), await open()]
    await Promise.all([one.save('1'), two.save('2')])
    assert.equal(await one.load(), await two.load())
    assert.equal(store.items.size, 1)
    assert.equal(await (await open()).load(), await one.load())
  })

  test('of a file that was removed is asked for again, since another process may have exchanged it', async t => {
    const { store, open } = await vault(t)
    const [one, two] = [await open(), await open()]
    await one.save('1')
    assert.equal(await two.load(), '1')
    await one.cache.rotateKey()
    await one.cache.delete()
    await two.save('2')
    assert.equal(await one.load(), '2')
    assert.equal(await (await open()).load(), '2')
    assert.equal(store.items.size, 1)
  })
})

describe('what is in the file', () => {
  for (const text of [PLAIN, '\ufeff{}', ' \n[]']) {
    test(`${JSON.stringify(text)} is read, and encrypted when it is saved or its key exchanged`, async t => {
      const { open, put, stored } = await vault(t)
      await put(text)
      const { load, save, cache } = await open()
      assert.equal(await load(), text)
      await cache.rotateKey()
      assert.equal(readHeader(await stored()).kind, 'sealed')
      assert.equal(await load(), text)
      await put(text)
      await save('{}')
      assert.equal(readHeader(await stored()).kind, 'sealed')
    })
  }

  test('that is neither is damaged, and stays', async t => {
    const { open, put, stored } = await vault(t)
    for (const text of ['nonsense', 'latchke', 'Latchkey\x01xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx']) {
      await put(text)
      const { load, cache } = await open()
      await assert.rejects(load(), { code: 'cache_decryption_failed' })
      await assert.rejects(cache.rotateKey(), { code: 'cache_decryption_failed' })
      assert.equal(`${await stored()}`, text)
    }
  })

  test('in a form that comes later can be neither read nor replaced', async t => {
    const { open, put, stored } = await vault(t)
    await (await open()).save('x')
    const later = await stored()
    later[8] = 2
    await put(later)
    const { load, save, cache } = await open()
    const refused = { code: 'cache_read_failed', message: /version/ }
    await assert.rejects(load(), refused)
    await assert.rejects(save('y'), refused)
    await assert.rejects(cache.rotateKey(), refused)
    assert.deepEqual(await stored(), later)
  })

  test('encrypted, where only plain is possible, can be neither read nor replaced', async t => {
    const { store, open, stored } = await vault(t)
    await (await open()).save('x')
    const sealed = await stored()
    store.failure = secretFailure('NO_SERVICE')
    const refused = { code: 'secret_store_unavailable', cause: store.failure }
    await assert.rejects(open(), refused)
    const { load, save } = await open({ allowUnencryptedStorage: true })
    await assert.rejects(load(), refused)
    await assert.rejects(save('y'), refused)
    assert.deepEqual(await stored(), sealed)
  })

  test('of another cache cannot be put there, even with its key', async t => {
    const { store, open, directory, path, stored } = await vault(t)
    await (await open({ name: 'other' })).save('other')
    const other = await readFile(join(directory, 'other'))
    await writeFile(path, other, { mode: 0o600 })
    const [secret] = store.items.values()
    await (await open({ name: 'third' })).save('x')
    for (const name of store.items.keys()) store.items.set(name, secret ?? assert.fail())
    store.items.set([...store.items.keys()][0]?.replace('other', 'app') ?? '', secret ?? assert.fail())
    await assert.rejects((await open()).load(), { code: 'cache_decryption_failed' })
    assert.deepEqual(await stored(), other)
  })
})

describe('exchanging the key', () => {
  for (const [point, sets] of [
    ['the new key is stored', 1],
    ['the former key is dropped', 2],
  ] as const) {
    test(`can end when ${point}: everybody goes on, and the next exchange leaves one key`, async t => {
      const { store, open } = await vault(t)
      const [one, two] = [await open(), await open()]
      await one.save('x')
      assert.equal(await two.load(), 'x')
      let count = 0
      store.before = call => {
        if (call === 'set' && ++count === sets) throw secretFailure('FAILED')
      }
      await assert.rejects(one.cache.rotateKey(), { code: 'secret_store_unavailable' })
      store.before = () => {}
      for (const text of ['y', 'z']) {
        const three = await open()
        for (const process of [one, two, three]) {
          assert.equal(await process.load(), text === 'y' ? 'x' : 'y')
        }
        // In turn with each other's keys.
        for (const process of [two, three, one]) await process.save(text)
      }
      await two.cache.rotateKey()
      for (const process of [one, two, await open()]) assert.equal(await process.load(), 'z')
      assert.deepEqual(
        [...store.items.values()].map(item => item.length),
        [33],
      )
    })
  }

  test('between storing the key and sealing the file: a process that has both does not use one that goes', async t => {
    const { store, open, path } = await vault(t)
    const [one, two] = [await open(), await open()]
    await one.save('x')
    // Killed when the store had both keys, twice, with a process in between that has seen the first two.
    for (const before of [() => {}, async () => assert.equal(await two.load(), 'x')]) {
      await before()
      let count = 0
      const rotation = new EnvelopeProtection(store, path)
      await assert.rejects(rotation.rotateKey(await readFile(path), async () => assert.fail(`killed ${count++}`)))
      const seen = await open()
      assert.equal(await seen.load(), 'x')
      const again = new EnvelopeProtection(store, path)
      await assert.rejects(again.rotateKey(await readFile(path), async () => assert.fail('killed')))
      await seen.save('x')
      assert.equal(await (await open()).load(), 'x')
    }
  })

  test('makes the first key where there is neither key nor file', async t => {
    const { store, open, directory } = await vault(t)
    const { cache, save } = await open()
    await cache.rotateKey()
    assert.equal(store.items.size, 1)
    assert.deepEqual(await readdir(directory), [])
    await save('x')
    assert.equal(await (await open()).load(), 'x')
  })
})
