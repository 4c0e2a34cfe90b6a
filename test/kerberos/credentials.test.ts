/** Whose credentials are used: the default cache, KRB5CCNAME, one cache of many, a keytab without any cache. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { NegotiateCredentials } from '#lib/native/contract.js'
import { WHOLE_FILE } from '../support/machine.js'
import { present, startAcceptor } from './support/acceptor.js'
import { withKdc } from './support/kdc.js'
import { credentials, firstToken, kdcOfThisFile, negotiate, withDefaultCache } from './support/negotiate.js'

const AES256 = 18

describe('credentials', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  for (const name of ['ann', 'robot']) await kdc.addPrincipal(name, '-pw', 'Passw0rd!')
  const keytabs = { joe: await kdc.keytab('joe', 'joe'), robot: await kdc.keytab('robot', 'robot', 'ann') }
  const acceptor = await startAcceptor(WHOLE_FILE, kdc, await kdc.keytab('http', 'HTTP/localhost'))
  await kdc.kinit('joe', 'Passw0rd!')
  const annCache = await kdc.kinit('ann', 'Passw0rd!', { cache: `FILE:${kdc.folder}/ann.ccache` })

  /** Who the service says it was. */
  async function userOf(parts: Partial<NegotiateCredentials> = {}): Promise<unknown> {
    const token = await firstToken({ channelBindings: acceptor.bindings, credentials: credentials(parts) })
    return (await present(acceptor, token)).body.user
  }

  test('are those of the default cache', async () => {
    assert.equal(await negotiate.currentUser(credentials()), 'joe@CONTOSO.TEST')
    assert.equal(await userOf(), 'joe@CONTOSO.TEST')
  })

  test('are those of another default cache as soon as KRB5CCNAME names it', async () => {
    await withDefaultCache(annCache, async () => {
      assert.equal(await negotiate.currentUser(credentials()), 'ann@CONTOSO.TEST')
      assert.equal(await userOf(), 'ann@CONTOSO.TEST')
    })
    assert.equal(await userOf(), 'joe@CONTOSO.TEST')
  })

  test('are those of the cache that a request names', async () => {
    assert.equal(await negotiate.currentUser(credentials({ credentialCache: annCache })), 'ann@CONTOSO.TEST')
    assert.equal(await userOf({ credentialCache: annCache }), 'ann@CONTOSO.TEST')
  })

  test('are those of the principal that a request names, in a collection of caches', async () => {
    const collection = `DIR:${kdc.folder}/collection`
    for (const name of ['joe', 'ann']) await kdc.kinit(name, 'Passw0rd!', { cache: collection })
    await withDefaultCache(collection, async () => {
      assert.equal(await userOf({ principal: 'joe@CONTOSO.TEST' }), 'joe@CONTOSO.TEST')
      assert.equal(await userOf({ principal: 'ann@CONTOSO.TEST' }), 'ann@CONTOSO.TEST')
      assert.equal(await negotiate.currentUser(credentials({ principal: 'joe' })), 'joe@CONTOSO.TEST')
    })
  })

  test('come from a keytab without any cache, and nothing is written', async () => {
    await withDefaultCache(`FILE:${kdc.folder}/absent.ccache`, async () => {
      const before = await readdir(kdc.folder)
      assert.equal(await userOf({ clientKeytab: `FILE:${keytabs.robot}` }), 'robot@CONTOSO.TEST')
      assert.equal(
        await userOf({ clientKeytab: `FILE:${keytabs.robot}`, principal: 'ann@CONTOSO.TEST' }),
        'ann@CONTOSO.TEST',
      )
      assert.deepEqual(await readdir(kdc.folder), before)
    })
  })

  test('from a keytab are got once, not once a conversation', async () => {
    const clientKeytab = `FILE:${keytabs.joe}`
    assert.equal(await userOf({ clientKeytab }), 'joe@CONTOSO.TEST')
    const before = [await kdc.issued('AS'), await kdc.issued('TGS')]
    assert.equal(await userOf({ clientKeytab }), 'joe@CONTOSO.TEST')
    assert.deepEqual([await kdc.issued('AS'), await kdc.issued('TGS')], before)
  })

  test('from a keytab go into the cache that comes with it', async () => {
    const credentialCache = `FILE:${join(kdc.folder, 'kept.ccache')}`
    assert.equal(await userOf({ clientKeytab: `FILE:${keytabs.robot}`, credentialCache }), 'robot@CONTOSO.TEST')
    assert.equal(await negotiate.currentUser(credentials({ credentialCache })), 'robot@CONTOSO.TEST')
  })

  test('of several principals are used at the same time, each by whoever asked for it', async () => {
    const asked = Array.from({ length: 30 }, (_, i) =>
      [
        { clientKeytab: `FILE:${keytabs.joe}`, principal: 'joe@CONTOSO.TEST' },
        { clientKeytab: `FILE:${keytabs.robot}`, principal: 'robot@CONTOSO.TEST' },
        { credentialCache: annCache, principal: 'ann@CONTOSO.TEST' },
      ].at(i % 3),
    )
    const users = await Promise.all(asked.map(parts => userOf(parts)))
    assert.deepEqual(
      users,
      asked.map(parts => parts?.principal),
    )
  })

  test('from a keytab serve many conversations that begin at once', async () => {
    await kdc.addPrincipal('burst', '-randkey')
    const clientKeytab = `FILE:${await kdc.keytab('burst', 'burst')}`
    const users = await Promise.all(Array.from({ length: 40 }, () => userOf({ clientKeytab })))
    assert.deepEqual(new Set(users), new Set(['burst@CONTOSO.TEST']))
  })

  describe('inspected', () => {
    test('have a principal, an end and an encryption type', async () => {
      const status = await negotiate.inspect(credentials())
      assert.equal(status?.principal, 'joe@CONTOSO.TEST')
      assert.equal(status.encryptionType, AES256)
      const hours = (status.expiresOn - Date.now()) / 3_600_000
      assert(hours > 23 && hours <= 24, `${hours} hours`)
    })

    test('are nobody’s where there are none', async () => {
      const absent = credentials({ credentialCache: `FILE:${kdc.folder}/absent.ccache` })
      assert.equal(await negotiate.inspect(absent), undefined)
      assert.equal(await negotiate.currentUser(absent), undefined)
      const stranger = credentials({ credentialCache: annCache, principal: 'joe@CONTOSO.TEST' })
      assert.equal(await negotiate.currentUser(stranger), undefined)
    })

    test('from a keytab ask no server', async () => {
      await kdc.addPrincipal('quiet', '-randkey')
      const clientKeytab = `FILE:${await kdc.keytab('quiet', 'quiet')}`
      await kdc.pause()
      assert.deepEqual(await negotiate.inspect(credentials({ clientKeytab })), {
        principal: 'quiet@CONTOSO.TEST',
        expiresOn: 0,
        encryptionType: 0,
      })
      await kdc.resume()
      await userOf({ clientKeytab })
      assert.equal((await negotiate.inspect(credentials({ clientKeytab })))?.encryptionType, AES256)
    })
  })
})
