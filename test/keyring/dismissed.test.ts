/** A person who closes the dialog of a real gnome-keyring: what was refused a moment ago is not asked again. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../support/machine.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { withKeyrings } from './support/needs.js'
import { openCache } from './support/vault.js'

// The compiler copies no Python.
const DISMISS = fileURLToPath(new URL('../../test/keyring/programs/dismiss.py', import.meta.url))

/** Closes every dialog from now on, and counts them. */
async function dismissDialogs({ bus }: GnomeKeyring): Promise<{ count: number }> {
  const person = bus.start('/usr/bin/python3', [DISMISS])
  assert.equal(await person.line(), 'ready')
  const dialogs = { count: 0 }
  void (async () => {
    for await (const line of person.lines()) if (line === 'dialog') dialogs.count++
  })()
  return dialogs
}

describe('a dialog of the keyring that is dismissed', withKeyrings, () => {
  test('when the cache is opened does not come again for what follows at once, and later does', async t => {
    const folder = await temporaryFolder(t)
    const keyring = await GnomeKeyring.start(t)
    await (await openCache(folder)).save('a secret')
    const dialogs = await dismissDialogs(keyring)
    await keyring.lock()
    const { cache, load, save } = await openCache(folder)
    assert.equal(dialogs.count, 1)
    for (const call of [load, () => save('new'), () => cache.verify()]) {
      await assert.rejects(call(), { code: 'secret_store_locked' })
    }
    assert.equal(dialogs.count, 1)
    await setTimeout(2_100)
    await assert.rejects(load(), { code: 'secret_store_locked' })
    assert.equal(dialogs.count, 2)
  })
})
