/**
 * One process of a fleet. The first line it gets are its options; it prints `ready`. For each line after that, the numbers
 * of the accounts to be silent for, it prints what came of it.
 */
import { createInterface } from 'node:readline'
import { type AccountInfo, PublicClientApplication } from 'latchkey'
import { redisCache } from 'latchkey/redis'
import { createClient } from 'redis'

/** What the test tells it. */
export interface MemberOptions {
  clientId: string
  authority: string
  ca: string
  socket: string
  key: string
  accounts: AccountInfo[]
  refreshLockSeconds: number
  /** Calls under way at the same time. */
  concurrency: number
}

/** What came of a line. */
export interface Outcome {
  tokens: Record<number, string>
  calls: number
  hits: number
  errors: string[]
  ms: number
}

const lines = createInterface(process.stdin)[Symbol.asyncIterator]()
const options = JSON.parse((await lines.next()).value ?? '') as MemberOptions
const client = createClient({ socket: { path: options.socket, tls: false } })
client.on('error', () => {})
await client.connect()
const app = new PublicClientApplication({
  clientId: options.clientId,
  authority: options.authority,
  knownAuthorities: [new URL(options.authority).host],
  http: { ca: options.ca, proxy: false },
  cache: redisCache({
    client,
    encryptionKey: Buffer.from(options.key, 'base64'),
    refreshLockSeconds: options.refreshLockSeconds,
  }),
})
console.log('ready')
for (let line = await lines.next(); !line.done; line = await lines.next()) {
  const wanted = JSON.parse(line.value) as number[]
  const outcome: Outcome = { tokens: {}, calls: 0, hits: 0, errors: [], ms: 0 }
  const started = performance.now()
  const work = async () => {
    for (let index = wanted.pop(); index !== undefined; index = wanted.pop()) {
      outcome.calls++
      try {
        const account = options.accounts[index]
        const { accessToken, fromCache } = await app.acquireTokenSilent({ scopes: ['User.Read'], account })
        outcome.tokens[index] = accessToken
        if (fromCache) outcome.hits++
      } catch (error) {
        outcome.errors.push(String(error))
      }
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, work))
  outcome.ms = Math.round(performance.now() - started)
  console.log(JSON.stringify(outcome))
}
process.exit()
