/** Cache files with anything in them: what is read is usable and written as it was, all else is refused, and no secret is repeated. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseAdalBlob } from '#lib/cache/adal-blob.js'
import { parseSnapshot, serializeSnapshot } from '#lib/cache/serializer.js'
import { parseSnapshotV2 } from '#lib/cache/serializer-v2.js'
import { HEADER_BYTES, openEnvelope, readHeader, sealEnvelope } from '#lib/cache/storage/envelope.js'
import { EnvelopeProtection } from '#lib/cache/storage/envelope-protection.js'
import { FakeSecretStore } from '../fakes/fake-secret-store.js'
import { ALICE, fixture, inPublicCloud, store, TENANT, tokensOf } from '../unit/cache/support.js'
import { assertOurs, damagedBytes, damagedObject, damagedText, hostileJson, parsed, RUNS, SECRET } from './support.js'

/** The files of other libraries, with {@link SECRET} in place of what is secret in them. */
const withSecrets = (text: string) => text.replace(/"secret": ?"[^"]*"/g, `"secret":"${SECRET}"`)
const V3 = [
  'msal.net-4.92-two-accounts.json',
  'msal-node-7.2.1.json',
  'msal-python-1.21.json',
  'adal.net-5.3.json',
].map(name => withSecrets(fixture(name).toString()))

describe('a cache of MSAL v3', () => {
  const query = { homeAccountId: ALICE, ...inPublicCloud, realms: [TENANT], scopes: ['User.Read'] }
  let read = 0

  function holds(bytes: Uint8Array): void {
    const snapshot = parsed(() => parseSnapshot(bytes))
    if (snapshot === undefined) return
    read++
    const written = serializeSnapshot(snapshot)
    const json = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString())
    assert.deepEqual(json(serializeSnapshot(parseSnapshot(written))), json(written))
    // Looking for things in it is no place for a surprise either.
    const made = store()
    made.tokenCache.deserialize(Buffer.from(written).toString())
    made.read(view => [view.accounts(inPublicCloud), view.findTokens(query), view.findRefreshToken(query)])
  }

  test('that was damaged is read or refused', () => {
    read = 0
    fc.assert(
      fc.property(damagedText(V3), text => holds(Buffer.from(text))),
      RUNS,
    )
    assert.ok(read > 5, `${read} were read`)
  })

  test('with anything in its records is read or refused', () => {
    const record = fc.dictionary(
      fc.constantFrom(
        'home_account_id',
        'environment',
        'client_id',
        'realm',
        'target',
        'secret',
        'expires_on',
        'username',
      ),
      fc.oneof(hostileJson, fc.constantFrom(ALICE, TENANT, 'login.windows.net', 'User.Read', '1800000000')),
    )
    const sections = fc.constantFrom(
      'AccessToken',
      'RefreshToken',
      'IdToken',
      'Account',
      'AppMetadata',
      'Other',
      '__proto__',
    )
    const section = fc.oneof(hostileJson, fc.dictionary(fc.string(), fc.oneof(record, hostileJson)))
    read = 0
    fc.assert(
      fc.property(fc.dictionary(sections, section), contents => holds(Buffer.from(JSON.stringify(contents)))),
      RUNS,
    )
    assert.ok(read > 5, `${read} were read`)
  })

  test('of any bytes is read or refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), holds), RUNS)
  })
})

test('the older formats repeat no secret when they refuse', () => {
  const v2 = withSecrets(fixture('msal.net-4.92-msalv2.json').toString()).replace(/eyJ[^"\\]*/g, SECRET)
  fc.assert(
    fc.property(damagedText([v2]), text => void parsed(() => parseSnapshotV2(Buffer.from(text)))),
    RUNS,
  )
  const blob = Buffer.from(
    fixture('msal.net-4.92-adalv3.bin').toString('latin1').replaceAll('eyJ', SECRET.slice(0, 3)),
    'latin1',
  )
  fc.assert(
    fc.property(damagedBytes([blob]), bytes => void parsed(() => parseAdalBlob(bytes))),
    RUNS,
  )
})

describe('an encrypted cache', () => {
  const key = randomBytes(32)
  const plain = Buffer.from(`{"RefreshToken":{"a":{"secret":"${SECRET}"}}}`)
  const sealed = Buffer.from(sealEnvelope(key, plain, 'cache.bin'))

  test('that was changed in any way is refused', () => {
    let changed = 0
    fc.assert(
      fc.property(damagedBytes([sealed]), bytes => {
        const opened = parsed(() => openEnvelope(key, bytes, 'cache.bin'))
        if (bytes.equals(sealed)) return void assert.deepEqual(opened, plain)
        changed++
        assert.equal(opened, undefined)
        // What its header says is still something that there is a way to go on from.
        assert.match(readHeader(bytes.subarray(0, HEADER_BYTES)).kind, /^(none|damaged|unknown|sealed)$/)
      }),
      RUNS,
    )
    assert.ok(changed > 200, `${changed} were changed`)
  })

  test('is opened, or refused with an error of ours, whatever is in its place', async () => {
    const file = '/home/alice/cache.bin'
    const keyring = new FakeSecretStore()
    const whole = Buffer.from(await new EnvelopeProtection(keyring, file).seal(plain, undefined))
    const samples = [whole, sealed, plain, Buffer.from('latchkey')]
    let opened = 0
    await fc.assert(
      fc.asyncProperty(damagedBytes(samples), async bytes => {
        const protection = new EnvelopeProtection(keyring, file)
        const result = await protection.open(bytes).catch(error => void assertOurs(error))
        if (result === undefined) return
        opened++
        // Only what nobody has changed comes out of an envelope; all else was plain as it lay there.
        assert.ok(bytes.equals(whole) ? Buffer.from(result).equals(plain) : bytes.equals(result))
      }),
      RUNS,
    )
    assert.ok(opened > 5, `${opened} were opened`)
  })
})

test('tokens that were saved into a damaged cache are found again', async () => {
  const contents = damagedObject(V3.slice(0, 1).map(text => JSON.parse(text)))
  await fc.assert(
    fc.asyncProperty(contents, async damaged => {
      const made = store()
      const isRead = parsed(() => {
        made.tokenCache.deserialize(JSON.stringify(damaged))
        return true
      })
      if (isRead === undefined) return
      await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
      const found = await made.read(view =>
        view.findTokens({ homeAccountId: ALICE, ...inPublicCloud, realms: [TENANT], scopes: ['User.Read'] }),
      )
      assert.equal(found?.token.accessToken, tokensOf(ALICE).accessToken)
    }),
    { ...RUNS, numRuns: 200 },
  )
})
