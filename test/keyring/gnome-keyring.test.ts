/** The addon's store on a real gnome-keyring: what is stored, who else reads it, and what it answers when it cannot know. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { WHOLE_FILE } from '../support/machine.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { withKeyrings } from './support/needs.js'
import { failsWith, get, getText, item, remove, secretTool, set } from './support/secrets.js'

const DOTNET = ['Version', '1', 'ProductGroup', 'Contoso']

describe('an unlocked keyring', withKeyrings, async () => {
  const keyring = await GnomeKeyring.start(WHOLE_FILE)
  const { bus } = keyring

  test('stores, answers, stores anew in the same place, and deletes', async () => {
    assert.equal(await get(item()), undefined)
    assert.equal(await remove(item()), false)
    await set(item(), 'first')
    assert.equal(await getText(item()), 'first')
    await set(item(), 'second')
    assert.equal(await getText(item()), 'second')
    const found = await secretTool(bus, ['search', '--all', ...DOTNET])
    assert.equal([...found.matchAll(/^secret = (.*)$/gm)].map(match => match[1]).join(), 'second')
    assert.equal(await remove(item()), true)
    assert.equal(await get(item()), undefined)
    assert.equal(await remove(item()), false)
  })

  test('is the one that other programs read and write', async () => {
    await set(item(), 'of ours')
    assert.equal(await secretTool(bus, ['lookup', ...DOTNET]), 'of ours')
    await secretTool(bus, ['store', '--label=theirs', 'Version', '2', 'ProductGroup', 'Contoso'], 'of theirs')
    const theirs = item({ attributes: { Version: '2', ProductGroup: 'Contoso' } })
    assert.equal(await getText(theirs), 'of theirs')
    assert.equal(await remove(theirs), true)
    assert.equal(await secretTool(bus, ['search', '--all', 'Version', '2', 'ProductGroup', 'Contoso']), '')
    await secretTool(bus, ['clear', ...DOTNET])
    assert.equal(await get(item()), undefined)
  })

  test('has the attributes and the label that were given, and the schema’s name', async () => {
    await set(item(), 'x')
    const found = await secretTool(bus, ['search', ...DOTNET])
    assert.match(found, /^label = a label$/m)
    assert.match(found, /^schema = com\.contoso\.tokencache$/m)
    await remove(item())
  })

  test('finds items of MSAL Python by the schema, which may be all that there is', async () => {
    const python = item({ schema: 'b1946ac92492d2347c6235b4d2611184', matchSchema: true, attributes: {} })
    await set(item(), 'of MSAL.NET')
    assert.equal(await get(python), undefined)
    await set(python, '{"AccessToken":{}}')
    assert.equal(await getText(python), '{"AccessToken":{}}')
    assert.equal(await remove(python), true)
    assert.equal(await getText(item()), 'of MSAL.NET')
    // Another schema is another item only for those who look at it.
    assert.equal(await get(item({ schema: 'other', matchSchema: true })), undefined)
    assert.equal(await getText(item({ schema: 'other' })), 'of MSAL.NET')
    await remove(item())
  })

  test('deletes every item with the attributes, as MSAL.NET does', async () => {
    await set(item(), 'one')
    await set(item({ attributes: { Version: '1', ProductGroup: 'Contoso', more: 'x' } }), 'two')
    assert.equal(await remove(item()), true)
    assert.equal(await secretTool(bus, ['search', '--all', ...DOTNET]), '')
  })

  for (const [name, secret] of [
    ['nothing', Buffer.alloc(0)],
    ['bytes with zeros among them', Buffer.from([0, 1, 255, 0])],
    ['a key', randomBytes(32)],
    ['1 MB', randomBytes(1_000_000)],
  ] as const) {
    test(`gives back to the byte: ${name}`, async () => {
      const which = item({ contentType: 'application/octet-stream' })
      await set(which, secret)
      assert.ok(secret.equals((await get(which)) ?? assert.fail('absent')))
      await remove(which)
    })
  }

  test('takes texts beyond ASCII', async () => {
    const which = item({ schema: 'schéma', attributes: { Größe: '日本 𝄞' } })
    await set(which, 'Jürgen')
    assert.equal(await getText(which), 'Jürgen')
    assert.equal(await secretTool(bus, ['lookup', 'Größe', '日本 𝄞']), 'Jürgen')
    await remove(which)
  })

  test('keeps in its session what is only for the session', async () => {
    const which = item({ collection: 'session', attributes: { kept: 'for the session' } })
    await set(which, 'x')
    assert.equal(await getText(which), 'x')
    await keyring.kill()
    await keyring.resume()
    assert.equal(await get(which), undefined)
  })

  test('still has it when the daemon was started anew, although this process talked to the old one', async () => {
    await set(item(), 'kept')
    await keyring.kill()
    await assert.rejects(get(item()), failsWith('NO_PROVIDER'))
    await assert.rejects(set(item(), 'x'), failsWith('NO_PROVIDER'))
    await assert.rejects(remove(item()), failsWith('NO_PROVIDER'))
    await keyring.resume()
    assert.equal(await getText(item()), 'kept')
    await remove(item())
  })
})

describe('a locked keyring', withKeyrings, async () => {
  test('is no empty one: whether it has the item or not, that is not known', async t => {
    const keyring = await GnomeKeyring.start(t)
    await set(item(), 'locked in')
    await keyring.lock()
    await assert.rejects(get(item()), failsWith('LOCKED'))
    await assert.rejects(get(item({ attributes: { other: 'x' } })), failsWith('LOCKED'))
    await assert.rejects(set(item(), 'x'), failsWith('LOCKED'))
    await assert.rejects(remove(item()), failsWith('LOCKED'))
    await assert.rejects(remove(item({ attributes: { other: 'x' } })), failsWith('LOCKED'))
    // What it keeps for the session is not locked with it.
    const forSession = item({ collection: 'session', attributes: { kept: 'for the session' } })
    assert.equal(await get(forSession), undefined)
    await set(forSession, 'x')
    assert.equal(await getText(forSession), 'x')
    await keyring.kill()
    await keyring.resume()
    assert.equal(await getText(item()), 'locked in')
  })

  test('without a keyring there is nothing to find and nothing to store in', async t => {
    const keyring = await GnomeKeyring.start(t)
    await keyring.kill()
    await rm(`${keyring.bus.folder}/data`, { recursive: true })
    await keyring.resume('')
    assert.equal(await get(item()), undefined)
    assert.equal(await remove(item()), false)
    await assert.rejects(set(item(), 'x'), failsWith('NO_COLLECTION'))
    await assert.rejects(set(item({ collection: 'no_such' }), 'x'), failsWith('NO_COLLECTION'))
  })
})
