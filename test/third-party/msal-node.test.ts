/** The real @azure/msal-node signs users in against the emulator: through its own loopback, by password and by code. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { msalNode, runPeer } from './support/peers.js'
import { signInFindAndRefresh } from './support/sign-in.js'
import { setStage } from './support/stage.js'

const stage = await setStage()
const { tenant } = stage
const OWN = tenant.authority
const CLOUD = `https://login.microsoftonline.com/${tenant.tenantId}`
const ORGANIZATIONS = 'https://login.microsoftonline.com/organizations'

const signIns = [
  { where: 'its own origin', authority: OWN },
  { where: 'login.microsoftonline.com/<tenant>', authority: CLOUD },
  { where: 'login.microsoftonline.com/organizations', authority: ORGANIZATIONS },
]
for (const { where, authority } of signIns) {
  describe(`msal-node, the emulator as ${where}`, () => {
    test('signs in through its own loopback with a second factor, finds the token and refreshes it', () =>
      signInFindAndRefresh(msalNode, stage, { authority, user: 'mia', scopes: ['User.Read'], do: 'interactive' }))

    test('signs in by password, finds the token and refreshes it', () =>
      signInFindAndRefresh(msalNode, stage, { authority, user: 'alice', scopes: ['Mail.Read'], do: 'password' }))

    test('redeems a code that its application fetched, finds the token and refreshes it', () =>
      signInFindAndRefresh(msalNode, stage, { authority, user: 'cara', scopes: ['User.Read'], do: 'code' }))
  })
}

test('msal-node reports a wrong password and a demanded second factor as its own errors', async () => {
  const [alice, mia] = [stage.user('alice'), stage.user('mia')]
  const scopes = ['User.Read']
  const { results } = await runPeer(msalNode, stage, {
    clientId: tenant.clientId,
    authority: CLOUD,
    steps: [
      { do: 'password', scopes, username: alice.username, password: 'wrong' },
      { do: 'password', scopes, username: mia.username, password: mia.password },
    ],
  })
  assert.deepEqual(
    results.map(({ error }) => error),
    ['invalid_grant', 'invalid_grant'],
  )
  assert.match(results[0]?.message ?? '', /AADSTS50126/)
  assert.match(results[1]?.message ?? '', /AADSTS50076/)
})
