/** Fifty silent calls at once whose token has expired: how many token requests the tenant sees. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { PublicClientApplication } from 'latchkey'
import { startTenant } from 'latchkey/emulator'
import { scriptedBrowser } from '../../dist/cli/demo/scripted-browser.js'
import { startPeer } from '../peer.mjs'

const CALLS = 50
const SCOPES = ['User.Read']

/** Resolves with `{ [subject]: requests }`. All of them take the tenant for login.microsoftonline.com. */
export async function measureTogether({ subjects, folder, tell }) {
  const tenant = await startTenant()
  try {
    tell(`${CALLS} silent calls at once with an expired token`)
    const authority = `https://login.microsoftonline.com/${tenant.tenantId}`
    const { cache, accounts } = await expiredCache(tenant, authority)
    const cacheFile = path.join(folder, 'expired.json')
    const accountsFile = path.join(folder, 'expired-accounts.json')
    const caFile = path.join(folder, 'ca.pem')
    writeFileSync(cacheFile, cache, { mode: 0o600 })
    writeFileSync(accountsFile, JSON.stringify(accounts))
    writeFileSync(caFile, tenant.caPem)
    const env = {
      HTTPS_PROXY: tenant.proxyUrl,
      NO_PROXY: 'localhost',
      NODE_EXTRA_CA_CERTS: caFile,
      SSL_CERT_FILE: caFile,
    }
    const counts = {}
    for (const name of subjects) {
      const peer = startPeer(name, env)
      try {
        const clientId = tenant.clientId
        await peer.ask({ do: 'load', clientId, authority, scopes: SCOPES, cacheFile, accountsFile })
        const before = tokenRequests(tenant)
        await peer.ask({ do: 'together', calls: CALLS })
        counts[name] = tokenRequests(tenant) - before
      } finally {
        peer.end()
      }
    }
    return counts
  } finally {
    await tenant.close()
  }
}

const tokenRequests = tenant => tenant.requests.filter(({ path: asked }) => asked.endsWith('/token')).length

/** Signs in as a person would, then lets the access token expire. */
async function expiredCache(tenant, authority) {
  const app = new PublicClientApplication({
    clientId: tenant.clientId,
    authority,
    http: { ca: tenant.caPem, proxy: tenant.proxyUrl },
  })
  const browse = scriptedBrowser({ caPem: tenant.caPem, answers: tenant.users[0] })
  // The page is the tenant's own origin: this browser knows no proxy.
  const openBrowser = url => browse(new URL(url.pathname + url.search, tenant.origin))
  await app.acquireTokenInteractive({ scopes: SCOPES, systemBrowser: { openBrowser } })
  const cache = JSON.parse(app.tokenCache.serialize())
  const past = String(Math.floor(Date.now() / 1000) - 3_600)
  for (const token of Object.values(cache.AccessToken)) {
    Object.assign(token, { expires_on: past, extended_expires_on: past, ext_expires_on: past })
  }
  const accounts = await app.getAccounts()
  await app.close()
  return { cache: JSON.stringify(cache), accounts }
}
