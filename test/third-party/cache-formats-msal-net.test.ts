/** ADAL.NET 5.3, MSAL.NET 4.92 and its extensions use the caches that latchkey writes, in every format, and latchkey theirs. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { before, type TestContext, test } from 'node:test'
import { createDualFileCache, createPersistentCache } from 'latchkey'
import { parseAdalBlob } from '#lib/cache/adal-blob.js'
import type { CacheStore } from '#lib/cache/cache-store.js'
import { temporaryFolder } from '../support/machine.js'
import { ALICE, BOB, CLIENT, fixture, inPublicCloud, store, TENANT, tokensOf } from '../unit/cache/support.js'
import { builtCachePeer } from './support/dotnet-build.js'
import { runProgram } from './support/run-program.js'

interface Job {
  do: 'adal' | 'msal' | 'extensions'
  scope: string
  adalV3?: string
  msalV2?: string
  file?: string
}

/** Bytes are base64, as .NET writes them into JSON. */
interface Outcome {
  users: string[]
  accessToken: string
  adalV3?: string
  msalV2?: string
  refreshTokens: string[]
}

const [objectId = ''] = ALICE.split('.')
const USERNAME = 'alice@contoso.onmicrosoft.com'
const adalAuthority = `https://login.windows.net/${TENANT}/`
const base64 = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64')
const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64')

before(builtCachePeer)

/** The program renews a token of alice's. */
async function renew(job: Job): Promise<Outcome> {
  const about = { clientId: CLIENT, tenantId: TENANT, objectId, username: USERNAME }
  const output = await runProgram({
    name: job.do,
    command: 'dotnet',
    args: [await builtCachePeer()],
    env: process.env,
    stdin: JSON.stringify({ ...about, ...job }),
    timeoutMs: 60_000,
  })
  return JSON.parse(output)
}

const bob = tokensOf(BOB, {
  adalAuthority,
  account: { localAccountId: BOB.split('.')[0] ?? '', username: 'bob@contoso.onmicrosoft.com', authorityType: 'MSSTS' },
})

async function withAliceAndBob(made: CacheStore = store()): Promise<CacheStore> {
  made.tokenCache.deserializeAdalV3(undefined)
  await made.update(edit => edit.saveTokens(tokensOf(ALICE, { adalAuthority })))
  await made.update(edit => edit.saveTokens(bob))
  return made
}

const adalToken = (made: CacheStore, homeAccountId: string) =>
  made.read(view => view.findAdalRefreshToken({ homeAccountId, ...inPublicCloud }))

test('ADAL.NET finds our refresh token for any resource, and we find the one that it gets for it', async () => {
  const made = await withAliceAndBob()
  const adalV3 = base64(made.tokenCache.serializeAdalV3())
  const outcome = await renew({ do: 'adal', scope: 'https://graph.windows.net', adalV3 })
  assert.deepEqual(outcome.users.sort(), [USERNAME, bob.account.username])
  assert.deepEqual(outcome.refreshTokens, [tokensOf(ALICE).refreshToken])
  assert.equal(outcome.accessToken, 'adal-access-token')
  const again = store()
  again.tokenCache.deserializeAdalV3(bytes(outcome.adalV3))
  assert.equal(adalToken(again, ALICE), 'adal-refresh-token')
  assert.equal(adalToken(again, BOB), bob.refreshToken)
  // One for our scopes, one for ADAL's resource, and bob's: all are kept, to the byte.
  assert.equal(parseAdalBlob(bytes(outcome.adalV3)).length, 3)
  assert.equal(base64(again.tokenCache.serializeAdalV3()), outcome.adalV3)
})

test('ADAL.NET goes on with its own cache after it was ours for a while', async () => {
  const made = store()
  made.tokenCache.deserializeAdalV3(fixture('adal.net-5.3-adalv3.bin'))
  await made.update(edit => edit.saveTokens(bob))
  const adalV3 = base64(made.tokenCache.serializeAdalV3())
  const outcome = await renew({ do: 'adal', scope: 'https://graph.windows.net', adalV3 })
  // Its access token for this resource is still good.
  assert.deepEqual(outcome.refreshTokens, [])
  assert.equal(outcome.accessToken, 'adal-access-1')
  assert.equal(outcome.users.length, 3)
})

test('MSAL.NET finds our refresh token in the format of ADAL, and we find the one that it gets for it', async () => {
  const made = await withAliceAndBob()
  const adalV3 = base64(made.tokenCache.serializeAdalV3())
  const outcome = await renew({ do: 'msal', scope: 'Mail.Read', adalV3 })
  assert.deepEqual(outcome.users.sort(), [USERNAME, bob.account.username])
  assert.deepEqual(outcome.refreshTokens, [tokensOf(ALICE).refreshToken])
  const again = store()
  again.tokenCache.deserializeAdalV3(bytes(outcome.adalV3))
  assert.equal(adalToken(again, ALICE), 'msal-refresh-token')
  assert.equal(adalToken(again, BOB), bob.refreshToken)
})

test('MSAL.NET reads the format of MSAL 2 from us, and we from MSAL.NET', async () => {
  const made = await withAliceAndBob()
  const outcome = await renew({ do: 'msal', scope: 'User.Read', msalV2: base64(made.tokenCache.serializeMsalV2()) })
  assert.deepEqual(outcome.users.sort(), [USERNAME, bob.account.username])
  assert.deepEqual(outcome.refreshTokens, [tokensOf(ALICE).refreshToken])
  const again = store()
  again.tokenCache.deserializeMsalV2(bytes(outcome.msalV2))
  const refreshToken = (homeAccountId: string) =>
    again.read(view => view.findRefreshToken({ homeAccountId, ...inPublicCloud })?.refreshToken)
  assert.equal(refreshToken(ALICE), 'msal-refresh-token')
  assert.equal(refreshToken(BOB), bob.refreshToken)
})

for (const [name, open] of [
  [
    'createPersistentCache',
    async (file: string) => {
      const persistence = await createPersistentCache({ name: 'shared', file, allowUnencryptedStorage: true })
      return store({ persistence })
    },
  ],
  [
    'createDualFileCache',
    async (file: string) => store({ plugin: await createDualFileCache({ msalFile: file, encrypt: false }) }),
  ],
] as const) {
  test(`${name} shares its file with the extensions of MSAL.NET`, async (t: TestContext) => {
    const file = path.join(await temporaryFolder(t), 'msal.cache')
    const made = await open(file)
    await withAliceAndBob(made)
    const outcome = await renew({ do: 'extensions', scope: 'User.Read', file })
    assert.deepEqual(outcome.users.sort(), [USERNAME, bob.account.username])
    assert.deepEqual(outcome.refreshTokens, [tokensOf(ALICE).refreshToken])
    const query = { homeAccountId: ALICE, ...inPublicCloud }
    assert.equal((await made.read(view => view.findRefreshToken(query)))?.refreshToken, 'extensions-refresh-token')
    await made.update(edit => edit.removeAccount({ homeAccountId: BOB, ...inPublicCloud }))
    assert.deepEqual((await renew({ do: 'extensions', scope: 'User.Read', file })).users, [USERNAME])
    assert.ok(!existsSync(`${file}.lockfile`))
  })
}
