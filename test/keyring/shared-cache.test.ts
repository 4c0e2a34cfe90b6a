/** createPersistentCache with shared: 'msal' on real keyrings: what is in them, and what happens when they cannot be used. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { type CachePersistence, createPersistentCache, type SecretServiceOptions } from 'latchkey'
import { temporaryFolder } from '../support/machine.js'
import { ALICE, BOB, inPublicCloud, store, tokensOf } from '../unit/cache/support.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { KeePassXc } from './support/keepassxc.js'
import { withKeyrings } from './support/needs.js'
import { secretTool } from './support/secrets.js'
import { SessionBus } from './support/session-bus.js'

const ATTRIBUTES = { Version: '1', ProductGroup: 'Contoso' }
const DOTNET: SecretServiceOptions = { format: 'base64', schema: 'com.contoso.tokencache', attributes: ATTRIBUTES }
const FIND_DOTNET = ['Version', '1', 'ProductGroup', 'Contoso']

async function openShared(t: TestContext, secretService?: SecretServiceOptions) {
  const file = join(await temporaryFolder(t), 'msal.cache')
  const open = () => createPersistentCache({ name: 'x', file, shared: 'msal', ...(secretService && { secretService }) })
  return { file, open, cache: await open() }
}

const save = (cache: CachePersistence, text: string) => cache.withLock(() => cache.save(Buffer.from(text)))
const load = async (cache: CachePersistence) =>
  String(Buffer.from((await cache.load()) ?? assert.fail('nothing there')))

for (const [name, start] of [
  ['gnome-keyring', (t: TestContext) => GnomeKeyring.start(t)],
  ['KeePassXC', (t: TestContext) => KeePassXc.start(t)],
] as const) {
  // Not describe(): what it is given runs at once, and both would put this process into their session.
  test(`in ${name}`, withKeyrings, async t => {
    const { bus } = await start(t)

    await t.test('MSAL.NET’s item is one line of Base64, found by its attributes', async t => {
      const { cache, open } = await openShared(t, { ...DOTNET, label: 'Tokens of Contoso' })
      await save(cache, '{"a":1}')
      await save(cache, '{"b":"é"}')
      assert.equal(await secretTool(bus, ['lookup', ...FIND_DOTNET]), Buffer.from('{"b":"é"}').toString('base64'))
      const found = await secretTool(bus, ['search', '--all', ...FIND_DOTNET])
      assert.equal(found.match(/^secret = /gm)?.length, 1)
      assert.match(found, /^label = Tokens of Contoso$/m)
      assert.match(found, /^schema = com\.contoso\.tokencache$/m)
      assert.equal(await load(await open()), '{"b":"é"}')
      await cache.delete()
      assert.equal(await secretTool(bus, ['search', '--all', ...FIND_DOTNET]), '')
      assert.equal(await cache.load(), undefined)
    })

    await t.test('MSAL Python’s item is plain text, found by a schema named after the signal file', async t => {
      const { cache, open } = await openShared(t)
      await save(cache, '{"b":"é"}')
      assert.equal(await load(await open()), '{"b":"é"}')
      assert.equal((await (await openShared(t)).cache.load()) === undefined, true)
      await cache.delete()
      assert.equal(await (await open()).load(), undefined)
    })

    await t.test('is tried without leaving anything behind', async t => {
      for (const secretService of [DOTNET, undefined]) {
        const { cache, file } = await openShared(t, secretService)
        await save(cache, '{"a":1}')
        await cache.verify()
        assert.equal(await load(cache), '{"a":1}')
        assert.deepEqual(await readdir(dirname(file)), ['msal.cache'])
        await cache.delete()
      }
    })

    await t.test('keeps 2 MB', async t => {
      const { cache, open } = await openShared(t, DOTNET)
      const text = JSON.stringify({ text: 'x'.repeat(2_000_000) })
      await save(cache, text)
      assert.equal((await load(await open())) === text, true)
      await cache.delete()
    })

    await t.test('keeps what could not be read beside the cache, and not in its way', async t => {
      const { cache, file } = await openShared(t, DOTNET)
      for (const text of ['one', 'two', 'three', 'four']) {
        await save(cache, text)
        await cache.withLock(async () => await cache.setAside?.())
      }
      await save(cache, '{"a":1}')
      assert.equal(await load(cache), '{"a":1}')
      const found = await secretTool(bus, ['search', '--all', 'xdg:schema', 'latchkey.set-aside', 'file', file])
      const secrets = [...found.matchAll(/^secret = (.*)$/gm)].map(([, secret = '']) =>
        String(Buffer.from(secret, 'base64')),
      )
      assert.deepEqual(secrets.sort(), ['four', 'three', 'two'])
      await cache.delete()
    })
  })
}

describe('a keyring that cannot be used', withKeyrings, () => {
  /** Everything rejects, a sign-in too, which this process then has in memory alone. */
  async function cannotBeUsed(t: TestContext, cache: CachePersistence, file: string, code: string) {
    const before = (await stat(file)).mtimeMs
    await assert.rejects(cache.load(), { code })
    await assert.rejects(save(cache, '{}'), { code })
    await assert.rejects(cache.verify(), { code })
    await assert.rejects(cache.delete(), { code })
    await assert.rejects(
      cache.withLock(async () => await cache.setAside?.()),
      { code },
    )
    const made = store({ persistence: cache })
    await assert.rejects(
      made.update(edit => edit.saveTokens(tokensOf(BOB))),
      { code },
    )
    await assert.rejects(async () => await made.read(view => view.accounts(inPublicCloud)), { code })
    assert.equal((await stat(file)).mtimeMs, before)
    assert.ok(!existsSync(`${file}.lockfile`))
    t.diagnostic(`${code} everywhere`)
  }

  test('is locked: nobody knows what is in it, and nothing of it is lost', async t => {
    const keyring = await GnomeKeyring.start(t)
    for (const secretService of [DOTNET, undefined]) {
      const { cache, file, open } = await openShared(t, secretService)
      await store({ persistence: cache }).update(edit => edit.saveTokens(tokensOf(ALICE)))
      const kept = await load(cache)
      await keyring.lock()
      await cannotBeUsed(t, await open(), file, 'secret_store_locked')
      await keyring.kill()
      await keyring.resume()
      assert.equal(await load(await open()), kept)
      await cache.delete()
    }
  })

  test('has no provider, or no D-Bus, or ends and comes back', async t => {
    const keyring = await GnomeKeyring.start(t)
    const { cache, file } = await openShared(t, DOTNET)
    await save(cache, '{"a":1}')
    const { DBUS_SESSION_BUS_ADDRESS = '' } = keyring.bus.env
    process.env.DBUS_SESSION_BUS_ADDRESS = 'unix:path=/nonexistent'
    await cannotBeUsed(t, cache, file, 'secret_store_unavailable')
    ;(await SessionBus.start(t)).enter()
    await cannotBeUsed(t, cache, file, 'secret_store_unavailable')
    process.env.DBUS_SESSION_BUS_ADDRESS = DBUS_SESSION_BUS_ADDRESS
    await keyring.kill()
    await cannotBeUsed(t, cache, file, 'secret_store_unavailable')
    await keyring.resume()
    assert.equal(await load(cache), '{"a":1}')
  })
})
