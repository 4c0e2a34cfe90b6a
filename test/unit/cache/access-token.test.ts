/** Which access token a request finds. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { singleHostCloud } from '#lib/authority/known-clouds.js'
import type { CachedTokens, TokensQuery } from '#lib/cache/cache-view.js'
import type { CachedAccessToken } from '#lib/cache/cached-access-token.js'
import { ALICE, after, BOB, inPublicCloud, NOW, store, TENANT, tokensOf } from './support.js'

const OTHER_TENANT = 'aaaabbbb-0000-4000-8000-ccccddddeeee'
const QUERY: TokensQuery = { homeAccountId: ALICE, ...inPublicCloud, realms: [TENANT], scopes: ['User.Read'] }

/** Looks for a token in a cache with records like the one that is saved, changed as given. */
async function findAmong(
  changes: ReadonlyArray<Record<string, unknown>>,
  query: Partial<TokensQuery> = {},
): Promise<CachedAccessToken | undefined> {
  const made = store()
  await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
  const contents = JSON.parse(made.tokenCache.serialize())
  const [saved] = Object.values<object>(contents.AccessToken)
  contents.AccessToken = Object.fromEntries(changes.map((change, index) => [`key ${index}`, { ...saved, ...change }]))
  made.tokenCache.deserialize(JSON.stringify(contents))
  return made.read(view => view.findTokens({ ...QUERY, ...query })?.token)
}

const at = (seconds: number): string => String(NOW + seconds)

describe('an access token', () => {
  it('is found with all that was saved', async () => {
    const made = store()
    const tokens = tokensOf(ALICE, { refreshOn: after(1800), extendedExpiresOn: after(9000) })
    await made.update(edit => edit.saveTokens(tokens))
    assert.deepEqual(
      made.read(view => view.findTokens(QUERY)?.token),
      {
        accessToken: tokens.accessToken,
        scopes: ['openid', 'profile', 'User.Read'],
        expiresOn: after(3600),
        extendedExpiresOn: after(9000),
        refreshOn: after(1800),
        lifetime: 'valid',
      },
    )
  })

  it('comes with the ID token of its tenant, and with the account at home before any other', async () => {
    const made = store()
    await made.update(edit => {
      edit.saveTokens(tokensOf(ALICE, { idToken: 'at home' }))
      edit.saveTokens(tokensOf(ALICE, { idToken: 'elsewhere', realm: OTHER_TENANT }))
    })
    const found = (realm: string) => made.read(view => view.findTokens({ ...QUERY, realms: [realm] })) as CachedTokens
    assert.equal(found(TENANT).idToken, 'at home')
    assert.equal(found(OTHER_TENANT).idToken, 'elsewhere')
    assert.equal(found(OTHER_TENANT).account?.tenantId, TENANT)
  })

  it('comes without them where another library has stored it alone', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    const contents = JSON.parse(made.tokenCache.serialize())
    made.tokenCache.deserialize(JSON.stringify({ AccessToken: contents.AccessToken }))
    const found = made.read(view => view.findTokens(QUERY)) as CachedTokens
    assert.equal(found.token.lifetime, 'valid')
    assert.deepEqual([found.idToken, found.account], [undefined, undefined])
  })

  for (const [what, query] of [
    ['another user', { homeAccountId: BOB }],
    ['another tenant', { realms: [OTHER_TENANT] }],
    ['another cloud', { environments: new Set(['login.microsoftonline.us']) }],
    ['a scope it does not have', { scopes: ['User.Read', 'Mail.Read'] }],
    ['part of a scope it has', { scopes: ['User'] }],
  ] as const) {
    it(`is not found for ${what}`, async () => {
      assert.equal(await findAmong([{}], query), undefined)
    })
  }

  for (const [what, change] of [
    ['another client', { client_id: 'ffffffff-0000-4000-8000-000000000002' }],
    ['proof of possession', { token_type: 'pop' }],
    ['a key', { kid: 'k' }],
    ["a web API's caller", { user_assertion_hash: 'h' }],
    ['extra key parts', { credential_type: 'ATExt', ext: { a: 'b' } }],
    ['an auth scheme', { credential_type: 'AccessToken_With_AuthScheme' }],
    ['nothing at all', { secret: '' }],
  ] as const) {
    it(`is not found when it is bound to ${what}`, async () => {
      assert.equal(await findAmong([change]), undefined)
    })
  }

  for (const [what, change, query] of [
    ['scopes in another case', {}, { scopes: ['USER.READ'] }],
    ['reserved scopes alone', {}, { scopes: ['openid', 'email', 'offline_access'] }],
    ['any case of its names', { client_id: '04B07795-8DDB-461A-BBEE-02F9E1BF7B46', realm: TENANT.toUpperCase() }, {}],
    ['any case of its user', { home_account_id: ALICE.toUpperCase() }, {}],
    ['another alias of the cloud', { environment: 'STS.windows.net' }, {}],
    ['the name of its tenant', { realm: 'contoso.onmicrosoft.com' }, { realms: [TENANT, 'Contoso.onmicrosoft.com'] }],
    [
      'the tenant of personal accounts by name',
      { realm: 'consumers' },
      { realms: ['9188040d-6c67-4c5b-b112-36a304b66dad'] },
    ],
    [
      'the tenant of personal accounts by ID',
      { realm: '9188040d-6c67-4c5b-b112-36a304b66dad' },
      { realms: ['consumers'] },
    ],
    ["the word that MSAL Python files a user's home tenant under", { realm: 'organizations' }, {}],
    ['no token type', { token_type: undefined }, {}],
    ['a lower-case token type', { token_type: 'bearer' }, {}],
    ['times as numbers', { expires_on: NOW + 3600, cached_at: NOW }, {}],
  ] as const) {
    it(`is found by ${what}`, async () => {
      assert.equal((await findAmong([change], query))?.lifetime, 'valid')
    })
  }

  for (const [left, extended, lifetime] of [
    [301, 301, 'valid'],
    [300, 300, 'expired'],
    [300, 301, 'extended'],
    [-4000, 3600, 'extended'],
    [-4000, -100, 'expired'],
  ] as const) {
    it(`with ${left} s left and ${extended} s of its extended lifetime is ${lifetime}`, async () => {
      const found = await findAmong([
        { expires_on: at(left), extended_expires_on: at(extended), ext_expires_on: at(extended) },
      ])
      assert.equal(found?.lifetime, lifetime)
    })
  }

  it('has expired when its record has no readable time', async () => {
    assert.equal(
      (await findAmong([{ expires_on: 'soon', extended_expires_on: '-62135596800', ext_expires_on: '' }]))?.lifetime,
      'expired',
    )
    assert.equal(
      (await findAmong([{ expires_on: undefined, extended_expires_on: null, ext_expires_on: null }]))?.lifetime,
      'expired',
    )
  })

  it('has no extended expiry when MSAL.NET did not know any', async () => {
    const found = await findAmong([{ extended_expires_on: '-62135596800', ext_expires_on: '-62135596800' }])
    assert.equal(found?.extendedExpiresOn, undefined)
  })

  it('of a host that is not on port 443 is found with and without its port', async () => {
    const query = { environments: singleHostCloud('localhost:8443').aliases }
    for (const environment of ['localhost', 'localhost:8443']) {
      assert.equal((await findAmong([{ environment }], query))?.lifetime, 'valid')
    }
    assert.equal(await findAmong([{ environment: 'localhost:8444' }], query), undefined)
  })

  it('has its extended expiry under the older name too', async () => {
    const found = await findAmong([{ extended_expires_on: undefined, ext_expires_on: at(8000) }])
    assert.deepEqual(found?.extendedExpiresOn, after(8000))
  })

  it('that would live for more than ten years is not believed', async () => {
    const tenYears = 3650 * 24 * 3600
    const found = await findAmong([
      { secret: 'damaged', expires_on: at(tenYears + 1) },
      { secret: 'sound', expires_on: at(3600) },
    ])
    assert.equal(found?.accessToken, 'sound')
    assert.equal((await findAmong([{ expires_on: at(tenYears) }]))?.lifetime, 'valid')
  })

  it('that lives longest is chosen of several', async () => {
    const found = await findAmong([
      { secret: 'short', expires_on: at(1000) },
      { secret: 'long', expires_on: at(3000), environment: 'login.microsoftonline.com' },
      { secret: 'middle', expires_on: at(2000), target: 'User.Read Mail.Read' },
    ])
    assert.equal(found?.accessToken, 'long')
  })
  it('that was stored last is chosen of two that expire together', async () => {
    const found = await findAmong([
      { secret: 'ours', expires_on: at(3000) },
      { secret: 'theirs, from a refresh in the same second', expires_on: at(3000), environment: 'sts.windows.net' },
      { secret: 'shorter', expires_on: at(2000), environment: 'login.microsoftonline.com' },
    ])
    assert.equal(found?.accessToken, 'theirs, from a refresh in the same second')
  })
})
