/** The keys under which records are stored. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keyOf } from '#lib/cache/keys.js'
import { SECTIONS } from '#lib/cache/schema.js'
import { ALICE, CLIENT, contentsOf, fixture, store, TENANT, tokensOf } from './support.js'

describe('keys', () => {
  for (const file of ['msal.net-4.92-one-account.json', 'msal.net-4.92-two-accounts.json', 'msal.net-4.92-adfs.json']) {
    it(`are those that MSAL.NET gives the same records in ${file}`, () => {
      const cache = JSON.parse(fixture(file).toString())
      for (const section of SECTIONS) {
        for (const [key, entity] of Object.entries(cache[section])) {
          assert.equal(keyOf(section, entity as Record<string, unknown>), key.toLowerCase())
        }
      }
    })
  }

  it('of saved tokens are in lower case and have the six parts of MSAL.NET and MSAL Java', async () => {
    const made = store({ clientId: CLIENT.toUpperCase() })
    const home = ALICE.toUpperCase()
    await made.update(edit =>
      edit.saveTokens(tokensOf(home, { realm: TENANT.toUpperCase(), scopes: ['User.Read', 'openid'] })),
    )
    const contents = contentsOf(made)
    const keys = Object.values(contents).flatMap(records => Object.keys(records))
    assert.deepEqual(keys, [
      `${ALICE}-login.windows.net-accesstoken-${CLIENT}-${TENANT}-openid user.read`,
      `${ALICE}-login.windows.net-refreshtoken-${CLIENT}--`,
      `${ALICE}-login.windows.net-idtoken-${CLIENT}-${TENANT}-`,
      `${ALICE}-login.windows.net-${TENANT}`,
      `appmetadata-login.windows.net-${CLIENT}`,
    ])
  })

  it('of a family refresh token have the family in place of the client', async () => {
    const made = store()
    await made.update(edit => edit.saveTokens(tokensOf(ALICE, { familyId: '1' })))
    assert.deepEqual(Object.keys(contentsOf(made).RefreshToken ?? {}), [`${ALICE}-login.windows.net-refreshtoken-1--`])
  })
})
