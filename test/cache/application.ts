/** Applications on a cache file, and somebody to sign in with a password: for tests of what becomes of the file. */
import { writeFile } from 'node:fs/promises'
import {
  type AuthenticationResult,
  type CachePersistence,
  type CachePlugin,
  createPersistentCache,
  PublicClientApplication,
} from 'latchkey'
import { emulate } from '../emulator/support.js'
import { type Scope, temporaryFolder } from '../support/machine.js'

const { tenant, user } = await emulate({ users: [{ username: 'carol@contoso.onmicrosoft.com', name: 'Carol' }] })

const scopes = ['User.Read']

/** An application of a process of its own, as far as the file can tell. */
export interface Subject {
  readonly app: PublicClientApplication
  readonly log: string[]
  /** Signs in alice, or another user of the tenant. */
  signIn(name?: string): Promise<AuthenticationResult>
  /** A token of alice, or another user, without asking anybody. */
  silent(name?: string): Promise<AuthenticationResult>
  /** The same, and never from the cache. */
  renew(name?: string): Promise<AuthenticationResult>
  names(): Promise<string[]>
}

/** An application of the emulator's tenant, closed with the test. */
export function application(t: Scope, cache: CachePersistence | CachePlugin): Subject {
  const { clientId, authority, caPem } = tenant
  const log: string[] = []
  const app = new PublicClientApplication({
    clientId,
    authority,
    knownAuthorities: [new URL(authority).host],
    http: { ca: caPem, proxy: false },
    logger: { log: (level, message) => void log.push(`${level}: ${message}`), logPii: true },
    cache,
  })
  t.after(() => app.close())
  const silently = (name: string, forceRefresh: boolean) =>
    app.acquireTokenSilent({ scopes, loginHint: user(name).username, forceRefresh })
  return {
    app,
    log,
    signIn: (name = 'alice') => app.acquireTokenByUsernamePassword({ scopes, ...user(name) }),
    silent: (name = 'alice') => silently(name, false),
    renew: (name = 'alice') => silently(name, true),
    names: async () => (await app.getAccounts()).map(({ username }) => username.split('@')[0] ?? '').sort(),
  }
}

/** What a program needs to do the same in a process of its own: test/cache/programs/sign-in.ts. */
export function subjectOf(file: string): string {
  const { clientId, authority, caPem } = tenant
  const users = ['alice', 'carol'].map(name => user(name))
  return JSON.stringify({ clientId, authority, caPem, file, users })
}

/** A path for a cache, and applications on it. */
export async function place(t: Scope) {
  const folder = await temporaryFolder(t)
  const file = `${folder}/cache.json`
  return {
    folder,
    file,
    /** As the MSALs write: in place. */
    put: (contents: string | Uint8Array) => writeFile(file, contents, { mode: 0o600 }),
    open: async () => application(t, await plainCache(file)),
  }
}

export function plainCache(file: string): Promise<CachePersistence> {
  return createPersistentCache({ name: 'cache', file, allowUnencryptedStorage: true })
}
