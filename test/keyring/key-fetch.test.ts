/** How often the keyring is asked for the key of an encrypted cache: once a process, whatever is read and saved. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { choosePersistence } from '#lib/cache/storage/choose-persistence.js'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import type { NativeSecretStore } from '#lib/native/contract.js'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { withKeyrings } from './support/needs.js'
import { elsewhere, openCache } from './support/vault.js'

describe('the key of an encrypted cache', withKeyrings, async () => {
  const { bus } = await GnomeKeyring.start(WHOLE_FILE)

  test('is fetched once a process', async t => {
    const directory = await temporaryFolder(t)
    const first = await openCache(directory)
    await first.save('{"made":"by another process"}')

    const asked: string[] = []
    const native = loadNativeAddon()
    const secretStore = counting(requireCapability(native, 'secretStore'), asked)
    const cache = await choosePersistence({ name: 'app', directory }, { ...native, secretStore })
    const load = async () => Buffer.from((await cache.load()) ?? []).toString()

    await Promise.all(Array.from({ length: 200 }, load))
    for (let read = 0; read < 50; read++) assert.equal(await load(), '{"made":"by another process"}')
    for (const text of ['{"one":1}', '{"two":2}']) {
      await cache.withLock(() => cache.save(Buffer.from(text)))
      assert.equal(await load(), text)
    }
    assert.equal(await elsewhere(bus, directory, 'append', ' '), 'ok {"two":2} ')
    assert.equal(await load(), '{"two":2} ')
    await cache.withLock(() => cache.save(Buffer.from('{"three":3}')))
    assert.deepEqual(asked, ['get'])
    assert.equal(await first.load(), '{"three":3}')
  })
})

/** The real store, with every call of it noted. */
function counting(store: NativeSecretStore, asked: string[]): NativeSecretStore {
  return {
    get: (...args) => {
      asked.push('get')
      return store.get(...args)
    },
    set: (...args) => {
      asked.push('set')
      return store.set(...args)
    },
    delete: (...args) => {
      asked.push('delete')
      return store.delete(...args)
    },
  }
}
