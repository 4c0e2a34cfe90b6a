/** @azure/msal-node as a subject of the benchmark. */
import { readFileSync } from 'node:fs'
import { PublicClientApplication } from '@azure/msal-node'
import { serve } from './serve.mjs'

// It uses the global fetch, which on Node 20 does not look at HTTPS_PROXY by itself.
if (process.env.HTTPS_PROXY !== undefined) {
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import('undici')
  setGlobalDispatcher(new EnvHttpProxyAgent())
}

let app
await serve({
  load({ clientId, authority, cacheFile }) {
    app = new PublicClientApplication({ auth: { clientId, authority } })
    app.getTokenCache().deserialize(readFileSync(cacheFile, 'utf8'))
  },
  silent: request => app.acquireTokenSilent(request),
  list: () => app.getAllAccounts(),
})
