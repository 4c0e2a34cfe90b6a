/** Debian's real MSAL Python signs a federated user in by password, against the emulator's AD FS and unchanged. */
import { testFederatedPassword } from './support/federated.js'
import { msalPython } from './support/peers.js'
import { setStage } from './support/stage.js'

testFederatedPassword(await setStage(), {
  peer: msalPython,
  version: '13',
  wrongPassword: /ID3242: The security token could not be authenticated/,
  attempts: 1,
})
