/** The real MSAL.NET signs in with a device code against the emulator. */
import { before, test } from 'node:test'
import { builtPeer } from './support/dotnet-build.js'
import { msalNet } from './support/peers.js'
import { signInOnStage } from './support/sign-in.js'
import { setStage } from './support/stage.js'

const stage = await setStage({ scenario: { pollIntervalSeconds: 1 } })
const { tenant } = stage

before(builtPeer)

for (const authority of [`${tenant.origin}/${tenant.tenantId}`, 'https://login.microsoftonline.com/organizations']) {
  test(`MSAL.NET at ${new URL(authority).hostname} signs in a user with a second factor, finds the token and refreshes it`, () =>
    signInOnStage(msalNet, stage, 'mia', { authority, scopes: ['User.Read'], do: 'deviceCode' }))
}
