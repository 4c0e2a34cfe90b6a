/** Debian's MSAL Python signs in with a device code against the emulator, and stops when its application says so. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { msalPython, runPeer } from './support/peers.js'
import { signInOnStage } from './support/sign-in.js'
import { setStage } from './support/stage.js'

const stage = await setStage({ scenario: { pollIntervalSeconds: 1 } })
const { tenant } = stage

for (const authority of [tenant.authority, 'https://login.microsoftonline.com/organizations']) {
  test(`MSAL Python at ${new URL(authority).hostname} signs in a user with a second factor, finds the token and refreshes it`, () =>
    signInOnStage(msalPython, stage, 'mia', { authority, scopes: ['User.Read'], do: 'deviceCode' }))
}

test('MSAL Python with exit_condition returns what the service said last', async () => {
  const asked = stage.watch()
  const { results } = await runPeer(msalPython, stage, {
    clientId: tenant.clientId,
    authority: tenant.authority,
    steps: [{ do: 'deviceCode', scopes: ['User.Read'], giveUp: true }],
  })
  assert.equal(results[0]?.error, 'authorization_pending')
  assert.match(results[0]?.message ?? '', /AADSTS70016/)
  assert.equal(asked().filter(request => request.endsWith('device_code')).length, 1)
})
