/** This library with its cache on disk as a subject of the benchmark. */
import { basename, dirname } from 'node:path'
import { createPersistentCache, PublicClientApplication } from 'latchkey'
import { serve } from '../serve.mjs'

let app
let token
/** What takes undici's place, once there is something to answer. */
let service
await serve({
  async load({ clientId, authority, cacheFile, isEncrypted }) {
    const options = isEncrypted
      ? { directory: dirname(cacheFile), name: basename(cacheFile) }
      : { file: cacheFile, allowUnencryptedStorage: true }
    const cache = await createPersistentCache(options)
    const dispatcher = { dispatch: (options, handler) => service.dispatch(options, handler) }
    app = new PublicClientApplication({ clientId, authority, cache, http: { dispatcher } })
  },
  silent: request => app.acquireTokenSilent(request),
  async answerWith(answers) {
    token = answers.token
    service ??= await fakeService(new URL(answers.openid.token_endpoint))
  },
})

async function fakeService({ origin, pathname }) {
  const { MockAgent } = await import('undici')
  const agent = new MockAgent()
  agent.disableNetConnect()
  const reply = () => ({
    statusCode: 200,
    data: token,
    responseOptions: { headers: { 'content-type': 'application/json' } },
  })
  agent.get(origin).intercept({ path: pathname, method: 'POST' }).reply(reply).persist()
  return agent
}
