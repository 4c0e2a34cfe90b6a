/** Every way in which a ticket cannot be had, each with its own code: against a KDC that is really in that state. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { withKdc } from './support/kdc.js'
import { credentials, failsWith, firstToken, kdcOfThisFile, negotiate, withDefaultCache } from './support/negotiate.js'

describe('a first step', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  const cacheOf = (name: string) => `FILE:${join(kdc.folder, `${name}.ccache`)}`
  await kdc.kinit('joe', 'Passw0rd!')

  test('without a ticket says that there are no credentials', async () => {
    await withDefaultCache(cacheOf('absent'), () =>
      assert.rejects(firstToken(), failsWith('NO_CREDENTIALS', -1765328243)),
    )
    await firstToken()
  })

  test('with a cache that is not there says the same', async () => {
    const absent = credentials({ credentialCache: cacheOf('absent') })
    await assert.rejects(firstToken({ credentials: absent }), failsWith('NO_CREDENTIALS', -1765328189))
  })

  test('for another principal than the cache has says the same', async () => {
    const other = credentials({ credentialCache: kdc.env.KRB5CCNAME, principal: 'ann@CONTOSO.TEST' })
    await assert.rejects(firstToken({ credentials: other }), failsWith('NO_CREDENTIALS', 39756032))
  })

  test('with a ticket that is over says that it has expired', async () => {
    const cache = await kdc.kinit('joe', 'Passw0rd!', { cache: cacheOf('expired'), options: ['-l', '1s'] })
    const expired = credentials({ credentialCache: cache })
    const { expiresOn = 0 } = (await negotiate.inspect(expired)) ?? {}
    // Kerberos counts whole seconds, and the last one still counts.
    await setTimeout(expiresOn + 1_100 - Date.now())
    await assert.rejects(firstToken({ credentials: expired }), failsWith('EXPIRED', -1765328352))
  })

  test('towards a service that the realm does not know says so', async () => {
    const unknown = { servicePrincipalName: 'HTTP/nobody.contoso.test' }
    await assert.rejects(firstToken(unknown), failsWith('UNKNOWN_SERVICE', -1765328377))
  })

  test('with a keytab that is not there says that there are no credentials', async () => {
    const absent = credentials({ clientKeytab: `FILE:${kdc.folder}/absent.keytab` })
    await assert.rejects(firstToken({ credentials: absent }), failsWith('NO_CREDENTIALS'))
  })

  test('with a keytab that has other entries than the principal says the same', async () => {
    const keytab = await kdc.keytab('http-only', 'HTTP/localhost')
    const other = credentials({ clientKeytab: `FILE:${keytab}`, principal: 'joe@CONTOSO.TEST' })
    await assert.rejects(firstToken({ credentials: other }), failsWith('NO_CREDENTIALS'))
  })

  test('with a keytab whose key was changed since is denied', async () => {
    await kdc.addPrincipal('robot', '-randkey', '+requires_preauth')
    const keytab = await kdc.keytab('robot', 'robot')
    await kdc.kadmin('cpw', '-randkey', 'robot')
    const stale = credentials({ clientKeytab: `FILE:${keytab}` })
    await assert.rejects(firstToken({ credentials: stale }), failsWith('DENIED', -1765328360))
  })

  test('with a keytab of a principal that is gone is denied', async () => {
    await kdc.addPrincipal('leaver', '-randkey')
    const keytab = await kdc.keytab('leaver', 'leaver')
    await kdc.kadmin('delprinc', '-force', 'leaver')
    const gone = credentials({ clientKeytab: `FILE:${keytab}` })
    await assert.rejects(firstToken({ credentials: gone }), failsWith('DENIED', -1765328378))
  })

  test('of a locked account is denied', async () => {
    await kdc.addPrincipal('locked', '-randkey', '-allow_tix')
    const keytab = await kdc.keytab('locked', 'locked')
    const locked = credentials({ clientKeytab: `FILE:${keytab}` })
    await assert.rejects(firstToken({ credentials: locked }), failsWith('DENIED', -1765328366))
  })

  test('with the KDC’s clock elsewhere says what an expired ticket says', async () => {
    await kdc.pause()
    await kdc.resume('+2h')
    try {
      await kdc.addPrincipal('HTTP/skew.contoso.test', '-randkey')
      const skewed = { servicePrincipalName: 'HTTP/skew.contoso.test' }
      await assert.rejects(firstToken(skewed), failsWith('EXPIRED', -1765328347))
    } finally {
      await kdc.pause()
      await kdc.resume()
    }
  })

  test('with no KDC says that none can be reached', async () => {
    await kdc.addPrincipal('HTTP/new.contoso.test', '-randkey')
    await kdc.pause()
    try {
      const fresh = { servicePrincipalName: 'HTTP/new.contoso.test' }
      await assert.rejects(firstToken(fresh), failsWith('UNREACHABLE', -1765328228))
    } finally {
      await kdc.resume()
    }
  })

  test('in a realm whose KDC nobody knows says the same', async () => {
    await kdc.addPrincipal('joe@NOWHERE.TEST', '-randkey')
    const elsewhere = credentials({ clientKeytab: `FILE:${await kdc.keytab('nowhere', 'joe@NOWHERE.TEST')}` })
    await assert.rejects(firstToken({ credentials: elsewhere }), failsWith('UNREACHABLE', -1765328230))
  })

  test('with a user name and a password is refused, which are for Windows', async () => {
    const explicit = credentials({ username: 'joe', domain: 'CONTOSO', password: Buffer.from('Passw0rd!') })
    await assert.rejects(firstToken({ credentials: explicit }), failsWith('UNAVAILABLE'))
  })

  test('works again when nothing is wrong any more', async () => {
    assert((await firstToken()).length > 100)
  })
})
