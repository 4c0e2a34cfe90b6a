/** The real @azure/msal-node signs users in against the emulator: through its own loopback, by password and by code. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startEmulatorCommand } from './support/emulator-command.js'
import { msalNode, runPeer, tokenIn } from './support/peers.js'
import { signInFindAndRefresh, signInOnStage } from './support/sign-in.js'
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
      signInOnStage(msalNode, stage, 'mia', { authority, scopes: ['User.Read'], do: 'interactive' }))

    test('signs in by password, finds the token and refreshes it', () =>
      signInOnStage(msalNode, stage, 'alice', { authority, scopes: ['Mail.Read'], do: 'password' }))

    test('redeems a code that its application fetched, finds the token and refreshes it', () =>
      signInOnStage(msalNode, stage, 'cara', { authority, scopes: ['User.Read'], do: 'code' }))
  })
}

test('msal-node wants a form post to its own loopback, and an application is answered as it asks', async () => {
  const user = stage.user('alice')
  const { clientId } = tenant
  for (const [way, responseMode] of [
    ['interactive', 'form_post'],
    ['code', 'query'],
  ] as const) {
    const before = tenant.requests.length
    const outcome = await runPeer(msalNode, stage, {
      clientId,
      authority: CLOUD,
      user,
      steps: [{ do: way, scopes: ['User.Read'] }],
    })
    tokenIn(outcome, 0)
    const authorize = tenant.requests.slice(before).find(({ path }) => path.endsWith('/authorize'))
    assert.equal(authorize?.query.response_mode, responseMode)
  }
})

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

test('msal-node signs in against latchkey emulator, started from the command line', async () => {
  await using emulator = await startEmulatorCommand()
  const scopes = ['User.Read']
  const authority = 'https://login.microsoftonline.com/organizations'
  for (const way of ['interactive', 'password'] as const) {
    await signInFindAndRefresh(msalNode, emulator, emulator.user('alice'), { authority, scopes, do: way })
  }
})
