/** @azure/msal-node with the PersistenceCachePlugin of its extensions as a subject of the benchmark. */
import { PublicClientApplication } from '@azure/msal-node'
import { serve } from '../serve.mjs'

// Its parts by their files: the package itself loads keytar, a binary for key stores that a plain file does not need.
const parts = new URL('../../../test/peers/node_modules/@azure/msal-node-extensions/dist/persistence/', import.meta.url)

let app
let answers
await serve({
  async load({ clientId, authority, cacheFile }) {
    const { FilePersistence } = await import(new URL('FilePersistence.mjs', parts).href)
    const { PersistenceCachePlugin } = await import(new URL('PersistenceCachePlugin.mjs', parts).href)
    app = new PublicClientApplication({
      auth: { clientId, authority },
      cache: { cachePlugin: new PersistenceCachePlugin(await FilePersistence.create(cacheFile)) },
      system: { networkClient: { sendGetRequestAsync: ofMetadata, sendPostRequestAsync: ofTokens } },
    })
  },
  silent: request => app.acquireTokenSilent(request),
  answerWith(given) {
    answers = given
  },
})

async function ofMetadata(url) {
  const body = url.includes('/discovery/instance') ? answers.instance : answers.openid
  return { status: 200, headers: {}, body }
}

async function ofTokens() {
  return { status: 200, headers: {}, body: answers.token }
}
