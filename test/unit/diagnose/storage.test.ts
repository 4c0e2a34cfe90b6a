/** The checks of where tokens are kept, over scripted stores: what is said, how often a store is asked, and what stays behind. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { diagnose, type PersistentCacheOptions } from 'latchkey'
import { runChecks } from '#lib/diagnose/run-checks.js'
import { storageChecks } from '#lib/diagnose/storage.js'
import type { LoadedAddon } from '#lib/native/addon.js'
import type { NativeFailureCode, SecretItem } from '#lib/native/contract.js'
import { FakeDataProtection, FakeSecretStore, secretFailure, storageAddon } from '../../fakes/fake-secret-store.js'
import { scratchFolder } from './support.js'

const onWindows = { skip: process.platform === 'win32' && 'no modes' }

/** Both findings for a cache `x` in a new folder, or where `options` say. */
async function look(options: PersistentCacheOptions = {}, addon: LoadedAddon = storageAddon(), timeoutMs = 4_000) {
  const directory = options.directory ?? scratchFolder()
  const checks = storageChecks({ name: 'x', directory, ...options }, addon, timeoutMs)
  const [cache, encryption] = await Promise.all([checks.cache(), checks.encryption()])
  return { cache, encryption, directory, file: path.join(directory, 'x') }
}

/** Remembers how long it may take. */
class TimedStore extends FakeSecretStore {
  readonly times: number[] = []

  override get(item: SecretItem, timeoutMs: number): Promise<Uint8Array | undefined> {
    this.times.push(timeoutMs)
    return super.get(item, timeoutMs)
  }

  override set(item: SecretItem, secret: Uint8Array, label: string, timeoutMs: number): Promise<void> {
    this.times.push(timeoutMs)
    return super.set(item, secret, label, timeoutMs)
  }

  override delete(item: SecretItem, timeoutMs: number): Promise<boolean> {
    this.times.push(timeoutMs)
    return super.delete(item, timeoutMs)
  }
}

describe('diagnose: the place of the cache', () => {
  test('a folder that is there is tried, and nothing stays behind', async () => {
    for (const options of [{}, { file: path.join(scratchFolder(), 'x') }]) {
      const { cache, directory, file } = await look(options)
      assert.deepEqual(cache, { ok: true, detail: `${options.file ?? file}, can be written` })
      assert.deepEqual(readdirSync(options.file ? path.dirname(options.file) : directory), [])
    }
  })

  test('a folder that is not there is not made', async () => {
    const above = scratchFolder()
    const { cache } = await look({ directory: path.join(above, 'a', 'b') })
    assert.equal(cache.ok, true)
    assert.ok(cache.detail.endsWith(`it can be made in ${above}`), cache.detail)
    assert.deepEqual(readdirSync(above), [])
  })

  test('a file in the way of the folder is reported', async () => {
    const folder = scratchFolder()
    writeFileSync(path.join(folder, 'file'), '')
    const [found] = (
      await diagnose({ cache: { name: 'x', directory: path.join(folder, 'file') }, timeoutSeconds: 2 })
    ).filter(({ check }) => check === 'cache')
    assert.equal(found?.ok, false)
    assert.notEqual(found?.detail, '')
  })

  test('a folder that others may write is worth a word', onWindows, async () => {
    const directory = path.join(scratchFolder(), 'open')
    mkdirSync(directory)
    chmodSync(directory, 0o777)
    assert.match(`${(await look({ directory })).cache.hint}`, /chmod go-w/)
  })

  test('a cache that nobody can read any more is reported, and left as it is', async () => {
    const directory = scratchFolder()
    writeFileSync(path.join(directory, 'x'), 'latchkey\x01and so on')
    const addon = storageAddon({ secretStore: new FakeSecretStore() })
    await assert.rejects(look({ directory }, addon), { code: 'cache_decryption_failed' })
    assert.deepEqual(readdirSync(directory), ['x'])
  })

  test('without the addon both checks say so', async () => {
    const addon = { ...storageAddon(), fileLock: undefined }
    const found = await runChecks(
      { authority: 'https://localhost:1/x', timeoutSeconds: 2, cache: { name: 'x', directory: scratchFolder() } },
      { platform: process.platform, env: {}, root: '/', addon },
    )
    for (const name of ['cache', 'encryption']) {
      const { ok, detail } = found.find(({ check }) => check === name) ?? {}
      assert.deepEqual([ok, detail?.includes('native_unavailable')], [false, true], detail)
    }
  })
})

describe('diagnose: the encryption', () => {
  test('is said, and the trial of it leaves nothing behind', async () => {
    const secretStore = new FakeSecretStore()
    const { cache, encryption, directory } = await look({}, storageAddon({ secretStore }))
    assert.equal(cache.ok, true)
    const where = process.platform === 'darwin' ? 'Keychain' : 'Secret Service'
    assert.deepEqual(encryption, { ok: true, detail: `encrypted with AES-256-GCM, key in the ${where}` })
    assert.ok(secretStore.calls.includes('set'))
    assert.deepEqual([secretStore.items.size, readdirSync(directory)], [0, []])
    const windows = await look({}, storageAddon({ dataProtection: new FakeDataProtection() }))
    assert.deepEqual(windows.encryption, { ok: true, detail: 'encrypted with Windows DPAPI' })
  })

  const ABSENT: [code: NativeFailureCode, why: RegExp, remedy: RegExp][] = [
    ['UNAVAILABLE', /libsecret is not installed/, /^Install libsecret/],
    ['NO_SERVICE', /no D-Bus session/, /desktop session/],
    ['NO_PROVIDER', /nothing in this D-Bus session keeps secrets/, /^Start gnome-keyring/],
    ['NO_COLLECTION', /no collection/, /^Make a default keyring/],
  ]
  for (const [code, why, remedy] of ABSENT) {
    test(`is none where the store is ${code}: why, what would make one, and which option does without`, {
      skip: process.platform === 'darwin' && 'libsecret is Linux’s',
    }, async () => {
      const secretStore = new FakeSecretStore()
      secretStore.failure = secretFailure(code)
      const refused = await look({}, storageAddon({ secretStore }))
      assert.deepEqual([refused.cache.ok, refused.encryption.ok], [true, false])
      assert.match(refused.encryption.detail, why)
      assert.match(`${refused.encryption.hint}`, remedy)
      assert.match(`${refused.encryption.hint}`, /; or pass .*--allow-unencrypted-storage/)
      const allowed = await look({ allowUnencryptedStorage: true }, storageAddon({ secretStore }))
      assert.match(allowed.encryption.detail, why)
      assert.match(`${allowed.encryption.hint}`, remedy)
      assert.doesNotMatch(`${allowed.encryption.hint}`, /--allow/)
    })
  }

  const REFUSING: [code: NativeFailureCode, said: string, hint: RegExp][] = [
    ['LOCKED', 'secret_store_locked', /^Unlock the keyring/],
    ['TIMEOUT', 'secret_store_unavailable', /dialog/],
    ['DENIED', 'secret_store_unavailable', /\.$/],
  ]
  for (const [code, said, hint] of REFUSING) {
    test(`and the cache cannot be used where the store is ${code}, which is asked once`, async () => {
      const secretStore = new FakeSecretStore()
      secretStore.failure = secretFailure(code)
      const { cache, encryption, directory, file } = await look(
        { allowUnencryptedStorage: true },
        storageAddon({ secretStore }),
      )
      for (const found of [cache, encryption]) {
        assert.equal(found.ok, false)
        assert.ok(found.detail.endsWith(`[${said}]`), found.detail)
        assert.match(`${found.hint}`, hint)
      }
      assert.ok(cache.detail.startsWith(file))
      assert.deepEqual([secretStore.calls, readdirSync(directory)], [['get'], []])
    })
  }

  test('no call of the store may take longer than a quarter of the time', async () => {
    const secretStore = new TimedStore()
    await look({}, storageAddon({ secretStore }), 4_000)
    assert.deepEqual(new Set(secretStore.times), new Set([1_000]))
  })

  test('of a file for an MSAL is that of the MSAL', async () => {
    const file = path.join(scratchFolder(), 'x')
    const addon = storageAddon({ secretStore: new FakeSecretStore() })
    const refused = await look({ file }, addon)
    assert.match(`${refused.encryption.detail} ${refused.encryption.hint}`, /^none: .*--allow-unencrypted-storage/)
    const allowed = await look({ file, allowUnencryptedStorage: true }, addon)
    assert.deepEqual(allowed.encryption, { ok: true, detail: 'not encrypted' })
    const windows = await look({ file }, storageAddon({ dataProtection: new FakeDataProtection() }))
    assert.deepEqual(windows.encryption, { ok: true, detail: 'encrypted with Windows DPAPI' })
  })
})
