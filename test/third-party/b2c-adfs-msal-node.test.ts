/** The real @azure/msal-node signs in at the emulator's B2C and AD FS. */
import { testOtherServices } from './support/other-services.js'
import { msalNode } from './support/peers.js'
import { setStage } from './support/stage.js'

const stage = await setStage({ scenario: { pollIntervalSeconds: 1 } })

testOtherServices(msalNode, stage, stage.origin)
