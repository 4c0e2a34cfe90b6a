/** The encrypted cache with its key in a real KeePassXC: kept, shared, exchanged, and locked away. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { KeePassXc } from './support/keepassxc.js'
import { withKeyrings } from './support/needs.js'
import { get } from './support/secrets.js'
import { elsewhere, fileIn, headerIn, keyItem, openCache, startElsewhere } from './support/vault.js'

describe('the encrypted cache in KeePassXC', withKeyrings, async () => {
  const keepass = await KeePassXc.start(WHOLE_FILE)
  const { bus } = keepass

  test('is verified, kept, read by another process, and gets another key', async t => {
    const folder = await temporaryFolder(t)
    const { cache, save, load } = await openCache(folder)
    await cache.verify()
    assert.deepEqual(await readdir(folder), [])
    await save('a secret')
    assert.equal((await headerIn(folder)).kind, 'sealed')
    assert.equal(await elsewhere(bus, folder, 'append', ' and more'), 'ok a secret and more')
    assert.equal(await elsewhere(bus, folder, 'rotate'), 'ok a secret and more')
    assert.equal(await load(), 'a secret and more')
    assert.equal((await get(keyItem(folder)))?.length, 33)
  })

  test('has one key, whoever of two processes comes first', async t => {
    for (let round = 0; round < 3; round++) {
      const folder = await temporaryFolder(t)
      const begin = { LATCHKEY_TEST_BEGIN: `${Date.now() + 500}` }
      const two = ['x', 'y'].map(text => startElsewhere(bus, folder, ['append', text], begin))
      for (const program of two) assert.match(await program.line(), /^ok (?:x|y|xy|yx)$/)
      assert.match(`${await (await openCache(folder)).load()}`, /^(?:xy|yx)$/)
      assert.equal((await get(keyItem(folder)))?.length, 33)
    }
  })

  test('is there after KeePassXC has been ended and started, and not before it is unlocked', async t => {
    const folder = await temporaryFolder(t)
    await (await openCache(folder)).save('a secret')
    const sealed = await readFile(fileIn(folder))
    const { load, save } = await openCache(folder)
    await keepass.end()
    // What this process knows it goes on with.
    assert.equal(await load(), 'a secret')
    await save('a secret')
    assert.notDeepEqual(await readFile(fileIn(folder)), sealed)
    assert.equal(await elsewhere(bus, folder, 'load'), 'secret_store_unavailable')
    await keepass.resume()
    assert.equal(await elsewhere(bus, folder, 'load'), 'ok a secret')
  })
})
