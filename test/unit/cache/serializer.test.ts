/** Reading and writing the JSON of a cache, sound or not. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ClientError } from '#lib/errors.js'
import { ALICE, contentsOf, fixture, inPublicCloud, store, TENANT, tokensOf } from './support.js'

const EMPTY = { AccessToken: {}, RefreshToken: {}, IdToken: {}, Account: {}, AppMetadata: {} }
const FIXTURE = fixture('msal.net-4.92-one-account.json')
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value)

function isUnreadable(error: unknown): boolean {
  assert.ok(error instanceof ClientError)
  assert.equal(error.code, 'json_parse_failed')
  assert.equal(error.cause, undefined)
  return true
}

describe('a serialized cache', () => {
  it('is UTF-8 without a BOM, with all sections even when empty', () => {
    const written = store().tokenCache.serializeMsalV3()
    assert.equal(written[0], 0x7b)
    assert.deepEqual(JSON.parse(new TextDecoder().decode(written)), EMPTY)
  })

  it('has no numbers in the fields of the schema, even where another library wrote some', () => {
    const made = store({
      contents: { AccessToken: { k: { home_account_id: ALICE, expires_on: 1800003600, theirs: 5 } } },
    })
    assert.deepEqual(contentsOf(made).AccessToken?.k, { home_account_id: ALICE, expires_on: '1800003600', theirs: 5 })
  })

  for (const [what, content] of [
    ['a BOM', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), FIXTURE])],
    ['trailing NULs', Buffer.concat([FIXTURE, Buffer.alloc(64)])],
    ['both', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), FIXTURE, Buffer.alloc(3)])],
  ] as const) {
    it(`is read in spite of ${what}`, () => {
      const made = store()
      made.tokenCache.deserializeMsalV3(content)
      assert.deepEqual(contentsOf(made), JSON.parse(FIXTURE.toString()))
    })
  }

  it('as text is read in spite of a BOM', () => {
    const made = store()
    made.tokenCache.deserialize(`\uFEFF${FIXTURE}`)
    assert.deepEqual(contentsOf(made), JSON.parse(FIXTURE.toString()))
  })

  for (const [what, content] of [
    ['not JSON', bytes('{"AccessToken": secret-token')],
    ['cut off', FIXTURE.subarray(0, 500)],
    ['an array, as MSAL v2 writes it', bytes('[]')],
    ['null', bytes('null')],
    ['a text', bytes('"cache"')],
    ['not UTF-8', Buffer.from('7b2278223a22ff227d', 'hex')],
    ['JSON with trailing commas', bytes('{"Account":{},}')],
    ['JSON with a section that is no object', bytes('{"Account":[]}')],
  ] as const) {
    it(`is refused when it is ${what}, and the contents stay`, async () => {
      const made = store()
      await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
      const before = contentsOf(made)
      assert.throws(() => made.tokenCache.deserializeMsalV3(content), isUnreadable)
      assert.throws(() => made.tokenCache.deserializeMsalV3(content, { shouldClearExisting: true }), isUnreadable)
      assert.deepEqual(contentsOf(made), before)
    })
  }

  it('is refused when it is no text at all', () => {
    for (const content of [5, {}, new Uint8Array()]) {
      assert.throws(() => store().tokenCache.deserialize(content as never), isUnreadable)
    }
  })

  it('is refused without a word of its text, which holds tokens', () => {
    const refused = (() => store().tokenCache.deserialize('{"secret-token')) satisfies () => void
    assert.throws(refused, (error: Error) => !`${error.message} ${error.stack}`.includes('secret-token'))
  })

  it('is larger than real ones may be and is refused', () => {
    assert.throws(() => store().tokenCache.deserializeMsalV3(new Uint8Array(256 * 1024 * 1024 + 1)), isUnreadable)
  })

  it('keeps records that make no sense, without tripping over them', async () => {
    const contents = {
      AccessToken: { null: null, number: 5, list: [], empty: {}, odd: { home_account_id: 7, secret: ['x'] } },
      RefreshToken: { home: { home_account_id: ALICE, environment: {}, client_id: [] } },
      IdToken: null,
      Account: { bare: { home_account_id: ALICE } },
      AppMetadata: { null: null, empty: {} },
      TheirSection: { deep: { er: [1, 2] } },
      version: 3,
    }
    const made = store({ contents })
    const query = { homeAccountId: ALICE, ...inPublicCloud, realms: [TENANT], scopes: [] }
    made.read(view => {
      assert.deepEqual(view.accounts(inPublicCloud), [])
      assert.equal(view.findTokens(query), undefined)
      assert.equal(view.findRefreshToken(query), undefined)
      assert.equal(view.findAppMetadata(query), undefined)
    })
    const odd = { ...contents.AccessToken, odd: { home_account_id: '7', secret: ['x'] } }
    assert.deepEqual(contentsOf(made), { ...contents, AccessToken: odd, IdToken: {} })
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    await made.update(edit => edit.removeAccount(query))
    assert.deepEqual(contentsOf(made).TheirSection, contents.TheirSection)
    assert.deepEqual(contentsOf(made).AccessToken, odd)
  })

  it('may have keys such as __proto__, which stay data', () => {
    const content = `{"__proto__":{"polluted":"1"},"Account":{"__proto__":{"home_account_id":"__proto__","__proto__":{"username":"x"},"constructor":"1"}}}`
    const made = store()
    made.tokenCache.deserialize(content)
    assert.equal(({} as Record<string, unknown>).polluted, undefined)
    assert.deepEqual(
      made.read(view => view.accounts({ environments: new Set(['']) })),
      [],
    )
    assert.deepEqual(JSON.parse(made.tokenCache.serialize()), { ...EMPTY, ...JSON.parse(content) })
    assert.ok(made.tokenCache.serialize().includes('"__proto__":{"polluted":"1"}'))
  })

  it('keeps a record that is stored under the key of another', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    const [key = ''] = Object.keys(contentsOf(made).Account ?? {})
    const misplaced = { home_account_id: 'somebody.else', username: 'else' }
    const crowded = store({ contents: { Account: { [key]: misplaced } } })
    await crowded.update(edit => edit.saveTokens(tokensOf(ALICE)))
    const accounts = Object.values(contentsOf(crowded).Account ?? {})
    assert.deepEqual(accounts.map(account => account.home_account_id).sort(), [ALICE, 'somebody.else'])
  })
})

describe('deserializing on top of contents', () => {
  it('adds records, and the given one counts where both have it', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(ALICE, { accessToken: 'old' })))
    const other = store()
    await other.update(edit => edit.saveTokens(tokensOf(ALICE, { accessToken: 'given' })))
    made.tokenCache.deserializeMsalV3(FIXTURE)
    made.tokenCache.deserializeMsalV3(other.tokenCache.serializeMsalV3())
    const secrets = Object.values(contentsOf(made).AccessToken ?? {}).map(record => record.secret)
    assert.deepEqual(secrets, ['given'])
    assert.equal(Object.keys(contentsOf(made).Account ?? {}).length, 1)
  })

  it('drops what was there when asked to, and changes nothing without bytes', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    const before = contentsOf(made)
    made.tokenCache.deserializeMsalV3(undefined)
    made.tokenCache.deserializeMsalV3(new Uint8Array())
    // A plugin hands over what its store had, and an empty one had nothing.
    for (const nothing of ['', ' \n', null, undefined]) made.tokenCache.deserialize(nothing)
    assert.deepEqual(contentsOf(made), before)
    made.tokenCache.deserializeMsalV3(undefined, { shouldClearExisting: true })
    assert.deepEqual(contentsOf(made), EMPTY)
  })

  it('as text replaces the contents, so that what another process removed stays removed', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    made.tokenCache.deserialize(JSON.stringify(EMPTY))
    assert.deepEqual(contentsOf(made), EMPTY)
  })

  it('tells whether the contents have changed since', async () => {
    const { tokenCache, update } = (made => ({ tokenCache: made.tokenCache, update: made.update.bind(made) }))(store())
    assert.equal(tokenCache.hasStateChanged, false)
    await update(edit => edit.saveTokens(tokensOf(ALICE)))
    assert.equal(tokenCache.hasStateChanged, true)
    tokenCache.serialize()
    assert.equal(tokenCache.hasStateChanged, false)
    await update(edit => edit.removeAccount({ homeAccountId: 'nobody', ...inPublicCloud }))
    assert.equal(tokenCache.hasStateChanged, false)
  })
})
