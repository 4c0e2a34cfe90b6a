/** latchkey and the real MSAL.NET read each other's token caches. */
import { before } from 'node:test'
import { testCacheExchange, ZOE } from './support/cache-exchange.js'
import { builtPeer } from './support/dotnet-build.js'
import { msalNet } from './support/peers.js'
import { setStage } from './support/stage.js'

before(builtPeer)

testCacheExchange(await setStage({ users: [ZOE] }), {
  peer: msalNet,
  discoversFirst: false,
  knowsHomeTenant: true,
})
