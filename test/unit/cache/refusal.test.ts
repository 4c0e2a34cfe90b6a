/** A dismissed dialog counts for what follows at once, and not for long. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CacheKeys } from '#lib/cache/storage/cache-key.js'
import { Refusal } from '#lib/cache/storage/refusal.js'
import { FakeSecretStore, secretFailure } from '../../fakes/fake-secret-store.js'
import { vault } from './encrypted-support.js'

function setUp() {
  let now = 1_000
  const pass = (ms: number) => {
    now += ms
  }
  const refusal = new Refusal(() => now)
  const store = new FakeSecretStore()
  let calls = 0
  store.before = () => void calls++
  const keys = new CacheKeys(store, '/home/joe/app', refusal)
  return { refusal, store, keys, calls: () => calls, pass }
}

test('for two seconds the store is not asked again, and then it is', async () => {
  for (const code of ['LOCKED', 'DENIED', 'TIMEOUT'] as const) {
    const { refusal, keys, calls, pass } = setUp()
    const failure = secretFailure(code)
    refusal.remember(failure)
    await assert.rejects(keys.ask(), error => error === failure)
    pass(1_999)
    await assert.rejects(keys.refresh(), {
      code: code === 'LOCKED' ? 'secret_store_locked' : 'secret_store_unavailable',
    })
    assert.equal(calls(), 0)
    pass(1)
    await keys.ask()
    assert.equal(calls(), 1)
  }
})

test('what a store fails with that shows no dialog is tried again at once', async () => {
  const { refusal, keys, calls } = setUp()
  for (const code of ['FAILED', 'NO_SERVICE', 'NO_PROVIDER'] as const) refusal.remember(secretFailure(code))
  await keys.ask()
  assert.equal(calls(), 1)
})

test('who dismisses the dialog of createPersistentCache sees none at the first access, nor when the cache is verified', async t => {
  const { open, store } = await vault(t)
  await (await open()).save('a secret')
  let asked = 0
  store.before = () => void asked++
  store.failure = secretFailure('LOCKED')
  const { cache, load, save } = await open()
  assert.equal(asked, 1)
  await assert.rejects(load(), { code: 'secret_store_locked' })
  await assert.rejects(save('new'), { code: 'secret_store_locked' })
  await assert.rejects(cache.verify(), { code: 'secret_store_locked' })
  await assert.rejects(cache.rotateKey(), { code: 'secret_store_locked' })
  assert.equal(asked, 1)
  // Another cache is another question.
  await assert.rejects((await open()).load(), { code: 'secret_store_locked' })
  assert.equal(asked, 2)
})
