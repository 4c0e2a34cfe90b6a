/** An application that moves here from ADAL.NET: its users stay signed in, and ADAL goes on with the tokens of this one. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { PublicClientApplication } from 'latchkey'
import { adalEntryOf, parseAdalBlob, serializeAdalBlob } from '#lib/cache/adal-blob.js'
import { interactively, SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage

/** What is in the ADAL cache of an application that alice has signed in to. */
async function blobOfAlice(t: TestContext): Promise<{ blob: Uint8Array; app: PublicClientApplication }> {
  const { app } = stage.application(t)
  app.tokenCache.deserializeAdalV3(undefined)
  await interactively(app, stage.visit('alice'))
  const blob = app.tokenCache.serializeAdalV3()
  assert.ok(blob)
  tenant.requests.length = 0
  return { blob, app }
}

/** As ADAL.NET 3 wrote it: no client info. */
function asAdal3(blob: Uint8Array): Uint8Array {
  const entries = parseAdalBlob(blob).map(({ raw, fields }) => {
    const text = Buffer.from(raw).toString()
    const { RawClientInfo: _, ...value } = JSON.parse(text.slice(text.indexOf('{')))
    return adalEntryOf({
      key: [fields.authority, fields.resource, fields.clientId, '0'].join(':::'),
      value: JSON.stringify(value),
    })
  })
  return serializeAdalBlob(entries)
}

test('a sign-in is written for ADAL under the tenant, with the refresh token and who it is', async t => {
  const { blob, app } = await blobOfAlice(t)
  const [account] = await app.getAccounts()
  const [entry, ...others] = parseAdalBlob(blob)
  assert.deepEqual(others, [])
  const { host } = new URL(tenant.origin)
  assert.equal(entry?.fields.authority, `https://${host}/${tenant.tenantId}/`)
  assert.equal(entry.fields.homeAccountId, account?.homeAccountId)
  assert.equal(entry.fields.username, stage.user('alice').username)
  assert.ok(entry.fields.isForAnyResource)
  assert.ok(app.tokenCache.serialize().includes(entry.fields.refreshToken))
})

for (const [how, convert] of [
  ['MSAL.NET', (blob: Uint8Array) => blob],
  ['ADAL.NET 3', asAdal3],
] as const) {
  test(`a user that only the cache of ${how} knows is listed, silent for it, and signed out of both caches`, async t => {
    const { blob } = await blobOfAlice(t)
    const { app } = stage.application(t)
    app.tokenCache.deserializeAdalV3(convert(blob))
    const [account] = await app.getAccounts()
    assert.equal(account?.username, stage.user('alice').username)
    const { fromCache } = await app.acquireTokenSilent({ scopes: SCOPES, account })
    assert.equal(fromCache, false)
    assert.equal(stage.tokenRequests().length, 1)
    assert.ok((await app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
    assert.equal((await app.getAccounts()).length, 1)
    await app.removeAccount(account)
    assert.equal(app.tokenCache.serializeAdalV3(), undefined)
    assert.deepEqual(await app.getAccounts(), [])
    await assert.rejects(app.acquireTokenSilent({ scopes: SCOPES, account }), { code: 'no_tokens_found' })
  })
}

test("an application's own refresh token comes before that of ADAL", async t => {
  const { blob, app } = await blobOfAlice(t)
  const broken = Buffer.from(blob)
    .toString('latin1')
    .replace(/"RefreshToken":"(.)/, '"RefreshToken":"_')
  app.tokenCache.deserializeAdalV3(Buffer.from(broken, 'latin1'))
  const [account] = await app.getAccounts()
  await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  assert.equal(stage.tokenRequests().length, 1)
})
