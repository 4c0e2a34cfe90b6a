/** Properties that hold for any cache: nothing is lost, what is saved is found, and only the right user is removed. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SECTIONS } from '#lib/cache/schema.js'
import { contentsOf, inPublicCloud, store, TENANT, tokensOf } from './support.js'

const home = fc.constantFrom('alice', 'BOB', 'zoë', 'eve').map(name => `${name}.${TENANT}`)
const scopes = fc.uniqueArray(fc.constantFrom('openid', 'User.Read', 'mail.read', 'https://vault/user', 'Files.Read'), {
  minLength: 1,
})
const realm = fc.constantFrom(TENANT, 'guest-tenant', 'consumers')
const familyId = fc.constantFrom(undefined, '1')
const signIn = fc.record({ home, scopes, realm, familyId })

const field = fc.oneof(
  fc.constantFrom('home_account_id', 'environment', 'client_id', 'secret', 'realm', 'target', 'family_id', '__proto__'),
  fc.string(),
)
// Numbers in known fields become texts on purpose; a test of their own covers that.
const known = fc.oneof(fc.string(), fc.constant(null))
const entity = fc.dictionary(field, known).chain(record =>
  fc
    .dictionary(
      fc.string().map(key => `x-${key}`),
      fc.jsonValue(),
    )
    .map(extra => ({ ...record, ...extra })),
)
const misfit = fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.array(fc.integer()))
const section = fc.dictionary(fc.string(), fc.oneof({ weight: 4, arbitrary: entity }, misfit))
const contents = fc
  .record({ AccessToken: section, RefreshToken: section, IdToken: section, Account: section, AppMetadata: section })
  .chain(sections =>
    fc
      .dictionary(
        fc.string().map(key => `x-${key}`),
        fc.jsonValue(),
      )
      .map(extra => ({ ...sections, ...extra })),
  )
  // What JSON cannot tell apart, such as -0, is not the cache's to keep.
  .map(value => JSON.parse(JSON.stringify(value)))

describe('any cache', () => {
  it('is the same after it was read and written again, whatever is in it', () => {
    fc.assert(
      fc.property(contents, value => {
        const made = store()
        made.tokenCache.deserialize(JSON.stringify(value))
        assert.deepEqual(JSON.parse(made.tokenCache.serialize()), value)
      }),
    )
  })

  it('keeps every record of others when tokens are saved and removed', async () => {
    await fc.assert(
      fc.asyncProperty(contents, signIn, async (value, { home, scopes, realm, familyId }) => {
        const made = store()
        made.tokenCache.deserialize(JSON.stringify(value))
        await made.update(edit => edit.saveTokens(tokensOf(home, { scopes, realm, familyId })))
        await made.update(edit => edit.removeAccount({ homeAccountId: home, ...inPublicCloud }))
        const after = contentsOf(made)
        for (const name of SECTIONS.filter(name => name !== 'AppMetadata')) {
          assert.deepEqual(after[name], value[name])
        }
      }),
    )
  })

  it('finds what was saved last for each user, tenant and scope', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(signIn, { minLength: 1, maxLength: 12 }), async signIns => {
        const made = store()
        for (const [index, { home, scopes, realm, familyId }] of signIns.entries()) {
          const tokens = tokensOf(home, {
            scopes,
            realm,
            familyId,
            accessToken: `a${index}`,
            refreshToken: `r${index}`,
          })
          await made.update(edit => edit.saveTokens(tokens))
          made.read(view => {
            const query = { homeAccountId: home.toUpperCase(), ...inPublicCloud, realms: [realm], scopes }
            const resource = scopes.filter(scope => scope !== 'openid')
            const found = view.findTokens(query)?.token
            // A request for reserved scopes alone is served by any token.
            if (resource.length > 0) assert.equal(found?.accessToken, `a${index}`)
            else assert.ok(found)
            const refreshToken = familyId ? view.findFamilyRefreshToken(query) : view.findRefreshToken(query)
            assert.equal(refreshToken?.refreshToken, `r${index}`)
            assert.equal(view.account(query)?.homeAccountId, home)
          })
        }
      }),
    )
  })

  it('loses one user and no other when the user signs out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(signIn, { minLength: 1, maxLength: 12 }), home, async (signIns, leaving) => {
        const made = store()
        const expected = store()
        for (const { home, ...changes } of signIns) {
          await made.update(edit => edit.saveTokens(tokensOf(home, changes)))
          if (home !== leaving) await expected.update(edit => edit.saveTokens(tokensOf(home, changes)))
        }
        await made.update(edit => edit.removeAccount({ homeAccountId: leaving, ...inPublicCloud }))
        const { AppMetadata: _, ...left } = contentsOf(made)
        const { AppMetadata: __, ...others } = contentsOf(expected)
        assert.deepEqual(left, others)
      }),
    )
  })
})
