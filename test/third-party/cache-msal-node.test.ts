/** latchkey and the real @azure/msal-node read each other's token caches. */
import { testCacheExchange, ZOE } from './support/cache-exchange.js'
import { msalNode } from './support/peers.js'
import { setStage } from './support/stage.js'

testCacheExchange(await setStage({ users: [ZOE] }), {
  peer: msalNode,
  discoversFirst: false,
  knowsHomeTenant: true,
})
