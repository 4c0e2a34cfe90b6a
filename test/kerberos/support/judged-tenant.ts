/** A tenant that lets Windows users in whose tickets a real acceptor has checked, and applications for it. */
import type { TestContext } from 'node:test'
import { type CachePersistence, PublicClientApplication } from 'latchkey'
import type { Tenant } from 'latchkey/emulator'
import { emulate } from '../../emulator/support.js'
import { WHOLE_FILE } from '../../support/machine.js'
import { startJudge } from './judge.js'
import type { Kdc } from './kdc.js'

/** The tenant. Channel bindings are demanded. */
export interface JudgedTenant {
  tenant: Tenant
  user(name: string): { username: string; password: string }
  application(t: TestContext, cache?: CachePersistence): PublicClientApplication
}

/** Starts it with these users, each `<name>@contoso.test`. */
export async function startJudgedTenant(kdc: Kdc, names: readonly string[]): Promise<JudgedTenant> {
  const negotiate = await startJudge(WHOLE_FILE, kdc, await kdc.keytab('http', 'HTTP/localhost'))
  const users = names.map(name => ({ username: `${name}@contoso.test`, kind: 'federated' as const }))
  const scenario = { federation: { extendedProtection: 'require' as const } }
  const { tenant, user } = await emulate({ negotiate, users, scenario })
  return {
    tenant,
    user,
    application(t, cache) {
      const { clientId, authority, caPem: ca } = tenant
      const knownAuthorities = [new URL(authority).host]
      const http = { ca, proxy: false as const }
      const app = new PublicClientApplication({ clientId, authority, knownAuthorities, http, ...(cache && { cache }) })
      t.after(() => app.close())
      return app
    },
  }
}
