/** Whole sign-ins: a tenant whose federation server checks tickets with a service's keytab, and applications of it. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { AuthError, type CachePersistence, type IntegratedWindowsAuthRequest, PublicClientApplication } from 'latchkey'
import type { Tenant } from 'latchkey/emulator'
import { emulate } from '../../emulator/support.js'
import { WHOLE_FILE } from '../../support/machine.js'
import type { Realm } from './client.js'
import { startJudge } from './judge.js'

export const scopes = ['User.Read']

/** A tenant for a whole file of tests. */
export interface SignInStage {
  tenant: Tenant
  /** One of the tenant's own users. */
  user(name: string): { username: string; password: string }
  /** A new application, and no request counted yet. */
  application(t: TestContext, cache?: CachePersistence): PublicClientApplication
  /** The error that a sign-in of a new application ends with. */
  errorOf(t: TestContext, request?: Partial<IntegratedWindowsAuthRequest>): Promise<AuthError>
}

/** Starts it with these federated users; `keytab` is that of HTTP/localhost. Tokens have to be bound to their connection. */
export async function setSignInStage(realm: Realm, keytab: string, usernames: string[]): Promise<SignInStage> {
  const negotiate = await startJudge(WHOLE_FILE, realm, keytab)
  const users = usernames.map(username => ({ username, kind: 'federated' as const }))
  const { tenant, user } = await emulate({
    negotiate,
    users,
    scenario: { federation: { extendedProtection: 'require' } },
  })
  const application = (t: TestContext, cache?: CachePersistence) => {
    const { clientId, authority, caPem: ca } = tenant
    const knownAuthorities = [new URL(authority).host]
    const http = { ca, proxy: false as const }
    const app = new PublicClientApplication({ clientId, authority, knownAuthorities, http, ...(cache && { cache }) })
    t.after(() => app.close())
    tenant.requests.length = 0
    return app
  }
  return {
    tenant,
    user,
    application,
    async errorOf(t, request = {}) {
      const call = application(t).acquireTokenByIntegratedWindowsAuth({ scopes, ...request })
      const error = await call.catch((failure: unknown) => failure)
      assert.ok(error instanceof AuthError, String(error))
      return error
    },
  }
}
