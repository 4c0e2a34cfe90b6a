/**
 * A process that signs in where it can save, then where it cannot: `<subject> <how>`, how being `plain`, `nobody` or
 * `out-of-files`. Prints what came of the second sign-in, of a silent call after it, and of a sign-in when all is well again.
 */
import { closeSync, openSync } from 'node:fs'
import { AuthError, createPersistentCache, PublicClientApplication } from 'latchkey'

const NOBODY = 65534
const [subject = '', how = ''] = process.argv.slice(2)
const { clientId, authority, caPem, file, users } = JSON.parse(subject)
const scopes = ['User.Read']
const configuration = {
  clientId,
  authority,
  knownAuthorities: [new URL(authority).host],
  http: { ca: caPem, proxy: false as const },
}
// The limit of a file's size sends a signal too, which would end the process.
process.on('SIGXFSZ', () => {})

// Once in memory, so that all that is loaded later is loaded: another user may not read it.
const rehearsal = new PublicClientApplication(configuration)
const { account } = await rehearsal.acquireTokenByUsernamePassword({ scopes, ...users[0] })
await rehearsal.acquireTokenSilent({ scopes, account, forceRefresh: true })
await rehearsal.close()
const cache = await createPersistentCache({ name: 'cache', file, allowUnencryptedStorage: true })
await cache.load().catch(() => {})

if (how === 'nobody') {
  process.setgroups?.([])
  process.setgid?.(NOBODY)
  process.setuid?.(NOBODY)
}

const app = new PublicClientApplication({ ...configuration, cache })
const taken: number[] = []
if (how === 'out-of-files') {
  // On the connection that is open now, the next sign-in needs no file for the network.
  await app.acquireTokenByUsernamePassword({ scopes, ...users[0] })
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'))
  } catch {}
}

async function outcome(work: () => Promise<unknown>) {
  try {
    await work()
    return { done: true }
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    const { cause } = error
    return { code: error.code, message: error.message, hint: error.hint, errno: (cause as NodeJS.ErrnoException)?.code }
  }
}

const [, carol] = users
const signIn = () => app.acquireTokenByUsernamePassword({ scopes, ...carol })
const signedIn = await outcome(signIn)
const silent = await outcome(() => app.acquireTokenSilent({ scopes, loginHint: carol.username }))
for (const descriptor of taken) closeSync(descriptor)
const later = await outcome(signIn)
console.log(JSON.stringify({ signedIn, silent, later }))
await app.close()
