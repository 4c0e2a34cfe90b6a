/** The encrypted cache with its key in a real gnome-keyring: restarts, other processes, and everything that can be missing. */
import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { describe, type TestContext, test } from 'node:test'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { withKeyrings } from './support/needs.js'
import { get, remove, secretTool } from './support/secrets.js'
import { enter, SessionBus } from './support/session-bus.js'
import {
  dieRotating,
  dieVerifying,
  elsewhere,
  fileIn,
  headerIn,
  keyItem,
  openCache,
  startElsewhere,
} from './support/vault.js'

describe('the encrypted cache', withKeyrings, async () => {
  const keyring = await GnomeKeyring.start(WHOLE_FILE)
  const { bus } = keyring
  /** What `secret-tool` finds of ours in the keyring, without the secrets. */
  const items = async (): Promise<string[]> => {
    const found = await secretTool(bus, ['search', '--all', 'application', 'latchkey'])
    return (found.match(/^label = .*$/gm) ?? []).sort()
  }

  test('is sealed in the file, has its key in the keyring, and survives the keyring and the process', async t => {
    const folder = await temporaryFolder(t)
    const { cache, save, load } = await openCache(folder)
    assert.equal(cache.protection, 'encrypted with AES-256-GCM, key in the Secret Service')
    assert.equal(await load(), undefined)
    await save('a secret')
    assert.equal((await headerIn(folder)).kind, 'sealed')
    assert.ok(!(await readFile(fileIn(folder))).includes('secret'))
    assert.deepEqual(await readdir(folder), ['app'])
    assert.ok((await items()).includes(`label = Key of the token cache ${fileIn(folder)}`))
    await keyring.kill()
    await keyring.resume()
    assert.equal(await elsewhere(bus, folder, 'append', ' and more'), 'ok a secret and more')
    assert.equal(await load(), 'a secret and more')
  })

  test('leaves neither a file nor a secret behind when it is verified', async t => {
    const folder = await temporaryFolder(t)
    const before = await items()
    const { cache } = await openCache(folder)
    await cache.verify()
    assert.deepEqual(await readdir(folder), [])
    assert.deepEqual(await items(), before)
  })

  test('takes away what a process has left that was killed while it verified', async t => {
    const folder = await temporaryFolder(t)
    const { cache, save, load } = await openCache(folder)
    await save('a secret')
    const before = await items()
    for (let times = 0; times < 2; times++) await dieVerifying(bus, folder)
    assert.equal((await items()).length, before.length + 1)
    await cache.verify()
    assert.deepEqual(await items(), before)
    assert.deepEqual(await readdir(folder), ['app'])
    assert.equal(await load(), 'a secret')
  })

  test('has one key, whoever of ten processes comes first', async t => {
    for (let round = 0; round < 10; round++) {
      const folder = await temporaryFolder(t)
      const begin = { LATCHKEY_TEST_BEGIN: `${Date.now() + 500}` }
      const two = ['x', 'y'].map(text => startElsewhere(bus, folder, ['append', text], begin))
      for (const program of two) assert.match(await program.line(), /^ok (?:x|y|xy|yx)$/)
      const { load } = await openCache(folder)
      assert.match(`${await load()}`, /^(?:xy|yx)$/)
      assert.equal((await get(keyItem(folder)))?.length, 33)
    }
  })

  test('takes over a plain file, which is encrypted when it is saved', async t => {
    const folder = await temporaryFolder(t)
    await writeFile(fileIn(folder), '{"AccessToken":{}}', { mode: 0o600 })
    const { load, save } = await openCache(folder)
    assert.equal(await load(), '{"AccessToken":{}}')
    await save('{}')
    assert.equal((await headerIn(folder)).kind, 'sealed')
    assert.equal(await load(), '{}')
  })

  test('is lost with its key, and says so; nothing is made or changed until it is set aside', async t => {
    const folder = await temporaryFolder(t)
    const first = await openCache(folder)
    await first.save('a secret')
    const sealed = await readFile(fileIn(folder))
    await remove(keyItem(folder))
    const { cache, load, save } = await openCache(folder)
    await assert.rejects(load(), { code: 'cache_key_lost' })
    await assert.rejects(save('new'), { code: 'cache_key_lost' })
    await assert.rejects(cache.rotateKey(), { code: 'cache_key_lost' })
    assert.equal(await get(keyItem(folder)), undefined)
    assert.deepEqual(await readFile(fileIn(folder)), sealed)
    // The process that still knows the key goes on.
    assert.equal(await first.load(), 'a secret')
  })

  test('gets another key, and everybody goes on, also when the process that exchanges it is killed', async t => {
    const folder = await temporaryFolder(t)
    const running = await openCache(folder)
    await running.save('a secret')
    const before = await headerIn(folder)
    await dieRotating(bus, folder, 1)
    assert.equal((await get(keyItem(folder)))?.length, 33)
    // With the new key in the file, and the former one not yet dropped.
    await dieRotating(bus, folder, 2)
    assert.equal((await get(keyItem(folder)))?.length, 65)
    assert.notDeepEqual(await headerIn(folder), before)
    assert.equal(await elsewhere(bus, folder, 'load'), 'ok a secret')
    await running.save('another')
    assert.equal(await elsewhere(bus, folder, 'rotate'), 'ok another')
    assert.equal((await get(keyItem(folder)))?.length, 33)
    assert.equal(await running.load(), 'another')
  })

  test('is read all the time while another process exchanges its key', async t => {
    const folder = await temporaryFolder(t)
    const { load, save } = await openCache(folder)
    await save('a secret')
    let isOver = false
    const rotations = (async () => {
      for (let i = 0; i < 3; i++) assert.equal(await elsewhere(bus, folder, 'rotate'), 'ok a secret')
    })().finally(() => {
      isOver = true
    })
    let reads = 0
    for (; !isOver; reads++) assert.equal(await (await openCache(folder)).load(), 'a secret')
    await rotations
    assert.ok(reads > 10, `${reads} reads`)
    assert.equal(await load(), 'a secret')
  })

  test('while the keyring is locked rejects everything, and neither makes nor changes anything', async t => {
    const folder = await temporaryFolder(t)
    const known = await openCache(folder)
    await known.save('a secret')
    const sealed = await readFile(fileIn(folder))
    const before = await items()
    await keyring.lock()
    for (const [directory, options] of [
      [folder, {}],
      [await temporaryFolder(t), { allowUnencryptedStorage: true }],
    ] as const) {
      const { cache, load, save } = await openCache(directory, options)
      const files = await readdir(directory)
      assert.match(`${cache.protection}`, /^encrypted/)
      const refusal = { code: 'secret_store_locked' }
      if (directory === folder) await assert.rejects(load(), refusal)
      await assert.rejects(save('new'), refusal)
      await assert.rejects(cache.verify(), refusal)
      await assert.rejects(cache.rotateKey(), refusal)
      assert.deepEqual(await readdir(directory), files)
    }
    assert.deepEqual(await readFile(fileIn(folder)), sealed)
    assert.equal(await known.load(), 'a secret')
    await keyring.kill()
    await keyring.resume()
    assert.deepEqual(await items(), before)
    assert.equal(await elsewhere(bus, folder, 'load'), 'ok a secret')
  })
})

describe('a cache whose store is not there', withKeyrings, () => {
  /** A folder with a cache that was encrypted while there was a keyring. */
  async function encrypted(t: TestContext): Promise<string> {
    const folder = await temporaryFolder(t)
    await GnomeKeyring.start(t)
    await (await openCache(folder)).save('a secret')
    return folder
  }

  const ABSENT: [what: string, code: string, enter: (t: TestContext) => Promise<void>][] = [
    ['without D-Bus', 'NO_SERVICE', async () => enter({})],
    ['on a bus without a provider', 'NO_PROVIDER', async t => (await SessionBus.start(t)).enter()],
  ]
  for (const [what, code, begin] of ABSENT) {
    test(`is refused ${what}, and plain if that is allowed; what is encrypted stays`, async t => {
      const folder = await encrypted(t)
      const sealed = await readFile(fileIn(folder))
      await begin(t)
      const isRefused = (error: { code?: string; cause?: { code?: string } }) => {
        assert.deepEqual([error.code, error.cause?.code], ['unencrypted_storage_not_allowed', code])
        return true
      }
      const empty = await temporaryFolder(t)
      await assert.rejects(openCache(empty), isRefused)
      const plain = await openCache(empty, { allowUnencryptedStorage: true })
      assert.equal(plain.cache.protection, 'not encrypted')
      await plain.cache.verify()
      await plain.save('{}')
      assert.equal(await readFile(fileIn(empty), 'utf8'), '{}')

      const { load, save } = await openCache(folder, { allowUnencryptedStorage: true })
      for (const call of [load, () => save('{}')]) await assert.rejects(call, { code: 'secret_store_unavailable' })
      assert.deepEqual(await readFile(fileIn(folder)), sealed)
    })
  }

  test('is refused in a keyring without a collection to store in', async t => {
    const keyring = await GnomeKeyring.start(t)
    await keyring.kill()
    // A user who has no keyring yet, and nobody there to make one with a password.
    const bare = await SessionBus.start(t)
    const daemon = bare.start('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'])
    daemon.process.stdin?.end('')
    bare.enter()
    const folder = await temporaryFolder(t)
    for (const deadline = Date.now() + 20_000; ; ) {
      const error = await openCache(folder).then(
        () => assert.fail('there is a collection'),
        error => error,
      )
      assert.equal(error.code, 'unencrypted_storage_not_allowed')
      if (error.cause.code === 'NO_COLLECTION') break
      assert.ok(Date.now() < deadline, `${error.cause.code}`)
    }
    const { cache } = await openCache(folder, { allowUnencryptedStorage: true })
    assert.equal(cache.protection, 'not encrypted')
    assert.deepEqual(await readdir(folder), [])
  })
})
