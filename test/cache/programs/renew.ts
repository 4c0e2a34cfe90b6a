/** A process that is silent for the user of a cache, once for each line it gets: `<options as JSON>`. Prints what came of it. */
import { createInterface } from 'node:readline'
import { createDualFileCache, createPersistentCache, PublicClientApplication, type SilentRequest } from 'latchkey'

/** What the test tells it. */
export interface RenewOptions {
  clientId: string
  authority: string
  ca: string
  file: string
  /** Two files, as for ADAL too. */
  isDual: boolean
  request: Pick<SilentRequest, 'scopes' | 'forceRefresh'>
}

const { clientId, authority, ca, file, isDual, request } = JSON.parse(process.argv[2] ?? '') as RenewOptions
const cache = isDual
  ? await createDualFileCache({ msalFile: file, adalV3File: `${file}.adal`, encrypt: false })
  : await createPersistentCache({ name: 'renew', file, allowUnencryptedStorage: true })
const app = new PublicClientApplication({
  clientId,
  authority,
  knownAuthorities: [new URL(authority).host],
  http: { ca, proxy: false },
  cache,
})
const [account] = await app.getAccounts()
console.log('ready')
for await (const _line of createInterface(process.stdin)) {
  const started = performance.now()
  const outcome = await app.acquireTokenSilent({ ...request, account }).then(
    ({ accessToken, fromCache }) => ({ accessToken, fromCache }),
    (error: { code?: string; message: string }) => ({ code: error.code ?? error.message }),
  )
  console.log(JSON.stringify({ ...outcome, ms: Math.round(performance.now() - started) }))
}
