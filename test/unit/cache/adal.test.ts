/** The cache of ADAL v3: read and written to the byte, and what its entries are good for. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { adalEntryOf, parseAdalBlob, serializeAdalBlob } from '#lib/cache/adal-blob.js'
import { buildAdalEntry } from '#lib/cache/adal-entry.js'
import type { CacheStore } from '#lib/cache/cache-store.js'
import { ALICE, BOB, CLIENT, fixture, inPublicCloud, OTHER_CLIENT, store, TENANT, tokensOf } from './support.js'

const FILES = ['adalv3-one-entry', 'adal.net-5.3-adalv3', 'msal.net-4.92-adalv3', 'msal.net-4.21-adalv3']
const AUTHORITY = `https://login.windows.net/${TENANT}/`
const ZOE = `22222222-2222-4222-8222-222222222222.${TENANT}`
const ZOE_NAME = "zoë.o'neil+test@contoso.onmicrosoft.com"

const storeWith = (blob: Uint8Array | undefined, clientId = CLIENT): CacheStore => {
  const made = store({ clientId })
  made.tokenCache.deserializeAdalV3(blob)
  return made
}
const entriesIn = ({ tokenCache }: CacheStore) => parseAdalBlob(tokenCache.serializeAdalV3() ?? serializeAdalBlob([]))
const namesIn = (made: CacheStore): string[] =>
  entriesIn(made).map(({ fields }) => `${fields.username.split('@')[0]} ${fields.resource}`)
const listed = async (made: CacheStore, filter = {}) =>
  await made.read(view => view.accounts({ ...inPublicCloud, filter }))
const found = (made: CacheStore, homeAccountId: string, username?: string) =>
  made.read(view => view.findAdalRefreshToken({ ...inPublicCloud, homeAccountId, username }))

/** An entry as ADAL v3 has it: no client info, and members that it does not know. */
function adal3Entry(changes: { key?: string; value?: object; user?: object } = {}) {
  const user = { UniqueId: BOB.split('.')[0], DisplayableId: 'bob@contoso.com', GivenName: 'Bob', ...changes.user }
  return adalEntryOf({
    key: changes.key ?? `${AUTHORITY}:::https://graph.windows.net:::${CLIENT.toUpperCase()}:::0`,
    value: JSON.stringify({ RefreshToken: 'r', ResourceInResponse: 'x', Result: { UserInfo: user }, ...changes.value }),
  })
}

describe('a cache of ADAL v3', () => {
  for (const name of FILES) {
    it(`is written as it was read (${name})`, () => {
      const bytes = fixture(`${name}.bin`)
      assert.deepEqual(Buffer.from(storeWith(bytes).tokenCache.serializeAdalV3() ?? []), bytes)
    })
  }

  it('has a new entry byte for byte as MSAL.NET up to 4.7 wrote it', () => {
    const entry = buildAdalEntry({
      authority: 'https://login.windows.net/f645ad92-e38d-4d1a-b510-d1b09a74a8ca/',
      scopes: ['openid', 'profile', 'User.Read'],
      clientId: 'b6c69a37-df96-4db0-9088-2ab96e1d8215',
      uniqueId: '9f4880d8-80ba-4c40-97bc-f7a23c703084',
      username: 'joe@contoso.com',
      clientInfo:
        'eyJ1aWQiOiI5ZjQ4ODBkOC04MGJhLTRjNDAtOTdiYy1mN2EyM2M3MDMwODQiLCJ1dGlkIjoiZjY0NWFkOTItZTM4ZC00ZDFhLWI1MTAtZDFiMDlhNzRhOGNhIn0',
      refreshToken: '0.RT/abc+def=',
    })
    const bytes = fixture('adalv3-one-entry.bin')
    assert.equal(Buffer.from(serializeAdalBlob([adalEntryOf(entry)])).toString('hex'), bytes.toString('hex'))
  })

  it('is nothing until there is an entry, and nothing again without bytes', () => {
    const made = store()
    const { tokenCache } = made
    assert.equal(tokenCache.serializeAdalV3(), undefined)
    tokenCache.deserializeAdalV3(fixture('adal.net-5.3-adalv3.bin'))
    assert.equal(entriesIn(made).length, 3)
    for (const nothing of [undefined, null, new Uint8Array()]) {
      tokenCache.deserializeAdalV3(fixture('adal.net-5.3-adalv3.bin'))
      tokenCache.deserializeAdalV3(nothing)
      assert.equal(tokenCache.serializeAdalV3(), undefined)
    }
  })

  it('is refused when it is of another version, cut off or something else, and the entries stay', () => {
    const { tokenCache } = storeWith(fixture('adalv3-one-entry.bin'))
    const bytes = fixture('adal.net-5.3-adalv3.bin')
    const changed = (offset: number, ...to: number[]) => {
      const copy = Buffer.from(bytes)
      copy.set(to, offset)
      return copy
    }
    const refused = [
      bytes.subarray(0, 7),
      bytes.subarray(0, -1),
      bytes.subarray(0, 9),
      changed(0, 4),
      changed(4, 4),
      changed(4, 0xff, 0xff, 0xff, 0xff),
      changed(4, 0xff, 0xff, 0xff, 0x7f),
      changed(8, 0xff, 0xff, 0xff, 0xff, 0x0f),
      changed(8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00),
      Buffer.from('{"AccessToken":{}}'),
    ]
    for (const blob of refused) {
      assert.throws(
        () => tokenCache.deserializeAdalV3(blob),
        { code: 'json_parse_failed' },
        blob.toString('hex', 0, 20),
      )
    }
    assert.deepEqual(Buffer.from(tokenCache.serializeAdalV3() ?? []), fixture('adalv3-one-entry.bin'))
  })

  it('is beside the other contents: neither format touches the other', async () => {
    const made = storeWith(fixture('adal.net-5.3-adalv3.bin'))
    const bytes = made.tokenCache.serializeAdalV3()
    made.tokenCache.deserialize(fixture('msal.net-4.92-one-account.json').toString())
    made.tokenCache.deserializeMsalV3(undefined, { shouldClearExisting: true })
    made.tokenCache.deserializeMsalV2(fixture('msal.net-4.92-msalv2.json'))
    assert.deepEqual(made.tokenCache.serializeAdalV3(), bytes)
    assert.ok(!made.tokenCache.serialize().includes('adal-refresh'))
  })
})

describe('a user of ADAL', () => {
  it('is listed once, with or without client info, and found by any field', async () => {
    const blob = serializeAdalBlob([...parseAdalBlob(fixture('adal.net-5.3-adalv3.bin')), adal3Entry()])
    const made = storeWith(blob)
    const homes = (await listed(made)).map(({ homeAccountId }) => homeAccountId)
    assert.deepEqual(homes.sort(), [ALICE, ZOE, BOB].sort())
    const [zoe] = await listed(made, { username: ZOE_NAME.toUpperCase() })
    assert.deepEqual(zoe, {
      homeAccountId: ZOE,
      localAccountId: ZOE.split('.')[0],
      environment: 'login.windows.net',
      tenantId: TENANT,
      username: ZOE_NAME,
      name: 'Ada Łovelace',
    })
    assert.equal((await listed(made, { tenantId: TENANT })).length, 3)
    for (const filter of [{ tenantId: 'other' }, { userFlow: 'b2c_1_x' }, { environment: 'other' }]) {
      assert.deepEqual(await listed(made, filter), [])
    }
    const one = await made.read(view => view.account({ homeAccountId: ZOE.toUpperCase(), ...inPublicCloud }))
    assert.equal(one?.username, ZOE_NAME)
    assert.equal(await made.read(view => view.account({ homeAccountId: `x${ZOE}`, ...inPublicCloud })), undefined)
  })

  it('is not listed twice who has signed in here as well', async () => {
    const made = storeWith(fixture('adal.net-5.3-adalv3.bin'))
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    assert.equal((await listed(made)).length, 2)
  })

  it('is found by the client, the cloud and the ID, and by object ID and name where there is no client info', () => {
    const made = storeWith(fixture('adal.net-5.3-adalv3.bin'))
    assert.equal(found(made, ALICE), 'adal-refresh-2')
    assert.equal(found(made, ZOE.toUpperCase()), 'adal-refresh-3')
    assert.equal(found(made, BOB), undefined)
    assert.equal(found(storeWith(fixture('adal.net-5.3-adalv3.bin'), OTHER_CLIENT), ALICE), undefined)
    const elsewhere = { environments: new Set(['login.partner.microsoftonline.cn']), homeAccountId: ALICE }
    assert.equal(
      made.read(view => view.findAdalRefreshToken(elsewhere)),
      undefined,
    )
    const guest = adal3Entry({
      user: { IdentityProvider: 'https://sts.windows.net/aaaabbbb-0000-4000-8000-ccccddddeeee/' },
    })
    const withGuest = storeWith(serializeAdalBlob([guest]))
    assert.equal(found(withGuest, BOB, 'BOB@contoso.com'), 'r')
    assert.equal(found(withGuest, BOB, 'eve@contoso.com'), undefined)
  })

  it('has a token for any resource preferred, and one that needs a secret not used', () => {
    const single = adal3Entry({ value: { RefreshToken: 'single', ResourceInResponse: ' ' } })
    const secret = adal3Entry({ key: `${AUTHORITY}:::x:::${CLIENT}:::2`, value: { RefreshToken: 'secret' } })
    assert.equal(found(storeWith(serializeAdalBlob([single, adal3Entry(), secret])), BOB), 'r')
    assert.equal(found(storeWith(serializeAdalBlob([secret, single])), BOB), 'single')
    assert.equal(found(storeWith(serializeAdalBlob([secret])), BOB), undefined)
  })
})

describe('tokens for ADAL', () => {
  const forAdal = (home: string, changes = {}) => tokensOf(home, { adalAuthority: AUTHORITY, ...changes })

  it('are written once somebody has asked for them, one entry for each set of scopes', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(forAdal(ALICE)))
    assert.equal(made.tokenCache.serializeAdalV3(), undefined)
    await made.update(edit => edit.saveTokens(forAdal(ALICE)))
    await made.update(edit => edit.saveTokens(forAdal(ALICE, { scopes: ['Mail.Read'], refreshToken: 'second' })))
    await made.update(edit => edit.saveTokens(forAdal(ALICE, { scopes: ['mail.read'], refreshToken: 'third' })))
    assert.deepEqual(namesIn(made), ['alice User.Read openid profile', 'alice mail.read'])
    assert.equal(entriesIn(made)[1]?.fields.refreshToken, 'third')
  })

  it('leave the entries of ADAL for other resources alone', async () => {
    const made = storeWith(fixture('adal.net-5.3-adalv3.bin'))
    const before = entriesIn(made)
    await made.update(edit => edit.saveTokens(forAdal(ALICE)))
    const after = entriesIn(made)
    assert.equal(after.length, 4)
    assert.deepEqual(
      after.slice(0, 3).map(({ raw }) => raw),
      before.map(({ raw }) => raw),
    )
  })

  it('are not written for a family, without client info or refresh token, or elsewhere than at Entra ID', async () => {
    const made = storeWith(undefined)
    for (const changes of [
      { familyId: '1' },
      { clientInfo: undefined },
      { refreshToken: undefined },
      { adalAuthority: undefined },
    ]) {
      await made.update(edit => edit.saveTokens(forAdal(ALICE, changes)))
    }
    assert.equal(made.tokenCache.serializeAdalV3(), undefined)
  })

  it('go when the user signs out, of this client alone', async () => {
    const others = adal3Entry({ key: `${AUTHORITY}:::x:::${OTHER_CLIENT}:::0`, user: { DisplayableId: ZOE_NAME } })
    const made = storeWith(serializeAdalBlob([...parseAdalBlob(fixture('adal.net-5.3-adalv3.bin')), others]))
    await made.update(edit => edit.saveTokens(forAdal(ALICE)))
    await made.update(edit => edit.removeAccount({ homeAccountId: ALICE, ...inPublicCloud }))
    assert.deepEqual(namesIn(made), [
      `${ZOE_NAME.split('@')[0]} https://graph.windows.net`,
      `${ZOE_NAME.split('@')[0]} x`,
    ])
    assert.deepEqual(
      (await listed(made)).map(({ homeAccountId }) => homeAccountId),
      [ZOE],
    )
    await made.update(edit =>
      edit.removeAccount({ homeAccountId: 'somebody', username: ZOE_NAME.toUpperCase(), ...inPublicCloud }),
    )
    assert.deepEqual(namesIn(made), [`${ZOE_NAME.split('@')[0]} x`])
  })
})
