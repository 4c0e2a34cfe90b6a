/** The real oidc-provider as a foreign server, at our default options: interactive, device code, refresh, silence. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { PublicClientApplication } from 'latchkey'
import { type ForeignProvider, startForeignProvider } from './support/foreign-provider.js'
import { submitForms } from './support/form-browser.js'

const SCOPES = ['notes.read']

async function start(t: TestContext, path = ''): Promise<{ provider: ForeignProvider; app: PublicClientApplication }> {
  const provider = await startForeignProvider(path)
  t.after(() => provider.close())
  return { provider, app: applicationOf(t, provider) }
}

function applicationOf(t: TestContext, { clientId, issuer, caPem }: ForeignProvider): PublicClientApplication {
  const http = { ca: caPem, proxy: false as const }
  const app = new PublicClientApplication({ clientId, authority: issuer, protocolMode: 'OIDC', http })
  t.after(() => app.close())
  return app
}

function visitOf({ caPem }: ForeignProvider, login: string): (url: URL) => Promise<void> {
  return async url => void (await submitForms(url, () => ({ login, password: 'any' }), caPem))
}

/** Every access token has expired. */
function expire(app: PublicClientApplication): void {
  const cache = JSON.parse(app.tokenCache.serialize()) as { AccessToken: Record<string, Record<string, string>> }
  for (const token of Object.values(cache.AccessToken)) token.expires_on = token.extended_expires_on = '1000000000'
  app.tokenCache.deserialize(JSON.stringify(cache))
}

test('interactive, then silent, then refreshed; the provider is sent nothing that only Entra knows', async t => {
  const { provider, app } = await start(t)
  const openBrowser = visitOf(provider, 'ann')
  const result = await app.acquireTokenInteractive({ scopes: SCOPES, systemBrowser: { openBrowser } })
  assert.deepEqual([result.account.homeAccountId, result.account.username], ['ann', 'ann@idp.example'])
  assert.deepEqual([result.account.tenantId, result.account.name], ['', 'The ann'])
  const [parameters] = provider.authorizeParameters
  const known =
    'client_id response_type redirect_uri response_mode scope state nonce code_challenge code_challenge_method'
  assert.deepEqual([...(parameters?.keys() ?? [])].sort(), known.split(' ').sort())

  const sofar = provider.requests.length
  const silent = await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })
  assert.deepEqual([silent.accessToken, provider.requests.length], [result.accessToken, sofar])
  expire(app)
  const [account] = await app.getAccounts()
  const renewed = await app.acquireTokenSilent({ scopes: SCOPES, account })
  assert.notEqual(renewed.accessToken, result.accessToken)
  assert.deepEqual(provider.requests.slice(sofar), ['POST /token'])

  await app.removeAccount(result.account)
  assert.deepEqual(await app.getAccounts(), [])
})

test('device code, at the endpoint that it publishes', async t => {
  const { provider, app } = await start(t)
  const result = await app.acquireTokenByDeviceCode({
    scopes: SCOPES,
    async deviceCodeCallback({ verificationUriComplete, userCode }) {
      assert.ok(verificationUriComplete)
      const answers = { login: 'ben', password: 'any', user_code: userCode }
      const last = await submitForms(new URL(verificationUriComplete), () => answers, provider.caPem)
      assert.match(last, /Success/i)
    },
  })
  assert.equal(result.account.homeAccountId, 'ben')
  const sofar = provider.requests.length
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })).fromCache, true)
  assert.equal(provider.requests.length, sofar)
})

test('an issuer with a path is another provider than its neighbour, also in a cache that they share', async t => {
  const { provider, app } = await start(t, '/Realms/One')
  const result = await app.acquireTokenInteractive({
    scopes: SCOPES,
    systemBrowser: { openBrowser: visitOf(provider, 'cleo') },
  })
  assert.equal(result.account.homeAccountId, 'cleo')
  assert.ok(
    provider.requests.every(line => line.split(' ')[1]?.startsWith('/Realms/One/')),
    provider.requests.join('\n'),
  )
  const neighbour = applicationOf(t, { ...provider, issuer: provider.issuer.replace('One', 'Two') })
  neighbour.tokenCache.deserialize(app.tokenCache.serialize())
  assert.deepEqual(await neighbour.getAccounts(), [])
  assert.equal((await app.getAccounts()).length, 1)
})

test('an authority that is not the issuer is refused, before the user is asked anything', async t => {
  const { provider } = await start(t)
  const app = applicationOf(t, { ...provider, issuer: provider.issuer.replace('localhost', '127.0.0.1') })
  const openBrowser = () => assert.fail('the browser was opened')
  await assert.rejects(app.acquireTokenInteractive({ scopes: SCOPES, systemBrowser: { openBrowser } }), {
    code: 'invalid_issuer',
  })
  const nowhere = applicationOf(t, { ...provider, issuer: `${provider.issuer}/nowhere` })
  await assert.rejects(nowhere.startDeviceCode({ scopes: SCOPES }), { code: 'tenant_discovery_failed' })
})
