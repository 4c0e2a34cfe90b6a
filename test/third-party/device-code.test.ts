/** @azure/msal-node and openid-client sign in with a device code against the emulator. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as client from 'openid-client'
import { submitForms } from './support/form-browser.js'
import { msalNode, runPeer, tokenIn } from './support/peers.js'
import { discoverTenant } from './support/relying-party.js'
import { signInOnStage } from './support/sign-in.js'
import { setStage } from './support/stage.js'

const stage = await setStage({ scenario: { pollIntervalSeconds: 1 } })
const { tenant } = stage

for (const authority of [tenant.authority, 'https://login.microsoftonline.com/organizations']) {
  test(`msal-node at ${new URL(authority).hostname} signs in a user with a second factor, finds the token and refreshes it`, () =>
    signInOnStage(msalNode, stage, 'mia', { authority, scopes: ['User.Read'], do: 'deviceCode' }))
}

test('msal-node asks no more often than it is told', async () => {
  const asked = stage.watch()
  const outcome = await runPeer(msalNode, stage, {
    clientId: tenant.clientId,
    authority: tenant.authority,
    user: stage.user('alice'),
    deviceDelayMs: 4_000,
    steps: [{ do: 'deviceCode', scopes: ['User.Read'] }],
  })
  tokenIn(outcome, 0)
  const polls = asked().filter(request => request.endsWith('device_code')).length
  assert.ok(polls >= 3 && polls <= 9, `${polls} questions in the four seconds and the sign-in after them`)
})

test('openid-client follows RFC 8628 with the emulator, slow_down included', async () => {
  tenant.scenario({ slowDown: true })
  await using party = await discoverTenant(stage, {
    origin: tenant.origin,
    tenant: tenant.tenantId,
    clientId: tenant.clientId,
  })
  const { username, password } = stage.user('cara')
  const started = await client.initiateDeviceAuthorization(party.configuration, { scope: 'openid profile User.Read' })
  const polling = client.pollDeviceAuthorizationGrant(party.configuration, started)
  const answers = { otc: started.user_code, loginfmt: username, passwd: password }
  await submitForms(new URL(started.verification_uri), () => answers, readFileSync(stage.caFile, 'utf8'))
  const tokens = await polling
  assert.equal(tokens.claims()?.preferred_username, username)
  tenant.scenario(null)
})
