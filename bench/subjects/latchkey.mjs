/** This library as a subject of the benchmark. */
import { readFileSync } from 'node:fs'
import { PublicClientApplication } from 'latchkey'
import { serve } from './serve.mjs'

let app
await serve({
  load({ clientId, authority, cacheFile }) {
    app = new PublicClientApplication({ clientId, authority })
    app.tokenCache.deserialize(readFileSync(cacheFile, 'utf8'))
  },
  silent: request => app.acquireTokenSilent(request),
  list: () => app.getAccounts(),
})
