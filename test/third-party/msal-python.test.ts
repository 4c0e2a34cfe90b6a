/** Debian's real MSAL Python signs users in against the emulator: through its own loopback and by password. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startEmulatorCommand } from './support/emulator-command.js'
import { msalPython, runPeer } from './support/peers.js'
import { signInFindAndRefresh, signInOnStage } from './support/sign-in.js'
import { setStage } from './support/stage.js'

const stage = await setStage()
const { tenant } = stage
const CLOUD = `https://login.microsoftonline.com/${tenant.tenantId}`

// It asks the user realm without the port of the authority, so that a password works behind the proxy only.
test('MSAL Python, the emulator as its own origin, signs in through its own loopback, finds the token and refreshes it', () =>
  signInOnStage(msalPython, stage, 'mia', { authority: tenant.authority, scopes: ['User.Read'], do: 'interactive' }))

for (const name of [tenant.tenantId, tenant.domain, 'organizations']) {
  describe(`MSAL Python, the emulator as login.microsoftonline.com/${name}`, () => {
    const authority = `https://login.microsoftonline.com/${name}`

    test('signs in through its own loopback with a second factor, finds the token and refreshes it', () =>
      signInOnStage(msalPython, stage, 'mia', { authority, scopes: ['User.Read'], do: 'interactive' }))

    test('signs in by password, finds the token and refreshes it', () =>
      signInOnStage(msalPython, stage, 'alice', { authority, scopes: ['Mail.Read'], do: 'password' }))
  })
}

test('MSAL Python asks for the realm of a user whose password it is given', async () => {
  const { username, password } = stage.user('alice')
  const asked = stage.watch()
  await runPeer(msalPython, stage, {
    clientId: tenant.clientId,
    authority: CLOUD,
    steps: [{ do: 'password', scopes: ['User.Read'], username, password }],
  })
  assert.deepEqual(asked(), [
    `GET /${tenant.tenantId}/v2.0/.well-known/openid-configuration`,
    `GET /common/userrealm/${username}`,
    'token password',
  ])
})

test('MSAL Python reports a wrong password and a demanded second factor as its own errors', async () => {
  const [alice, mia] = [stage.user('alice'), stage.user('mia')]
  const scopes = ['User.Read']
  const { results } = await runPeer(msalPython, stage, {
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
  assert.match(results[1]?.message ?? '', /AADSTS50076.*basic_action/s)
})

test('MSAL Python signs in against latchkey emulator, started from the command line', async () => {
  await using emulator = await startEmulatorCommand()
  const scopes = ['User.Read']
  const authority = 'https://login.microsoftonline.com/organizations'
  for (const way of ['interactive', 'password'] as const) {
    await signInFindAndRefresh(msalPython, emulator, emulator.user('alice'), { authority, scopes, do: way })
  }
})
