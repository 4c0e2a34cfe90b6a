/** The format of MSAL.NET 2: what real libraries wrote is found, and nothing is lost on the way there and back. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALICE, BOB, contentsOf, fixture, inPublicCloud, store, TENANT, tokensOf } from './support.js'

const QUERY = { homeAccountId: ALICE, ...inPublicCloud, realms: [TENANT], scopes: ['User.Read'] }
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

describe('a cache of MSAL.NET 2', () => {
  for (const version of ['4.92', '4.21']) {
    it(`is read as the same tokens that MSAL.NET ${version} wrote in the newer format`, () => {
      const made = store()
      made.tokenCache.deserializeMsalV2(fixture(`msal.net-${version}-msalv2.json`))
      const { AppMetadata: _, ...newer } = JSON.parse(fixture(`msal.net-${version}-one-account.json`).toString())
      const { AppMetadata: __, ...contents } = contentsOf(made)
      const values = (of: typeof contents) =>
        Object.entries(of).map(([name, records]) => [name, Object.values(records)])
      assert.deepEqual(values(contents), values(newer))
      assert.ok(made.read(view => view.findTokens(QUERY)?.token.accessToken))
    })
  }

  it('is added to what is there, and counts where both have a record', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(BOB)))
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    for (const nothing of [undefined, null, new Uint8Array()]) made.tokenCache.deserializeMsalV2(nothing)
    const other = store()
    await other.update(edit => edit.saveTokens(tokensOf(ALICE, { accessToken: 'newer' })))
    made.tokenCache.deserializeMsalV2(other.tokenCache.serializeMsalV2())
    assert.equal(
      made.read(view => view.accounts(inPublicCloud).length),
      2,
    )
    assert.equal(
      made.read(view => view.findTokens(QUERY)?.token.accessToken),
      'newer',
    )
    assert.equal(made.tokenCache.hasStateChanged, false)
  })

  it('has the older name of the token type read', () => {
    const item = { home_account_id: ALICE, environment: 'login.windows.net', client_id: 'c', secret: 's', target: 'x' }
    const made = store({ clientId: 'c' })
    const record = { ...item, realm: TENANT, access_token_type: 'pop', expires_on: '4000000000' }
    made.tokenCache.deserializeMsalV2(encode([{ Key: 'access_tokens', Value: [JSON.stringify(record)] }]))
    const [stored] = Object.values(contentsOf(made).AccessToken ?? {})
    assert.equal(stored?.token_type, 'pop')
    assert.equal(
      made.read(view => view.findTokens({ ...QUERY, scopes: ['x'] })),
      undefined,
    )
  })

  it('keeps lists and fields that are not known', () => {
    const made = store()
    const record = JSON.stringify({ home_account_id: ALICE, 'x-field': { a: [1] } })
    made.tokenCache.deserializeMsalV2(
      encode([
        { Key: 'accounts', Value: [record] },
        { Key: 'x-list', Value: ['y'] },
      ]),
    )
    const contents = contentsOf(made) as Record<string, unknown>
    assert.deepEqual(contents['x-list'], ['y'])
    assert.ok(JSON.stringify(contents.Account).includes('"x-field":{"a":[1]}'))
  })

  it('is refused when it is something else, without a word of it, and the contents stay', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    const before = made.tokenCache.serialize()
    const list = (value: unknown) => [{ Key: 'accounts', Value: value }]
    const refused = [
      {},
      [5],
      [{ Value: [] }],
      [{ Key: 'AccessToken', Value: {} }],
      list('x'),
      list([5]),
      list(['secret-token']),
      list(['[]']),
    ].map(encode)
    for (const bytes of [
      ...refused,
      Buffer.from([0xff]),
      Buffer.from('secret-token'),
      fixture('adalv3-one-entry.bin'),
    ]) {
      assert.throws(
        () => made.tokenCache.deserializeMsalV2(bytes),
        (error: Error & { code: string }) => error.code === 'json_parse_failed' && !/secret/.test(error.message),
      )
    }
    assert.equal(made.tokenCache.serialize(), before)
  })

  it('makes a reader of the newer format fail, which is what a fallback relies on', () => {
    const read = () => store().tokenCache.deserializeMsalV3(fixture('msal.net-4.92-msalv2.json'))
    assert.throws(read, { code: 'json_parse_failed' })
  })
})
