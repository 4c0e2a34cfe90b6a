/** One cache file of Windows, encrypted with DPAPI, and three programs at it: latchkey, MSAL.NET and msal-node. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { temporaryFolder } from '../support/machine.js'
import { type Client, shareFiles } from './support/shared-file.js'

const shared = await shareFiles()
const { user, grants } = shared
const names = (...users: string[]) => users.map(name => user(name).username).sort()
const newFile = async (t: TestContext) => join(await temporaryFolder(t), 'msal.cache')

const OTHERS: Array<[string, (t: TestContext, file: string) => Promise<Client>]> = [
  ['MSAL.NET', shared.msalNet],
  ['msal-node', (_, file) => shared.msalNode(file)],
]

for (const [name, open] of OTHERS) {
  describe(`beside ${name}`, () => {
    test('who has signed in there is silent here without a request, and what is renewed here is found there', async t => {
      const file = await newFile(t)
      const theirs = await open(t, file)
      const accessToken = await theirs.signIn(user('alice'))
      const ours = await shared.ours(t, file)
      grants()
      assert.deepEqual(await ours.silent(user('alice').username), { accessToken, fromCache: true })
      assert.deepEqual(grants(), [])
      const renewed = await ours.silent(user('alice').username, true)
      assert.deepEqual(grants(), ['refresh_token'])
      assert.notEqual(renewed.accessToken, accessToken)
      assert.deepEqual(await theirs.silent(user('alice').username), { ...renewed, fromCache: true })
      assert.deepEqual(grants(), [])
    })

    test('who has signed in here is silent there without a request, and what is renewed there is found here', async t => {
      const file = await newFile(t)
      const ours = await shared.ours(t, file)
      const accessToken = await ours.signIn(user('alice'))
      const theirs = await open(t, file)
      grants()
      assert.deepEqual(await theirs.silent(user('alice').username), { accessToken, fromCache: true })
      assert.deepEqual(grants(), [])
      const renewed = await theirs.silent(user('alice').username, true)
      assert.deepEqual(grants(), ['refresh_token'])
      assert.notEqual(renewed.accessToken, accessToken)
      assert.deepEqual(await ours.silent(user('alice').username), { ...renewed, fromCache: true })
      assert.deepEqual(grants(), [])
    })

    test('who is signed out on one side is gone on the other, and nobody else is', async t => {
      const file = await newFile(t)
      const ours = await shared.ours(t, file)
      const theirs = await open(t, file)
      await ours.signIn(user('alice'))
      await theirs.signIn(user('zoe'))
      assert.deepEqual([await ours.accounts(), await theirs.accounts()], [names('alice', 'zoe'), names('alice', 'zoe')])
      await ours.remove(user('zoe').username)
      // One that runs already goes on listing whom another program has removed, be it one of its own kind.
      const next = await open(t, file)
      assert.deepEqual(await next.accounts(), names('alice'))
      await next.signIn(user('ada'))
      await next.remove(user('alice').username)
      assert.deepEqual(await ours.accounts(), names('ada'))
      assert.equal(existsSync(`${file}.lockfile`), false)
    })
  })
}

test('all three at once lose nobody', async t => {
  const file = await newFile(t)
  const clients = await Promise.all([shared.ours(t, file), shared.msalNet(t, file), shared.msalNode(file)])
  await Promise.all(clients.map((client, i) => client.signIn(user(['alice', 'zoe', 'ada'][i] ?? ''))))
  for (const client of clients) assert.deepEqual(await client.accounts(), names('ada', 'alice', 'zoe'))
})

describe('the lock', () => {
  test('of MSAL.NET is waited for, and free at once when its process is killed', async t => {
    const file = await newFile(t)
    const [ours, theirs] = [await shared.ours(t, file), await shared.msalNet(t, file)]
    for (const letGo of [() => theirs.unlock(), () => theirs.kill()]) {
      await theirs.lock()
      let isOver = false
      const locked = ours.cache.withLock(async () => {
        assert.equal(existsSync(`${file}.lockfile`), true)
      })
      const watched = locked.then(() => {
        isOver = true
      })
      await wait(400)
      assert.equal(isOver, false)
      await letGo()
      await watched
      assert.equal(existsSync(`${file}.lockfile`), false)
    }
  })

  test('of ours makes MSAL.NET and msal-node wait', async t => {
    const file = await newFile(t)
    const ours = await shared.ours(t, file)
    await ours.signIn(user('alice'))
    const others = await Promise.all([shared.msalNet(t, file), shared.msalNode(file)])
    for (const other of others) {
      let isOver = false
      const waiting = await ours.cache.withLock(async () => {
        const asking = other.accounts().finally(() => {
          isOver = true
        })
        await wait(400)
        assert.equal(isOver, false)
        return { asking }
      })
      assert.deepEqual(await waiting.asking, names('alice'))
    }
  })

  test('is never had by MSAL.NET and here at once', async t => {
    const file = await newFile(t)
    const [ours, theirs] = [await shared.ours(t, file), await shared.msalNet(t, file)]
    const marker = `${file}.inside`
    theirs.tell({ do: 'contend', marker, times: 100 })
    const met = await shared.contend(ours.cache, marker, 100)
    assert.deepEqual([met, (await theirs.answer('contended')).met], [0, 0])
  })
})

describe('hearing of it', () => {
  test('latchkey hears of what MSAL.NET saves, and not of what it saves itself', async t => {
    const file = await newFile(t)
    const [ours, theirs] = [await shared.ours(t, file), await shared.msalNet(t, file)]
    let told = 0
    let hear = () => {}
    const heard = new Promise<void>(resolve => {
      hear = resolve
    })
    ours.app.tokenCache.on('changed', () => {
      told++
      hear()
    })
    await ours.signIn(user('alice'))
    await wait(400)
    assert.equal(told, 0)
    await theirs.signIn(user('zoe'))
    await heard
    assert.deepEqual(await ours.accounts(), names('alice', 'zoe'))
  })

  // Of a file that is renamed over another one Wine tells nobody, and of its time being set neither.
  test('MSAL.NET hears of a cache that is removed here', async t => {
    const file = await newFile(t)
    const [ours, theirs] = [await shared.ours(t, file), await shared.msalNet(t, file)]
    await theirs.watch()
    await theirs.signIn(user('alice'))
    const { added } = await theirs.answer('changed')
    assert.equal(added?.length, 1)
    await ours.cache.delete()
    assert.deepEqual((await theirs.answer('changed')).removed, added)
  })
})
