/** The encrypted cache over scripted stores: what is chosen, what is refused, and what stays as it was. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { NativeFailureCode } from '#lib/native/contract.js'
import { FakeDataProtection, secretFailure } from '../../fakes/fake-secret-store.js'
import { PLAIN, place, vault } from './encrypted-support.js'

const NO_STORE: NativeFailureCode[] = ['UNAVAILABLE', 'NO_SERVICE', 'NO_PROVIDER', 'NO_COLLECTION']
const MAY_BE_THERE: NativeFailureCode[] = ['LOCKED', 'DENIED', 'TIMEOUT', 'FAILED']

describe('what is chosen', () => {
  for (const code of NO_STORE) {
    for (const when of ['failure', 'setFailure'] as const) {
      test(`a plain file, and only if that is allowed, where the store is ${code} (${when})`, async t => {
        const { store, open, stored, directory, log } = await vault(t)
        const cause = secretFailure(code)
        store[when] = cause
        await assert.rejects(open(), { code: 'unencrypted_storage_not_allowed', cause })
        assert.deepEqual(await readdir(directory), [])
        const { cache, save } = await open({ allowUnencryptedStorage: true })
        assert.equal(cache.protection, 'not encrypted')
        assert.ok(log.some(line => line.includes('not encrypted')))
        await save(PLAIN)
        assert.equal(`${await stored()}`, PLAIN)
        await assert.rejects(cache.rotateKey(), { code: 'encrypted_storage_unavailable' })
      })
    }
  }

  for (const code of MAY_BE_THERE) {
    test(`encryption, whatever is allowed, where the store is ${code}; nothing can be done, and nothing is`, async t => {
      const { store, open, directory } = await vault(t)
      store.failure = secretFailure(code)
      const { cache, save, load } = await open({ allowUnencryptedStorage: true })
      assert.match(`${cache.protection}`, /^encrypted with AES-256-GCM, key in the /)
      assert.equal(await load(), undefined)
      const refused = {
        code: code === 'LOCKED' ? 'secret_store_locked' : 'secret_store_unavailable',
        cause: store.failure,
      }
      await assert.rejects(save('x'), refused)
      await assert.rejects(cache.rotateKey(), refused)
      await assert.rejects(cache.verify(), refused)
      assert.deepEqual(await readdir(directory), [])
      assert.ok(!store.calls.includes('set'))
      store.failure = undefined
      // What a person may have refused counts for a moment.
      await setTimeout(2_050)
      await save('x')
      assert.equal(await load(), 'x')
    })
  }

  test('no thread for the question says nothing about the store', async t => {
    const { store, open } = await vault(t)
    store.failure = secretFailure('UNAVAILABLE', 'thread')
    assert.match(`${(await open({ allowUnencryptedStorage: true })).cache.protection}`, /^encrypted/)
  })

  test('a trial of the store leaves nothing there, and is not made where there is a key', async t => {
    const { store, open } = await vault(t)
    const { save } = await open()
    assert.equal(store.items.size, 0)
    await save('x')
    store.calls.length = 0
    await open()
    assert.deepEqual(store.calls, ['get'])
  })

  test('DPAPI where there is that', async t => {
    const { open, stored } = await place(t, { dataProtection: new FakeDataProtection() })
    const { cache, save, load } = await open()
    assert.equal(cache.protection, 'encrypted with Windows DPAPI')
    await save('a secret')
    assert.ok(!(await stored()).includes('secret'))
    assert.equal(await load(), 'a secret')
  })

  test('nothing but plain on a system without either', async t => {
    const { open } = await place(t)
    await assert.rejects(open(), { code: 'unencrypted_storage_not_allowed' })
    assert.equal((await open({ allowUnencryptedStorage: true })).cache.protection, 'not encrypted')
  })
})

describe('a file that is shared with an MSAL', () => {
  test('is plain where there is no DPAPI, which has to be allowed, and asks no store', async t => {
    const { store, open, path, stored } = await vault(t)
    const options = { file: path }
    await assert.rejects(open(options), { code: 'unencrypted_storage_not_allowed' })
    const { save, cache } = await open({ ...options, allowUnencryptedStorage: true })
    await save(PLAIN)
    assert.equal(`${await stored()}`, PLAIN)
    assert.equal(cache.protection, 'not encrypted')
    assert.deepEqual(store.calls, [])
  })

  test('is sealed by DPAPI; one that is plain stays so if that is allowed, and is sealed if not', async t => {
    const { open, path, put, stored } = await place(t, { dataProtection: new FakeDataProtection() })
    for (const [allowUnencryptedStorage, isPlain] of [
      [true, true],
      [false, false],
    ] as const) {
      await put(PLAIN)
      const { load, save, cache } = await open({ file: path, allowUnencryptedStorage })
      assert.equal(await load(), PLAIN)
      await cache.rotateKey()
      assert.equal((await stored()).toString().startsWith('{'), isPlain)
      await save('{"b":1}')
      assert.equal((await stored()).toString().startsWith('{'), isPlain)
      assert.equal(await load(), '{"b":1}')
    }
    await writeFile(path, '')
    await (await open({ file: path, allowUnencryptedStorage: true })).save(PLAIN)
    assert.ok(!(await stored()).includes('AccessToken'))
  })
})

describe('DPAPI', () => {
  for (const [code, expected] of [
    ['INVALID_DATA', 'cache_decryption_failed'],
    ['DENIED', 'cache_decryption_failed'],
    ['FAILED', 'cache_read_failed'],
  ] as const) {
    test(`that refuses with ${code} is ${expected}, and the file stays`, async t => {
      const dataProtection = new FakeDataProtection()
      const { open, stored } = await place(t, { dataProtection })
      await (await open()).save('x')
      const before = await stored()
      dataProtection.failure = secretFailure(code, 'CryptUnprotectData')
      const { load, save, cache } = await open()
      await assert.rejects(load(), { code: expected, cause: dataProtection.failure })
      await assert.rejects(save('y'), { code: 'cache_write_failed', cause: dataProtection.failure })
      await assert.rejects(cache.rotateKey(), { code: expected })
      assert.deepEqual(await stored(), before)
    })
  }
})

describe('verify', () => {
  test('goes the whole way, and leaves neither file nor secret, whatever fails', async t => {
    const { store, open, directory } = await vault(t)
    const { cache } = await open()
    store.calls.length = 0
    await cache.verify()
    assert.deepEqual(store.calls, ['get', 'set', 'get', 'get', 'delete'])
    store.before = call => {
      // A store that takes a secret and gives back nothing.
      if (call === 'get' && store.calls.includes('set'))
        for (const [name] of store.items) store.items.set(name, Buffer.of(0))
    }
    store.calls.length = 0
    await assert.rejects(cache.verify(), { code: 'secret_store_unavailable' })
    assert.equal(store.items.size, 0)
    assert.deepEqual(await readdir(directory), [])
  })

  test('takes away what was left by one that was killed, and tries to store all the same', async t => {
    const { store, open } = await vault(t)
    const { cache } = await open()
    store.before = call => {
      if (call === 'delete') throw secretFailure('NO_PROVIDER')
    }
    for (let times = 0; times < 2; times++) await assert.rejects(cache.verify(), { code: 'secret_store_unavailable' })
    assert.equal(store.items.size, 1)
    store.before = () => {}
    store.setFailure = secretFailure('FAILED')
    await assert.rejects(cache.verify(), { code: 'secret_store_unavailable' })
    store.setFailure = undefined
    await (await open()).cache.verify()
    assert.equal(store.items.size, 0)
  })

  test('may be called by many at once', async t => {
    const { store, open, directory } = await vault(t)
    const caches = [await open(), await open()]
    await Promise.all(caches.flatMap(({ cache }) => [cache.verify(), cache.verify()]))
    assert.equal(store.items.size, 0)
    assert.deepEqual(await readdir(directory), [])
  })

  test('does not touch the cache or its key', async t => {
    const { store, open, stored } = await vault(t)
    const { cache, save } = await open()
    await save('x')
    const before = [await stored(), [...store.items]]
    await cache.verify()
    assert.deepEqual([await stored(), [...store.items]], before)
  })
})

test('a folder in the place of the file is said before a key is made', async t => {
  const { store, open, path } = await vault(t)
  await mkdir(path)
  const { save } = await open()
  await assert.rejects(save('x'), { code: 'cache_write_failed', message: /not a regular file/ })
  assert.equal(store.items.size, 0)
  assert.ok(existsSync(path))
})

test('the key is found whichever links lead to the folder, which need not be there when it is chosen', async t => {
  const { open, directory } = await vault(t)
  await mkdir(join(directory, 'real'))
  await symlink(join(directory, 'real'), join(directory, 'link'))
  const one = await open({ directory: join(directory, 'real', 'new') })
  const other = await open({ directory: join(directory, 'link', 'new') })
  await one.save('x')
  assert.equal(await other.load(), 'x')
  await other.save('y')
  assert.equal(await one.load(), 'y')
})
