/** This library as a subject of the benchmark. */
import { PublicClientApplication } from 'latchkey'
import { serve } from './serve.mjs'

let app
await serve({
  load({ clientId, authority, cache }) {
    app = new PublicClientApplication({ clientId, authority })
    app.tokenCache.deserialize(cache)
  },
  silent: request => app.acquireTokenSilent(request),
  list: () => app.getAccounts(),
})
