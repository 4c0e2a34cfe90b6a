/** Each sign-in of the real MSAL.NET, in each format that it wrote it in: the accounts are those that MSAL.NET had made. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { TokenCache } from '#lib/cache/token-cache.js'
import { fixture, PUBLIC_CLOUD, store } from './support.js'

const FOLDER = new URL('../../../test/fixtures/cache/', import.meta.url)
const FORMATS: ReadonlyArray<readonly [files: RegExp, read: (into: TokenCache, bytes: Uint8Array) => void]> = [
  [/^-msalv2\.json$/, (into, bytes) => into.deserializeMsalV2(bytes)],
  [/^-adalv3\.bin$/, (into, bytes) => into.deserializeAdalV3(bytes)],
  [/^\.json$/, (into, bytes) => into.deserializeMsalV3(bytes)],
]
/** The clouds of the sign-ins. */
const environments = new Set([...PUBLIC_CLOUD, 'fs.contoso.example'])

describe('a sign-in of MSAL.NET', () => {
  for (const [signIn, prefixes, count] of [
    ['msal.net-4.92-one-account', ['msal.net-4.92-one-account', 'msal.net-4.92'], 3],
    ['msal.net-4.92-two-accounts', ['msal.net-4.92-two-accounts'], 3],
    ['msal.net-4.92-adfs', ['msal.net-4.92-adfs'], 2],
    ['msal.net-4.21-one-account', ['msal.net-4.21-one-account', 'msal.net-4.21'], 3],
  ] as const) {
    const lines = fixture(`${signIn}-accounts.txt`).toString().trim().split('\n')
    const expected = lines.map(line => {
      const [username, homeAccountId, , tenantId] = line.split(' ')
      // An account of AD FS has no tenant in the cache; MSAL.NET's answer has the one of the ID token.
      return `${username} ${homeAccountId} ${signIn.includes('adfs') ? '' : tenantId}`
    })
    const files = readdirSync(FOLDER).flatMap(name => {
      const prefix = prefixes.find(each => name.startsWith(each))
      const read = FORMATS.find(([pattern]) => pattern.test(name.slice(prefix?.length ?? 0)))?.[1]
      return prefix === undefined || read === undefined ? [] : [{ name, read }]
    })

    it(`${signIn} is there in ${count} formats`, () => assert.equal(files.length, count))

    for (const { name, read } of files) {
      // For ADAL MSAL.NET had written the last one only: nothing had been loaded for ADAL before.
      const there = name.endsWith('.bin') ? expected.slice(-1) : expected
      it(`has ${there.length} of its accounts in ${name}`, async () => {
        const made = store()
        read(made.tokenCache, fixture(name))
        const accounts = await made.read(view => view.accounts({ environments }))
        const found = accounts.map(
          ({ username, homeAccountId, tenantId }) => `${username} ${homeAccountId} ${tenantId}`,
        )
        assert.deepEqual(found.sort(), there.sort())
      })
    }
  }

  it('has the bytes that its hexdump shows, and its user', async () => {
    const dump = fixture('adalv3-one-entry.hexdump.txt').toString()
    const hex = [...dump.matchAll(/^[0-9a-f]{8}: ((?:[0-9a-f]{2,4} )+)/gm)].map(([, bytes = '']) => bytes).join('')
    assert.deepEqual(Buffer.from(hex.replaceAll(' ', ''), 'hex'), fixture('adalv3-one-entry.bin'))
    const made = store({ clientId: 'b6c69a37-df96-4db0-9088-2ab96e1d8215' })
    made.tokenCache.deserializeAdalV3(fixture('adalv3-one-entry.bin'))
    const accounts = await made.read(view => view.accounts({ environments }))
    assert.deepEqual(
      accounts.map(({ username }) => username),
      ['joe@contoso.com'],
    )
  })
})
