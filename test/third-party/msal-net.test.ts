/** The real MSAL.NET signs users in against the emulator: through its own loopback, a custom web UI and by password. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { builtPeer } from './support/dotnet-build.js'
import { startEmulatorCommand } from './support/emulator-command.js'
import { msalNet, runPeer, tokenIn } from './support/peers.js'
import { signInFindAndRefresh, signInOnStage } from './support/sign-in.js'
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
      signInOnStage(msalNet, stage, 'mia', { authority, scopes: ['User.Read'], do: 'interactive' }))

    test('signs in through a custom web UI, finds the token and refreshes it', () =>
      signInOnStage(msalNet, stage, 'cara', { authority, scopes: ['Mail.Read'], do: 'webUi' }))

    test('signs in by password, finds the token and refreshes it', () =>
      signInOnStage(msalNet, stage, 'alice', { authority, scopes: ['User.Read'], do: 'password' }))
  })
}

test('MSAL.NET wants a form post to its own loopback, and a custom web UI is answered as the service likes', async () => {
  const user = stage.user('alice')
  const { clientId } = tenant
  for (const [way, responseMode] of [
    ['interactive', 'form_post'],
    ['webUi', undefined],
  ] as const) {
    const before = tenant.requests.length
    const outcome = await runPeer(msalNet, stage, {
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

test('MSAL.NET signs in against latchkey emulator, started from the command line', async () => {
  await using emulator = await startEmulatorCommand()
  const scopes = ['User.Read']
  const authority = 'https://login.microsoftonline.com/organizations'
  for (const way of ['interactive', 'password'] as const) {
    await signInFindAndRefresh(msalNet, emulator, emulator.user('alice'), { authority, scopes, do: way })
  }
})
