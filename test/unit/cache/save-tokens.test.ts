/** What saving tokens writes, and what gives way to them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TokensToSave } from '#lib/cache/tokens-to-save.js'
import {
  ALICE,
  after,
  BOB,
  CLIENT,
  contentsOf,
  inPublicCloud,
  NOW,
  OTHER_CLIENT,
  store,
  TENANT,
  tokensOf,
} from './support.js'

async function save(of: ReturnType<typeof store>, home: string, changes: Partial<TokensToSave> = {}): Promise<void> {
  await of.update(edit => edit.saveTokens(tokensOf(home, changes)))
}

const secretsIn = (records: Record<string, Record<string, unknown>> | undefined): unknown[] =>
  Object.values(records ?? {}).map(record => record.secret)

describe('saving tokens', () => {
  it('writes the fields of the schema, each as a text', async () => {
    const made = store()
    const account = {
      localAccountId: 'local',
      username: 'alice@contoso.onmicrosoft.com',
      name: 'Alice',
      givenName: 'A',
      familyName: 'L',
      authorityType: 'MSSTS',
      source: 'password',
    } as const
    const tokens = tokensOf(ALICE, { account, familyId: '1', refreshOn: after(1800), extendedExpiresOn: after(7200) })
    await made.update(edit => edit.saveTokens(tokens))
    const owner = { home_account_id: ALICE, environment: 'login.windows.net', client_info: tokens.clientInfo }
    const credential = { ...owner, client_id: CLIENT }
    const contents = contentsOf(made)
    assert.deepEqual(
      Object.values(contents).map(records => Object.values(records)[0]),
      [
        {
          ...credential,
          secret: tokens.accessToken,
          credential_type: 'AccessToken',
          realm: TENANT,
          target: 'openid profile User.Read',
          token_type: 'Bearer',
          cached_at: String(NOW),
          expires_on: String(NOW + 3600),
          extended_expires_on: String(NOW + 7200),
          ext_expires_on: String(NOW + 7200),
          refresh_on: String(NOW + 1800),
        },
        { ...credential, secret: tokens.refreshToken, credential_type: 'RefreshToken', family_id: '1' },
        { ...credential, secret: tokens.idToken, credential_type: 'IdToken', realm: TENANT },
        {
          ...owner,
          realm: TENANT,
          local_account_id: 'local',
          username: 'alice@contoso.onmicrosoft.com',
          name: 'Alice',
          given_name: 'A',
          family_name: 'L',
          authority_type: 'MSSTS',
          account_source: 'password',
        },
        { environment: 'login.windows.net', client_id: CLIENT, family_id: '1' },
      ],
    )
  })

  it('leaves out what is not known, but not an empty user name', async () => {
    const made = store()
    const account = { localAccountId: 'sub', username: '', authorityType: 'ADFS' } as const
    await save(made, 'sub', { realm: '', clientInfo: undefined, idToken: undefined, refreshToken: undefined, account })
    const contents = contentsOf(made)
    assert.deepEqual(Object.values(contents.Account ?? {}), [
      {
        home_account_id: 'sub',
        environment: 'login.windows.net',
        local_account_id: 'sub',
        username: '',
        authority_type: 'ADFS',
      },
    ])
    const [accessToken] = Object.values(contents.AccessToken ?? {})
    assert.equal(accessToken && 'refresh_on' in accessToken, false)
    assert.equal(accessToken && 'realm' in accessToken, false)
    // No answer with a refresh token has said whether the client is in a family.
    assert.deepEqual([contents.IdToken, contents.RefreshToken, contents.AppMetadata], [{}, {}, {}])
  })

  it('replaces a token that shares a scope, and no other', async () => {
    const made = store()
    await save(made, ALICE, { accessToken: 'graph', scopes: ['User.Read', 'Mail.Read'] })
    await save(made, ALICE, { accessToken: 'vault', scopes: ['https://vault/user'] })
    await save(made, ALICE, { accessToken: 'graph again', scopes: ['mail.read', 'Files.Read'] })
    assert.deepEqual(secretsIn(contentsOf(made).AccessToken), ['vault', 'graph again'])
  })

  it('does not take the reserved scopes, which every answer echoes, for a shared scope', async () => {
    const made = store()
    const echoed = ['openid', 'profile', 'email', 'offline_access']
    await save(made, ALICE, { accessToken: 'graph', scopes: ['User.Read', ...echoed] })
    await save(made, ALICE, { accessToken: 'vault', scopes: ['https://vault/user', ...echoed] })
    await save(made, ALICE, { accessToken: 'openid', scopes: echoed })
    await save(made, ALICE, { accessToken: 'openid again', scopes: ['openid'] })
    assert.deepEqual(secretsIn(contentsOf(made).AccessToken), ['graph', 'vault', 'openid again'])
  })

  it('leaves tokens of other users, clients, tenants and clouds alone', async () => {
    const made = store()
    const other = store({ clientId: OTHER_CLIENT })
    await save(other, ALICE, { accessToken: 'other client' })
    made.tokenCache.deserialize(other.tokenCache.serialize())
    await save(made, BOB, { accessToken: 'other user' })
    await save(made, ALICE, { accessToken: 'other tenant', realm: 'guest-tenant' })
    const environments = new Set(['login.microsoftonline.us'])
    await save(made, ALICE, { accessToken: 'other cloud', environment: 'login.microsoftonline.us', environments })
    await save(made, ALICE)
    assert.equal(secretsIn(contentsOf(made).AccessToken).length, 5)
    assert.equal(secretsIn(contentsOf(made).RefreshToken).length, 4)
  })

  it('replaces the twins of other libraries whatever their key, alias and spelling', async () => {
    const made = store()
    await save(made, ALICE)
    const contents = contentsOf(made)
    for (const section of ['AccessToken', 'RefreshToken', 'IdToken', 'Account', 'AppMetadata']) {
      const records = contents[section] ?? {}
      const [record] = Object.values(records)
      records['node---'] = { ...record, environment: 'login.microsoftonline.com' }
      records.shouting = { ...record, client_id: CLIENT.toUpperCase(), realm: 'Contoso.com' }
    }
    made.tokenCache.deserialize(JSON.stringify(contents))
    await save(made, ALICE, { accessToken: 'new', refreshToken: 'newer', realmAliases: ['contoso.com'] })
    const after = contentsOf(made)
    assert.deepEqual(
      Object.values(after).map(records => Object.keys(records).length),
      [1, 1, 1, 1, 1],
    )
    assert.deepEqual(secretsIn(after.AccessToken), ['new'])
    assert.deepEqual(secretsIn(after.RefreshToken), ['newer'])
  })

  it('keeps the fields that another library added, and nothing of the old token', async () => {
    const made = store()
    await save(made, ALICE, { refreshOn: after(60) })
    const contents = contentsOf(made)
    for (const records of Object.values(contents))
      for (const record of Object.values(records)) record.theirs = { kept: 1 }
    made.tokenCache.deserialize(JSON.stringify(contents))
    await save(made, ALICE, { accessToken: 'new' })
    const records = Object.values(contentsOf(made)).map(section => Object.values(section)[0])
    for (const record of records) assert.deepEqual(record?.theirs, { kept: 1 })
    assert.equal(records[0]?.secret, 'new')
    assert.equal(records[0] && 'refresh_on' in records[0], false)
  })

  it('does not hand on fields of a token for other scopes', async () => {
    const made = store()
    await save(made, ALICE, { scopes: ['User.Read', 'Mail.Read'] })
    const contents = contentsOf(made)
    for (const record of Object.values(contents.AccessToken ?? {})) record.theirs = 'for both scopes'
    made.tokenCache.deserialize(JSON.stringify(contents))
    await save(made, ALICE, { scopes: ['User.Read'] })
    assert.deepEqual(
      Object.values(contentsOf(made).AccessToken ?? {}).map(record => record.theirs),
      [undefined],
    )
  })

  it('does not touch tokens that are bound to a key or a caller', async () => {
    const made = store()
    await save(made, ALICE, { accessToken: 'bound' })
    const contents = contentsOf(made)
    for (const record of Object.values(contents.AccessToken ?? {})) record.user_assertion_hash = 'h'
    made.tokenCache.deserialize(JSON.stringify(contents))
    await save(made, ALICE, { accessToken: 'plain' })
    assert.deepEqual(secretsIn(contentsOf(made).AccessToken), ['bound', 'plain'])
  })

  it('without a refresh or ID token in the answer keeps those that are there', async () => {
    const made = store()
    await save(made, ALICE, { familyId: '1' })
    const before = contentsOf(made)
    await save(made, ALICE, { refreshToken: undefined, idToken: undefined })
    const { RefreshToken, IdToken, AppMetadata } = contentsOf(made)
    assert.deepEqual(
      { RefreshToken, IdToken, AppMetadata },
      {
        RefreshToken: before.RefreshToken,
        IdToken: before.IdToken,
        AppMetadata: before.AppMetadata,
      },
    )
  })

  it('shares one family refresh token among the apps of the family', async () => {
    const first = store()
    const second = store({ clientId: OTHER_CLIENT })
    await save(first, ALICE, { familyId: '1', refreshToken: 'first' })
    second.tokenCache.deserialize(first.tokenCache.serialize())
    const query = { homeAccountId: ALICE, ...inPublicCloud }
    assert.equal(
      second.read(view => view.findRefreshToken(query)),
      undefined,
    )
    assert.deepEqual(
      second.read(view => view.findFamilyRefreshToken(query)),
      {
        refreshToken: 'first',
        clientId: CLIENT,
        familyId: '1',
      },
    )
    await save(second, ALICE, { familyId: '1', refreshToken: 'second' })
    assert.deepEqual(secretsIn(contentsOf(second).RefreshToken), ['second'])
    assert.deepEqual(
      second.read(view => view.findAppMetadata(query)),
      { familyId: '1' },
    )
  })

  it('of a refresh token that was left behind twice, the one stored last is found', async () => {
    const made = store()
    await save(made, ALICE)
    const contents = contentsOf(made)
    const [record] = Object.values(contents.RefreshToken ?? {})
    const query = { homeAccountId: ALICE, ...inPublicCloud }
    const found = (): string | undefined =>
      made.read(view => view.findRefreshToken(query)?.refreshToken) as string | undefined
    const timed = { ...record, secret: 'timed', last_modification_time: '1800000000' }
    contents.RefreshToken = {
      a: { ...record, secret: 'older', last_modification_time: '1700000000' },
      b: timed,
      c: { ...record },
    }
    made.tokenCache.deserialize(JSON.stringify(contents))
    assert.equal(found(), 'timed')
    contents.RefreshToken = { a: { ...record }, b: { ...record, secret: 'last' } }
    made.tokenCache.deserialize(JSON.stringify(contents))
    assert.equal(found(), 'last')
  })
})
