/** Debian's real MSAL Python signs in at the emulator's B2C and AD FS. */
import { testOtherServices } from './support/other-services.js'
import { msalPython } from './support/peers.js'
import { setStage } from './support/stage.js'

const stage = await setStage({ scenario: { pollIntervalSeconds: 1 } })

// It asks for the user's realm without the port of the authority, so that a password works behind the proxy only.
testOtherServices(msalPython, stage, 'https://contoso.b2clogin.com')
