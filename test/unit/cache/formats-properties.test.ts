/** Properties of the older formats: round trips lose nothing, and no bytes do more than be refused. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { TokenCache } from 'latchkey'
import { adalEntryOf, parseAdalBlob, serializeAdalBlob } from '#lib/cache/adal-blob.js'
import { buildAdalEntry } from '#lib/cache/adal-entry.js'
import { CLIENT, contentsOf, fixture, inPublicCloud, store, TENANT, tokensOf } from './support.js'

const BLOBS = ['adalv3-one-entry.bin', 'adal.net-5.3-adalv3.bin', 'msal.net-4.92-adalv3.bin'].map(fixture)
const V2 = ['msal.net-4.92-msalv2.json', 'msal.net-4.21-msalv2.json'].map(fixture)

/** A file with some bytes changed, then cut off somewhere or not. */
const damaged = (files: Buffer[]): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 6 }),
      fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    )
    .map(([file, changes, length]) => {
      const copy = Buffer.from(file.subarray(0, Math.ceil(file.length * length)))
      // The lengths at the beginning matter most, so every other change is there.
      changes.forEach(([place, byte], index) => {
        copy[Math.floor(place * (index % 2 ? copy.length : Math.min(16, copy.length)))] = byte
      })
      return copy
    })

/** Nothing but json_parse_failed may come out, and whatever was read is usable. */
function read(bytes: Buffer, into: 'deserializeAdalV3' | 'deserializeMsalV2', check: (tokenCache: TokenCache) => void) {
  const made = store()
  try {
    made.tokenCache[into](bytes)
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'json_parse_failed')
    return
  }
  made.read(view => view.accounts(inPublicCloud))
  made.read(view => view.findAdalRefreshToken({ homeAccountId: 'a.b', username: 'a', ...inPublicCloud }))
  check(made.tokenCache)
}

const text = fc
  .oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 400 }))
  .map(value => Buffer.from(value).toString())

describe('any bytes', () => {
  it('are a cache of ADAL v3 that is written as it was read, or refused', () => {
    const bytes = fc.oneof(damaged(BLOBS), fc.uint8Array({ maxLength: 200 }).map(Buffer.from))
    fc.assert(
      fc.property(bytes, blob => {
        read(blob, 'deserializeAdalV3', tokenCache => {
          const written = tokenCache.serializeAdalV3()
          if (written !== undefined) assert.deepEqual(Buffer.from(written), blob.subarray(0, written.length))
          else if (blob.length > 0) assert.equal(blob.readInt32LE(4), 0)
        })
      }),
      { numRuns: 3_000 },
    )
  })

  it('are a cache of MSAL.NET 2 or refused', () => {
    const bytes = fc.oneof(
      damaged(V2),
      fc.jsonValue().map(value => Buffer.from(JSON.stringify(value))),
    )
    fc.assert(
      fc.property(bytes, file => {
        read(file, 'deserializeMsalV2', tokenCache => {
          const again = store()
          again.tokenCache.deserialize(tokenCache.serialize())
          assert.equal(again.tokenCache.serialize(), tokenCache.serialize())
        })
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('any entries of ADAL', () => {
  it('come back as they were written, whatever their texts are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 8 }), pairs => {
        const entries = pairs.map(([key, value]) => adalEntryOf({ key, value }))
        const parsed = parseAdalBlob(serializeAdalBlob(entries))
        assert.deepEqual(
          parsed.map(({ raw }) => raw),
          entries.map(({ raw }) => raw),
        )
        for (const [index, { fields }] of parsed.entries()) assert.deepEqual(fields, entries[index]?.fields)
      }),
    )
  })

  it('say what a new one was made of', () => {
    const name = text.filter(value => !value.includes(':::') && !value.startsWith(':') && !value.endsWith(':'))
    fc.assert(
      fc.property(
        fc.record({ scope: name, username: text, refreshToken: text }),
        ({ scope, username, refreshToken }) => {
          const made = adalEntryOf(
            buildAdalEntry({
              authority: `https://login.windows.net/${TENANT}/`,
              scopes: [scope],
              clientId: CLIENT,
              uniqueId: 'u',
              username,
              clientInfo: '',
              refreshToken,
            }),
          )
          const { fields } = parseAdalBlob(serializeAdalBlob([made]))[0] ?? assert.fail('no entry')
          assert.deepEqual(
            { ...fields, name: undefined },
            {
              host: 'login.windows.net',
              authority: `https://login.windows.net/${TENANT}/`,
              resource: scope,
              clientId: CLIENT,
              isUsers: true,
              uniqueId: 'u',
              username,
              name: undefined,
              tenantId: TENANT,
              refreshToken,
              isForAnyResource: scope.trim() !== '',
              homeAccountId: `u.${TENANT}`,
            },
          )
        },
      ),
    )
  })
})

describe('any sign-ins', () => {
  it('are the same after a way over the format of MSAL.NET 2, but for app metadata', async () => {
    const signIn = fc.record({ home: fc.constantFrom('alice', 'zoë', 'eve'), scope: text, secret: text })
    await fc.assert(
      fc.asyncProperty(fc.array(signIn, { maxLength: 8 }), async signIns => {
        const made = store()
        for (const { home, scope, secret } of signIns) {
          const tokens = tokensOf(`${home}.${TENANT}`, { scopes: [scope], accessToken: secret })
          await made.update(edit => edit.saveTokens(tokens))
        }
        const again = store()
        again.tokenCache.deserializeMsalV2(made.tokenCache.serializeMsalV2())
        const { AppMetadata: _, ...left } = contentsOf(again)
        const { AppMetadata: __, ...before } = contentsOf(made)
        assert.deepEqual(left, before)
      }),
    )
  })
})
