/** The real MSAL.NET signs a federated user in by password, against the emulator's AD FS and unchanged. */
import { before } from 'node:test'
import { builtPeer } from './support/dotnet-build.js'
import { testFederatedPassword } from './support/federated.js'
import { msalNet } from './support/peers.js'
import { setStage } from './support/stage.js'

before(builtPeer)

testFederatedPassword(await setStage(), {
  peer: msalNet,
  // It sees no endpoint of WS-Trust 1.3 that takes passwords.
  version: '2005',
  wrongPassword: /parsing_wstrust_response_failed.*ID3242: The security token could not be authenticated/s,
  // It asks a server that answered 500 once more.
  attempts: 2,
})
