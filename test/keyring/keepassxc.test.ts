/** The addon's store on a real KeePassXC, which answers otherwise than gnome-keyring does. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { WHOLE_FILE } from '../support/machine.js'
import { KeePassXc } from './support/keepassxc.js'
import { withKeyrings } from './support/needs.js'
import { assertAnswersTenAtOnce, failsWith, get, getText, item, remove, secretTool, set } from './support/secrets.js'

describe('a database that is open', withKeyrings, async () => {
  const keepass = await KeePassXc.start(WHOLE_FILE)

  test('stores, answers, stores anew in the same place, and deletes', async () => {
    assert.equal(await get(item()), undefined)
    assert.equal(await remove(item()), false)
    await set(item(), 'first')
    await set(item(), 'second')
    assert.equal(await getText(item()), 'second')
    assert.equal(await secretTool(keepass.bus, ['lookup', 'Version', '1', 'ProductGroup', 'Contoso']), 'second')
    assert.equal(await remove(item()), true)
    assert.equal(await get(item()), undefined)
    assert.equal(await remove(item()), false)
  })

  test('finds what another program stored, and items of MSAL Python by their schema', async () => {
    await secretTool(keepass.bus, ['store', '--label=theirs', 'Version', '2'], 'of theirs')
    assert.equal(await getText(item({ attributes: { Version: '2' } })), 'of theirs')
    const python = item({ schema: 'b1946ac92492d2347c6235b4d2611184', matchSchema: true, attributes: {} })
    assert.equal(await get(python), undefined)
    await set(python, '{"AccessToken":{}}')
    assert.equal(await getText(python), '{"AccessToken":{}}')
    assert.equal(await remove(python), true)
  })

  for (const [name, secret] of [
    ['bytes with zeros among them', Buffer.from([0, 1, 255, 0])],
    ['a key', randomBytes(32)],
    ['1 MB', randomBytes(1_000_000)],
  ] as const) {
    test(`gives back to the byte what is said to be no text: ${name}`, async () => {
      const which = item({ contentType: 'application/octet-stream' })
      await set(which, secret)
      assert.ok(secret.equals((await get(which)) ?? assert.fail('absent')))
      await remove(which)
    })
  }

  // It saves its database on a thread after each change, and 2.7.4 crashes there now and then when changes overlap.
  test('answers ten calls at once', () => assertAnswersTenAtOnce({ changesInTurn: true }))
})

test('a locked database is no empty one, and its dialog goes away with the time', withKeyrings, async t => {
  const keepass = await KeePassXc.start(t)
  await set(item(), 'kept')
  await keepass.end()
  await assert.rejects(get(item()), failsWith('NO_PROVIDER'))
  await keepass.resume({ locked: true })
  const calls = [get(item(), 500), remove(item(), 500), get(item({ attributes: { other: 'x' } }), 500)]
  await Promise.all(calls.map(call => assert.rejects(call, failsWith('TIMEOUT'))))
  await keepass.end()
  await keepass.resume()
  assert.equal(await getText(item()), 'kept')
})
