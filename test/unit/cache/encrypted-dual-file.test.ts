/** Two encrypted files over scripted stores: encrypted unless told not to, never plain by accident, read after either choice. */
import assert from 'node:assert/strict'
import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { DualFileCacheOptions } from '#lib/cache/dual-file-cache.js'
import { createDualFile } from '#lib/cache/storage/dual-file.js'
import { FakeDataProtection, FakeSecretStore, secretFailure, storageAddon } from '../../fakes/fake-secret-store.js'
import { temporaryFolder } from '../../support/machine.js'
import { ALICE, BOB, inPublicCloud, store, TENANT, tokensOf } from './support.js'

const adalAuthority = `https://login.windows.net/${TENANT}/`

async function files(t: TestContext, stores: Parameters<typeof storageAddon>[0]) {
  const folder = await temporaryFolder(t)
  const msalFile = join(folder, 'unifiedCache.bin')
  const adalV3File = join(folder, 'cacheAdalV3.bin')
  const addon = storageAddon(stores)
  /** Another process, as far as the files and stores can tell. */
  const open = async (options: Partial<DualFileCacheOptions> = {}) => {
    const plugin = await createDualFile({ msalFile, adalV3File, ...options }, addon)
    const made = store({ plugin })
    return {
      save: (home: string) => made.update(edit => edit.saveTokens(tokensOf(home, { adalAuthority }))),
      count: () => made.read(view => view.accounts(inPublicCloud).length),
      adal: () => made.read(view => view.findAdalRefreshToken({ homeAccountId: ALICE, ...inPublicCloud })),
    }
  }
  /** Whether a refresh token can be read off either file. */
  const areOpen = async () => {
    const contents = await Promise.all([msalFile, adalV3File].map(file => readFile(file, 'latin1')))
    return contents.map(text => /refresh/i.test(text))
  }
  return { folder, msalFile, adalV3File, open, areOpen }
}

for (const [name, make] of [
  ['DPAPI', () => ({ dataProtection: new FakeDataProtection() })],
  ['a key in the store of secrets', () => ({ secretStore: new FakeSecretStore() })],
] as const) {
  describe(`two files with ${name}`, () => {
    test('are encrypted unless told not to, and read by the next process', async t => {
      const { open, areOpen } = await files(t, make())
      await (await open()).save(ALICE)
      assert.deepEqual(await areOpen(), [false, false])
      const next = await open({ encrypt: true })
      assert.equal(await next.count(), 1)
      assert.notEqual(await next.adal(), undefined)
    })

    test('are read after either choice, and follow it with the next change', async t => {
      const { open, areOpen } = await files(t, make())
      await (await open({ encrypt: false })).save(ALICE)
      assert.deepEqual(await areOpen(), [true, true])
      const encrypted = await open()
      assert.equal(await encrypted.count(), 1)
      await encrypted.save(BOB)
      assert.deepEqual(await areOpen(), [false, false])
      const plain = await open({ encrypt: false })
      assert.equal(await plain.count(), 2)
      await plain.save(BOB)
      assert.deepEqual(await areOpen(), [true, true])
      assert.equal(await encrypted.count(), 2)
    })
  })
}

describe('two files with keys in the store of secrets', () => {
  test('cannot be put in the place of each other', async t => {
    const secretStore = new FakeSecretStore()
    const { open, msalFile, adalV3File } = await files(t, { secretStore })
    await (await open()).save(ALICE)
    assert.equal(secretStore.items.size, 2)
    await rename(adalV3File, msalFile)
    await assert.rejects(async () => (await open({ adalV3File: null })).count(), { code: 'cache_key_lost' })
    // Nor with each other's keys.
    const [, key] = [...secretStore.items.values()]
    for (const item of secretStore.items.keys()) secretStore.items.set(item, key ?? assert.fail())
    await assert.rejects(async () => (await open({ adalV3File: null })).count(), { code: 'cache_decryption_failed' })
  })

  test('are refused where there is no store, and never plain instead', async t => {
    const secretStore = new FakeSecretStore()
    const { open, folder } = await files(t, { secretStore })
    for (const code of ['UNAVAILABLE', 'NO_SERVICE', 'NO_PROVIDER', 'NO_COLLECTION'] as const) {
      const cause = secretFailure(code)
      secretStore.setFailure = cause
      await assert.rejects(open(), { code: 'encrypted_storage_unavailable', cause })
      secretStore.setFailure = undefined
    }
    const none = await files(t, {})
    await assert.rejects(none.open(), { code: 'encrypted_storage_unavailable' })
    assert.deepEqual(await readdir(folder), [])
  })

  test('are locked with it: an error, and nothing is written', async t => {
    const secretStore = new FakeSecretStore()
    const { open, folder } = await files(t, { secretStore })
    secretStore.failure = secretFailure('LOCKED')
    await assert.rejects(async () => (await open()).save(ALICE), { code: 'secret_store_locked' })
    assert.deepEqual(await readdir(folder), [])
  })

  test('nobody asks for where they are plain', async t => {
    const secretStore = new FakeSecretStore()
    const { open } = await files(t, { secretStore })
    await (await open({ encrypt: false })).save(ALICE)
    assert.equal(await (await open({ encrypt: false })).count(), 1)
    assert.deepEqual(secretStore.calls, [])
  })
})
