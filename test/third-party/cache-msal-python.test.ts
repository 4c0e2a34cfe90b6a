/** latchkey and Debian's real MSAL Python read each other's token caches. */
import { testCacheExchange, ZOE } from './support/cache-exchange.js'
import { msalPython } from './support/peers.js'
import { setStage } from './support/stage.js'

testCacheExchange(await setStage({ users: [ZOE] }), {
  peer: msalPython,
  discoversFirst: true,
  knowsHomeTenant: false,
})
