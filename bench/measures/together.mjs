/** Fifty calls at once for one token that has expired: how many requests reach the service, here the emulator as login.microsoftonline.com. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PublicClientApplication } from 'latchkey'
import { startTenant } from 'latchkey/emulator'
import { scriptedBrowser } from '../../dist/cli/demo/scripted-browser.js'
import { startSubject } from '../subject.mjs'

export const CALLS = 50

/** @returns {name: token requests}. Each library starts from the same cache. */
export async function measureTogether(libraries, folder, { onProgress }) {
  const tenant = await startTenant()
  try {
    const caFile = join(folder, 'ca.pem')
    writeFileSync(caFile, tenant.caPem)
    const cache = await expiredCache(tenant, folder)
    const env = {
      HTTPS_PROXY: tenant.proxyUrl,
      NO_PROXY: 'localhost,127.0.0.1',
      NODE_EXTRA_CA_CERTS: caFile,
      SSL_CERT_FILE: caFile,
      REQUESTS_CA_BUNDLE: caFile,
    }
    const requests = {}
    for (const library of libraries) {
      onProgress(`${library.name}: ${CALLS} calls for one expired token`)
      const subject = await startSubject(library, { cache, env })
      try {
        const before = tenant.requests.length
        await subject.ask({ do: 'together', calls: CALLS })
        const made = tenant.requests.slice(before).filter(({ form }) => form.grant_type === 'refresh_token')
        if (made.length === 0) throw new Error(`${library.name} answered without a token request`)
        requests[library.name] = made.length
      } finally {
        await subject.stop()
      }
    }
    return requests
  } finally {
    await tenant.close()
  }
}

/** Signs a user in and lets the access token expire by editing the cache. */
async function expiredCache(tenant, folder) {
  const authority = `https://login.microsoftonline.com/${tenant.tenantId}`
  const scopes = ['User.Read']
  const { clientId, caPem, proxyUrl } = tenant
  const app = new PublicClientApplication({ clientId, authority, http: { ca: caPem, proxy: proxyUrl } })
  const browse = scriptedBrowser({ caPem, answers: tenant.users[0] })
  // The scripted browser knows no proxy, and the tenant has the same pages at its own origin.
  const openBrowser = ({ pathname, search }) => browse(new URL(pathname + search, tenant.origin))
  await app.acquireTokenInteractive({ scopes, systemBrowser: { openBrowser } })
  const cache = JSON.parse(app.tokenCache.serialize())
  for (const token of Object.values(cache.AccessToken)) {
    token.expires_on = token.extended_expires_on = token.ext_expires_on = `${Math.floor(Date.now() / 1000) - 60}`
  }
  const cacheFile = join(folder, 'expired.json')
  const accountsFile = join(folder, 'expired-accounts.json')
  writeFileSync(cacheFile, JSON.stringify(cache))
  writeFileSync(accountsFile, JSON.stringify(await app.getAccounts()))
  await app.close()
  return { clientId, authority, scopes, cacheFile, accountsFile }
}
