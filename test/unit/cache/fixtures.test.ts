/** Caches that the real libraries wrote: every token in them is found, and nothing is lost when they are written again. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  ALICE,
  after,
  CLIENT,
  contentsOf,
  fixture,
  inPublicCloud,
  PUBLIC_CLOUD,
  store,
  TENANT,
  tokensOf,
} from './support.js'

const FILES = [
  'msal.net-4.92-one-account.json',
  'msal.net-4.92-two-accounts.json',
  'msal.net-4.92-adfs.json',
  'msal.net-4.21-one-account.json',
  'adal.net-5.3.json',
  'msal-node-7.2.1.json',
  'msal-python-1.21.json',
]

function storeOf(file: string) {
  const made = store()
  made.tokenCache.deserializeMsalV3(fixture(file))
  return made
}

describe('a cache of another library', () => {
  for (const file of FILES) {
    it(`comes out of ${file} as it went in, all sections present`, () => {
      const parsed = JSON.parse(fixture(file).toString())
      assert.deepEqual(contentsOf(storeOf(file)), { AppMetadata: {}, ...parsed })
    })
  }

  for (const [file, accessToken, refreshToken] of [
    [
      'msal.net-4.92-one-account.json',
      'access-token-1-for-alice@contoso.onmicrosoft.com',
      'refresh-token-1-for-alice@contoso.onmicrosoft.com',
    ],
    [
      'msal.net-4.92-two-accounts.json',
      'access-token-1-for-alice@contoso.onmicrosoft.com',
      'refresh-token-1-for-alice@contoso.onmicrosoft.com',
    ],
    [
      'msal.net-4.21-one-account.json',
      'access-token-1-for-alice@contoso.onmicrosoft.com',
      'refresh-token-1-for-alice@contoso.onmicrosoft.com',
    ],
    ['msal-node-7.2.1.json', 'access-token-for-alice', 'refresh-token-for-alice'],
    ['msal-python-1.21.json', 'access-token-for-alice', 'refresh-token-for-alice'],
  ] as const) {
    it(`has alice's account and tokens in ${file}`, () => {
      storeOf(file).read(view => {
        const account = view.accounts({ ...inPublicCloud, filter: { username: 'ALICE@contoso.onmicrosoft.com' } })[0]
        assert.equal(account?.homeAccountId, ALICE)
        assert.equal(account?.tenantId, TENANT)
        assert.equal(account?.idTokenClaims?.name, 'Alice Managed')
        const query = { homeAccountId: ALICE, ...inPublicCloud, realms: [TENANT] }
        const found = view.findTokens({ ...query, scopes: ['user.read', 'offline_access'] })
        assert.equal(found?.token.accessToken, accessToken)
        assert.equal(found?.token.lifetime, 'valid')
        assert.ok(found?.token.scopes.includes('User.Read'))
        assert.equal(view.findRefreshToken(query)?.refreshToken, refreshToken)
        assert.equal(found?.idToken?.split('.').length, 3)
        assert.deepEqual(found?.account, account)
      })
    })
  }

  it('has the names and tokens of a user with characters beyond ASCII', () => {
    storeOf('msal.net-4.92-two-accounts.json').read(view => {
      const accounts = view.accounts(inPublicCloud)
      assert.equal(accounts.length, 2)
      const zoe = accounts.find(account => account.username.startsWith('zo'))
      assert.equal(zoe?.username, "zoë.o'neil+test@fabrikam.example")
      assert.equal(zoe?.name, 'Zoë "Zed" O\'Neil <&> 日本 😀')
      assert.equal(zoe?.idTokenClaims?.name, zoe?.name)
      const query = { homeAccountId: zoe?.homeAccountId ?? '', ...inPublicCloud, realms: [zoe?.tenantId ?? ''] }
      const found = view.findTokens({ ...query, scopes: ['Calendars.Read'] })?.token
      assert.equal(found?.accessToken, "access-token-2-for-zoë.o'neil+test@fabrikam.example")
    })
  })

  it('has the refresh time and the family of MSAL.NET', () => {
    storeOf('msal.net-4.92-two-accounts.json').read(view => {
      const query = { homeAccountId: ALICE, ...inPublicCloud, realms: [TENANT], scopes: ['User.Read'] }
      assert.equal(view.findTokens(query)?.token.refreshOn?.getTime(), 1795377401_000)
      assert.equal(view.findFamilyRefreshToken(query)?.familyId, '1')
      assert.deepEqual(view.findAppMetadata(query), {})
    })
    storeOf('msal-python-1.21.json').read(view => {
      assert.deepEqual(view.findAppMetadata(inPublicCloud), { familyId: '1' })
    })
  })

  it('has the tokens of AD FS, which knows no tenants', () => {
    storeOf('msal.net-4.92-adfs.json').read(view => {
      const environments = new Set(['fs.contoso.example'])
      const [account] = view.accounts({ environments })
      assert.equal(account?.homeAccountId, 'sub-11111111-1111-4111-8111-111111111111')
      assert.equal(account?.tenantId, '')
      const query = { homeAccountId: account?.homeAccountId ?? '', environments, realms: ['', 'adfs'] }
      assert.ok(view.findTokens({ ...query, scopes: ['openid'] })?.idToken)
      assert.ok(view.findRefreshToken(query))
      assert.deepEqual(view.accounts(inPublicCloud), [])
    })
  })

  it('has the accounts of ADAL.NET, whose only tokens are refresh tokens', () => {
    storeOf('adal.net-5.3.json').read(view => {
      const accounts = view.accounts({ environments: PUBLIC_CLOUD })
      assert.equal(accounts.length, 2)
      assert.equal(view.findRefreshToken({ homeAccountId: ALICE, ...inPublicCloud })?.refreshToken, 'adal-refresh-2')
    })
  })

  for (const file of ['msal.net-4.92-one-account.json', 'msal-node-7.2.1.json', 'msal-python-1.21.json']) {
    it(`gives way to new tokens in ${file}, whatever its keys, and leaves no twin`, async () => {
      const made = storeOf(file)
      const familyId = file.includes('python') ? '1' : undefined
      await made.update(edit =>
        edit.saveTokens(tokensOf(ALICE, { familyId, accessToken: 'new', expiresOn: after(7200) })),
      )
      const contents = contentsOf(made)
      const counts = Object.fromEntries(
        Object.entries(contents).map(([name, items]) => [name, Object.keys(items).length]),
      )
      assert.deepEqual(counts, { AccessToken: 1, RefreshToken: 1, IdToken: 1, Account: 1, AppMetadata: 1 })
      assert.equal(Object.values(contents.RefreshToken ?? {})[0]?.client_id, CLIENT)
      const before = Object.values(JSON.parse(fixture(file).toString()).Account)[0] as Record<string, unknown>
      const account = Object.values(contents.Account ?? {})[0]
      assert.deepEqual(account?.tenantProfiles, before.tenantProfiles)
    })
  }
})
