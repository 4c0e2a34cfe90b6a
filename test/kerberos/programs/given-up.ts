/** Begins as many sign-ins as its job names services, gives them up when it is told to, and has nothing more to do. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { PublicClientApplication } from 'latchkey'

interface Job {
  clientId: string
  authority: string
  ca: string
  scopes: string[]
  names: string[]
  how: 'abort' | 'close'
}

const { clientId, authority, ca, scopes, names, how } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job
const app = new PublicClientApplication({
  clientId,
  authority,
  knownAuthorities: [new URL(authority).host],
  http: { ca, proxy: false },
})
const abort = new AbortController()
const { signal } = abort
const calls = names.map(servicePrincipalName =>
  app.acquireTokenByIntegratedWindowsAuth({ scopes, servicePrincipalName, signal }),
)
const outcomes = Promise.allSettled(calls)
await once(process.stdin, 'data')
process.stdin.destroy()
if (how === 'abort') abort.abort()
else await app.close()
const failed = (await outcomes).filter(({ status }) => status === 'rejected')
console.log(`${failed.length} given up`)
await app.close()
