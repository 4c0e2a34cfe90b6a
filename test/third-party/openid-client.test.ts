/** The real openid-client, a certified relying party, signs users in against the emulator and checks all that it is given. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as client from 'openid-client'
import { startEmulatorCommand } from './support/emulator-command.js'
import { discoverTenant, signIn } from './support/relying-party.js'
import { setStage } from './support/stage.js'

const stage = await setStage()
const { tenant } = stage
const OWN = tenant.origin
const CLOUD = 'https://login.microsoftonline.com'

for (const origin of [OWN, CLOUD]) {
  describe(`openid-client, the emulator as ${origin === OWN ? 'its own origin' : origin}`, () => {
    test('discovers the tenant by its GUID', async () => {
      await using party = await discoverTenant(stage, { origin, tenant: tenant.tenantId, clientId: tenant.clientId })
      const server = party.configuration.serverMetadata()
      assert.equal(server.issuer, `${origin}/${tenant.tenantId}/v2.0`)
      assert.equal(server.token_endpoint, `${origin}/${tenant.tenantId}/oauth2/v2.0/token`)
    })

    test('signs in by code with a verifier, validates the ID token against the key set and refreshes', async () => {
      await using party = await discoverTenant(stage, { origin, tenant: tenant.tenantId, clientId: tenant.clientId })
      const user = stage.user('mia')
      const asked = stage.watch()
      const tokens = await signIn(party.configuration, stage, user)
      const claims = tokens.claims()
      assert.equal(claims?.iss, `${origin}/${tenant.tenantId}/v2.0`)
      assert.equal(claims?.aud, tenant.clientId)
      assert.equal(claims?.preferred_username, user.username)
      assert.equal(claims?.oid, user.id)
      assert.ok(asked().includes(`GET /${tenant.tenantId}/discovery/v2.0/keys`))
      assert.equal(tokens.token_type, 'bearer')
      const refreshed = await client.refreshTokenGrant(party.configuration, tokens.refresh_token ?? '')
      assert.notEqual(refreshed.access_token, tokens.access_token)
      assert.equal(refreshed.claims()?.sub, claims?.sub)
    })
  })
}

test('openid-client refuses the tenant by its domain and organizations, whose issuers differ, as it refuses Entra', async () => {
  for (const name of [tenant.domain, 'organizations']) {
    const discovering = discoverTenant(stage, { origin: OWN, tenant: name, clientId: tenant.clientId })
    await assert.rejects(discovering, { code: 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' }, name)
  }
})

const MISMATCH = 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'
const forgeries = [
  { what: 'another issuer', patch: { idTokenClaims: { set: { iss: 'https://login.example/v2.0' } } }, code: MISMATCH },
  { what: 'another audience', patch: { idTokenClaims: { set: { aud: 'another-app' } } }, code: MISMATCH },
  { what: 'another nonce', patch: { idTokenClaims: { set: { nonce: 'another' } } }, code: MISMATCH },
  {
    what: 'an end in the past',
    patch: { idTokenClaims: { set: { exp: 1_000_000_000 } } },
    code: 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  },
  {
    what: 'a signature by no known key',
    patch: { keysAnswer: { set: { keys: [] } } },
    code: 'OAUTH_KEY_SELECTION_FAILED',
  },
]
for (const { what, patch, code } of forgeries) {
  test(`openid-client refuses an ID token with ${what}`, async t => {
    t.after(() => tenant.scenario(null))
    await using party = await discoverTenant(stage, { origin: OWN, tenant: tenant.tenantId, clientId: tenant.clientId })
    tenant.scenario(patch)
    await assert.rejects(signIn(party.configuration, stage, stage.user('alice')), { code })
  })
}

test('openid-client signs in against latchkey emulator, started from the command line', async () => {
  await using emulator = await startEmulatorCommand()
  const { origin, clientId } = emulator
  // A tenant of the same domain has the same ID.
  await using party = await discoverTenant(emulator, { origin, tenant: tenant.tenantId, clientId })
  const user = emulator.user('mia')
  const tokens = await signIn(party.configuration, emulator, user)
  assert.equal(tokens.claims()?.preferred_username, user.username)
  const refreshed = await client.refreshTokenGrant(party.configuration, tokens.refresh_token ?? '')
  assert.notEqual(refreshed.access_token, tokens.access_token)
})
