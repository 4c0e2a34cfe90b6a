/** The real MSAL.NET signs users in against the emulator: through its own loopback, a custom web UI and by password. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { builtPeer } from './support/dotnet-build.js'
import { msalNet, runPeer } from './support/peers.js'
import { signInFindAndRefresh } from './support/sign-in.js'
import { setStage } from './support/stage.js'

const stage = await setStage()
const { tenant } = stage
const CLOUD = `https://login.microsoftonline.com/${tenant.tenantId}`

before(builtPeer)

const signIns = [
  { where: 'its own origin', authority: `${tenant.origin}/${tenant.tenantId}` },
  { where: 'login.microsoftonline.com/<tenant>', authority: CLOUD },
  { where: 'login.microsoftonline.com/organizations', authority: 'https://login.microsoftonline.com/organizations' },
]
for (const { where, authority } of signIns) {
  describe(`MSAL.NET, the emulator as ${where}`, () => {
    test('signs in through its own loopback with a second factor, finds the token and refreshes it', () =>
      signInFindAndRefresh(msalNet, stage, { authority, user: 'mia', scopes: ['User.Read'], do: 'interactive' }))

    test('signs in through a custom web UI, finds the token and refreshes it', () =>
      signInFindAndRefresh(msalNet, stage, { authority, user: 'cara', scopes: ['Mail.Read'], do: 'webUi' }))

    test('signs in by password, finds the token and refreshes it', () =>
      signInFindAndRefresh(msalNet, stage, { authority, user: 'alice', scopes: ['User.Read'], do: 'password' }))
  })
}

test('MSAL.NET reports a wrong password and a demanded second factor as its own errors', async () => {
  const [alice, mia] = [stage.user('alice'), stage.user('mia')]
  const scopes = ['User.Read']
  const { results } = await runPeer(msalNet, stage, {
    clientId: tenant.clientId,
    authority: CLOUD,
    steps: [
      { do: 'password', scopes, username: alice.username, password: 'wrong' },
      { do: 'password', scopes, username: mia.username, password: mia.password },
    ],
  })
  assert.match(results[0]?.message ?? '', /AADSTS50126/)
  // Only a complete answer, with error, suberror and claims, makes it this class.
  assert.match(results[1]?.message ?? '', /MsalClaimsChallengeException.*AADSTS50076/s)
})
