/** The encrypted cache with its key in a real gnome-keyring: restarts, other processes, and everything that can be missing. */
import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { withKeyrings } from './support/needs.js'
import { get, remove, secretTool } from './support/secrets.js'
import { elsewhere, fileIn, headerIn, keyItem, openCache, startElsewhere } from './support/vault.js'

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
