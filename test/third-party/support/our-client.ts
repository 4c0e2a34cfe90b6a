/** latchkey's own side of the cache exchange, through its public API only. */
import { readFileSync } from 'node:fs'
import { type AccountInfo, type AuthenticationResult, type CachePersistence, PublicClientApplication } from 'latchkey'
import { scriptedBrowser } from '#lib/cli/demo/scripted-browser.js'
import { atOrigin } from './browser-user.js'
import type { Place, Stage } from './stage.js'

/** An application whose authority is reached as other clients reach it: through the proxy, unless it is at the own origin. */
export function ourClient(
  place: Place,
  options: { clientId: string; authority: string; cache?: string | CachePersistence },
): PublicClientApplication {
  const { clientId, authority, cache } = options
  const known = authority.startsWith(`${place.origin}/`)
  const app = new PublicClientApplication({
    clientId,
    authority,
    ...(known && { knownAuthorities: [new URL(place.origin).host] }),
    ...(typeof cache === 'object' && { cache }),
    http: { proxy: known ? false : place.proxyUrl, ca: readFileSync(place.caFile) },
  })
  if (typeof cache === 'string') app.tokenCache.deserialize(cache)
  return app
}

/** Signs the user in with the scripted browser. */
export async function signInOurs(
  app: PublicClientApplication,
  stage: Stage,
  { user, scopes }: { user: string; scopes: string[] },
): Promise<AuthenticationResult> {
  const { username, password, otc } = stage.user(user)
  const browse = scriptedBrowser({ caPem: stage.tenant.caPem, answers: { username, password, otc }, timeoutMs: 20_000 })
  return app.acquireTokenInteractive({
    scopes,
    systemBrowser: { openBrowser: url => browse(atOrigin(url, stage.origin)) },
    timeoutSeconds: 30,
  })
}

/** The only account that the application finds of this user. */
export async function accountOf(app: PublicClientApplication, username: string): Promise<AccountInfo> {
  const accounts = await app.getAccounts({ username })
  const [account] = accounts
  if (account === undefined || accounts.length > 1) throw new Error(`latchkey finds ${accounts.length} accounts`)
  return account
}
