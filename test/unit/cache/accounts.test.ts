/** Who is listed, filtered and signed out. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AccountFilter } from '#lib/request/requests.js'
import type { AccountInfo } from '#lib/request/result.js'
import { ALICE, BOB, contentsOf, inPublicCloud, OTHER_CLIENT, store, TENANT, tokensOf } from './support.js'

const GUEST_TENANT = 'aaaabbbb-0000-4000-8000-ccccddddeeee'
const B2C_USER = `44444444-4444-4444-8444-444444444444-b2c_1_susi.${TENANT}`

async function signedIn(...homes: string[]) {
  const made = store()
  for (const home of homes) await made.update(edit => edit.saveTokens(tokensOf(home)))
  return made
}

function list(of: ReturnType<typeof store>, filter?: AccountFilter): AccountInfo[] {
  return of.read(view => view.accounts({ ...inPublicCloud, filter })) as AccountInfo[]
}

const homesOf = (accounts: AccountInfo[]): string[] => accounts.map(account => account.homeAccountId).sort()

describe('the list of accounts', () => {
  it('has each user once, with the home tenant before others', async () => {
    const made = await signedIn(BOB)
    for (const realm of [GUEST_TENANT, TENANT, 'third-tenant']) {
      await made.update(edit => edit.saveTokens(tokensOf(ALICE, { realm })))
    }
    const accounts = list(made)
    assert.deepEqual(homesOf(accounts), [ALICE, BOB])
    assert.equal(accounts.find(account => account.homeAccountId === ALICE)?.tenantId, TENANT)
    assert.deepEqual(
      list(made, { tenantId: GUEST_TENANT }).map(account => account.tenantId),
      [GUEST_TENANT],
    )
  })

  for (const [library, realm] of [
    ['MSAL Python signed in at common', 'common'],
    ['MSAL.NET signed in at a domain', 'contoso.onmicrosoft.com'],
  ] as const) {
    it(`has the home tenant of a user whom ${library}`, async () => {
      const stored = JSON.stringify(contentsOf(await signedIn(ALICE)))
      const made = store({ contents: JSON.parse(stored.replaceAll(`"realm":"${TENANT}"`, `"realm":"${realm}"`)) })
      for (const filter of [undefined, { tenantId: TENANT.toUpperCase() }]) {
        const [account] = list(made, filter)
        assert.equal(account?.tenantId, TENANT)
        assert.equal(account?.idTokenClaims?.name, list(await signedIn(ALICE))[0]?.idTokenClaims?.name)
      }
      await made.update(edit => edit.saveTokens({ ...tokensOf(ALICE), realmAliases: ['contoso.onmicrosoft.com'] }))
      assert.equal(Object.keys(contentsOf(made).Account ?? {}).length, 1)
    })
  }

  it('leaves the domain as the tenant of a guest there, whose ID is not known', async () => {
    const stored = JSON.stringify(contentsOf(await signedIn(ALICE)))
    const contents = JSON.parse(stored.replaceAll(`"realm":"${TENANT}"`, '"realm":"fabrikam.example"'))
    for (const account of Object.values(contents.Account as Record<string, Record<string, string>>)) {
      account.local_account_id = 'the-object-id-of-the-guest'
    }
    const made = store({ contents })
    assert.equal(list(made)[0]?.tenantId, 'fabrikam.example')
    assert.deepEqual(list(made, { tenantId: TENANT }), [])
    assert.equal(list(made, { tenantId: 'Fabrikam.example' }).length, 1)
  })

  it('says which cloud the application asked for, when it is told', async () => {
    const made = await signedIn(ALICE)
    assert.equal(list(made)[0]?.environment, 'login.windows.net')
    const query = { ...inPublicCloud, environment: 'login.microsoftonline.com', homeAccountId: ALICE.toUpperCase() }
    const account = made.read(view => view.account(query)) as AccountInfo
    assert.equal(account.environment, 'login.microsoftonline.com')
    assert.equal(account.homeAccountId, ALICE)
  })

  it('has accounts as plain data, claims included', async () => {
    const made = await signedIn(ALICE)
    const [account] = list(made)
    assert.equal(account && JSON.parse(JSON.stringify(account)).idTokenClaims.name, 'Alice Managed')
    assert.equal({ ...account }.idTokenClaims?.tid, TENANT)
    assert.equal(structuredClone(account)?.idTokenClaims?.name, 'Alice Managed')
  })

  it('has claims that are plain data once they were read or set, and that a frozen account has too', async () => {
    const made = await signedIn(ALICE)
    const [read, written, frozen] = [list(made)[0], list(made)[0], list(made)[0]] as [
      AccountInfo,
      AccountInfo,
      AccountInfo,
    ]
    assert.equal(read.idTokenClaims, read.idTokenClaims)
    assert.ok(Object.getOwnPropertyDescriptor(read, 'idTokenClaims')?.writable)
    written.idTokenClaims = { oid: 'another' }
    assert.deepEqual(written.idTokenClaims, { oid: 'another' })
    assert.equal(Object.freeze(frozen).idTokenClaims?.tid, TENANT)
  })

  it("is the caller's own, with all that is in it", async () => {
    const made = await signedIn(ALICE)
    const accounts = list(made)
    const [account] = accounts
    Object.assign(account ?? {}, { homeAccountId: BOB })
    Object.assign(account?.idTokenClaims ?? {}, { oid: BOB })
    accounts.length = 0
    assert.equal(list(made)[0]?.homeAccountId, ALICE)
    assert.equal(list(made)[0]?.idTokenClaims?.oid, ALICE.split('.')[0])
    await made.update(edit => edit.saveTokens(tokensOf(BOB)))
    assert.deepEqual(homesOf(list(made)), [ALICE, BOB])
    await made.update(edit => {
      edit.removeAccount({ homeAccountId: ALICE, ...inPublicCloud })
      assert.deepEqual(homesOf(edit.accounts(inPublicCloud)), [BOB])
    })
    assert.deepEqual(homesOf(list(made)), [BOB])
  })

  it('has no claims where the ID token is missing or unreadable', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(ALICE, { idToken: undefined })))
    assert.equal('idTokenClaims' in (list(made)[0] ?? {}), false)
    await made.update(edit => edit.saveTokens(tokensOf(ALICE, { idToken: 'not a token' })))
    assert.equal(list(made)[0]?.idTokenClaims, undefined)
  })

  it('names no tenant for users of AD FS, where MSAL Python writes a word', async () => {
    const made = store()
    const account = { localAccountId: 'sub', username: 'joe', authorityType: 'ADFS' } as const
    await made.update(edit => edit.saveTokens(tokensOf('sub', { realm: 'adfs', account })))
    assert.equal(list(made)[0]?.tenantId, '')
    await made.update(edit => edit.saveTokens(tokensOf('sub', { realm: '', realmAliases: ['adfs'], account })))
    assert.equal(Object.keys(contentsOf(made).Account ?? {}).length, 1)
  })

  it('has users of whom the client holds only an access token', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(ALICE, { refreshToken: undefined, idToken: undefined })))
    assert.deepEqual(homesOf(list(made)), [ALICE])
  })

  it('has no users of whom only another client holds tokens, unless they are of a family', async () => {
    const other = store({ clientId: OTHER_CLIENT })
    await other.update(edit => edit.saveTokens(tokensOf(ALICE)))
    await other.update(edit => edit.saveTokens(tokensOf(BOB, { familyId: '1' })))
    const made = store({ contents: contentsOf(other) })
    assert.deepEqual(homesOf(list(made)), [BOB])
    // An answer that names no family says that this client is in none.
    await made.update(edit => edit.saveTokens(tokensOf(B2C_USER)))
    assert.deepEqual(homesOf(list(made)), [B2C_USER])
  })

  it('has no accounts of unknown kinds or other clouds', async () => {
    const made = await signedIn(ALICE)
    const contents = contentsOf(made)
    for (const account of Object.values(contents.Account ?? {})) account.authority_type = 'Generic'
    assert.deepEqual(list(store({ contents })), [])
    for (const account of Object.values(contents.Account ?? {})) delete account.authority_type
    assert.equal(list(store({ contents })).length, 1)
    assert.deepEqual(
      made.read(view => view.accounts({ environments: new Set(['login.microsoftonline.us']) })),
      [],
    )
  })

  for (const [filter, homes] of [
    [{ username: 'ALICE@contoso.onmicrosoft.com' }, [ALICE, BOB, B2C_USER]],
    [{ username: 'nobody@contoso.onmicrosoft.com' }, []],
    [{ tenantId: TENANT.toUpperCase() }, [ALICE, BOB, B2C_USER]],
    [{ tenantId: GUEST_TENANT }, []],
    [{ environment: 'Login.microsoftonline.com' }, [ALICE, BOB, B2C_USER]],
    [{ environment: 'login.microsoftonline.us' }, []],
    [{ userFlow: 'B2C_1_SuSi' }, [B2C_USER]],
    [{ userFlow: 'b2c_1_edit' }, []],
    [{ userFlow: 'b2c_1_susi', username: 'nobody' }, []],
  ] as const) {
    it(`filtered by ${JSON.stringify(filter)} has ${homes.length}`, async () => {
      const made = await signedIn(ALICE, BOB, B2C_USER)
      assert.deepEqual(homesOf(list(made, filter)), [...homes].sort())
    })
  }
})

describe('signing out', () => {
  it('removes everything of the user, under whatever alias and key, and nothing of others', async () => {
    const made = await signedIn(BOB)
    const others = contentsOf(made)
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    await made.update(edit => edit.saveTokens(tokensOf(ALICE, { realm: GUEST_TENANT })))
    const contents = contentsOf(made)
    const [record] = Object.values(contents.RefreshToken ?? {}).filter(token => token.home_account_id === ALICE)
    contents.RefreshToken = {
      ...contents.RefreshToken,
      'node---': { ...record, environment: 'login.microsoftonline.com', home_account_id: ALICE.toUpperCase() },
    }
    made.tokenCache.deserialize(JSON.stringify(contents))
    await made.update(edit => edit.removeAccount({ homeAccountId: ALICE, ...inPublicCloud }))
    assert.deepEqual(contentsOf(made), others)
  })

  it("leaves another client's tokens, and the account for it", async () => {
    const other = store({ clientId: OTHER_CLIENT })
    await other.update(edit => edit.saveTokens(tokensOf(ALICE)))
    const made = store({ contents: contentsOf(other) })
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    await made.update(edit => edit.removeAccount({ homeAccountId: ALICE, ...inPublicCloud }))
    assert.deepEqual(list(made), [])
    other.tokenCache.deserialize(made.tokenCache.serialize())
    assert.deepEqual(homesOf(list(other)), [ALICE])
  })

  it("removes all apps' tokens of the user where a family refresh token signs them in", async () => {
    const other = store({ clientId: OTHER_CLIENT })
    await other.update(edit => edit.saveTokens(tokensOf(BOB, { familyId: '1' })))
    await other.update(edit => edit.saveTokens(tokensOf(ALICE, { familyId: '1' })))
    const made = store({ contents: contentsOf(other) })
    await made.update(edit => edit.removeAccount({ homeAccountId: ALICE, ...inPublicCloud }))
    assert.equal(made.tokenCache.serialize().includes(ALICE), false)
    assert.deepEqual(homesOf(list(made)), [BOB])
  })

  it('keeps what the user has in another cloud', async () => {
    const made = await signedIn(ALICE)
    const environments = new Set(['login.microsoftonline.us'])
    const tokens = tokensOf(ALICE, { environment: 'login.microsoftonline.us', environments })
    await made.update(edit => edit.saveTokens(tokens))
    await made.update(edit => edit.removeAccount({ homeAccountId: ALICE, ...inPublicCloud }))
    assert.deepEqual(list(made), [])
    assert.equal((made.read(view => view.accounts({ environments })) as AccountInfo[]).length, 1)
  })
})
