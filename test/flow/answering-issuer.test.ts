/** Who answers a sign-in: an answer that names another server than was asked is not believed, and its code goes nowhere. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { CustomWebUi } from 'latchkey'
import { SCOPES, setStage } from './support.js'
import { idToken, startTokenService } from './token-service.js'

const stage = await setStage()
const { tenant } = stage
const service = await startTokenService('idp.example')
const CONFIGURATION = {
  issuer: `${service.origin}/One`,
  authorization_endpoint: `${service.origin}/One/auth`,
  token_endpoint: `${service.origin}/One/token`,
}

/** An Entra application whose answer comes with `iss` added. */
async function atEntra(t: TestContext, iss: string, authority = tenant.authority) {
  const { app } = stage.application(t, { authority, redirectUri: 'contoso.mail://auth' })
  const webUi: CustomWebUi = {
    async acquireAuthorizationCode({ pathname, search }) {
      const page = await (await stage.browser().open(pathname + search)).signIn(stage.user('alice'))
      const answer = new URL(String(page.answer.headers.location))
      answer.searchParams.set('iss', iss)
      return answer
    },
  }
  tenant.requests.length = 0
  return app.acquireTokenInteractive({ scopes: SCOPES, webUi })
}

test('Entra may name an issuer of the cloud and of the tenant that was asked', async t => {
  const { origin, tenantId } = tenant
  for (const iss of [`${origin}/${tenantId}/v2.0`, `https://${new URL(origin).host.toUpperCase()}/${tenantId}/`]) {
    const { account } = await atEntra(t, iss)
    assert.equal(account.username, stage.user('alice').username)
  }
  const other = '3f0e4e3b-9a0e-4f6c-8c1f-9a107d0a1c5e'
  for (const [iss, authority] of [
    [`https://login.evil.example/${tenantId}/v2.0`, tenant.authority],
    [`${origin}.evil.example/${tenantId}/v2.0`, tenant.authority],
    [`${origin}/${other}/v2.0`, `${origin}/${tenantId}`],
    ['not a URL', tenant.authority],
  ] as const) {
    await assert.rejects(atEntra(t, iss, authority), { name: 'ClientError', code: 'invalid_issuer' }, iss)
    assert.equal(stage.tokenRequests().length, 0)
  }
})

/** An application of another provider, which answers with a code, or an error, and these parameters. */
async function atProvider(t: TestContext, promises: boolean, answered: Record<string, string>) {
  service.answer({
    ...CONFIGURATION,
    authorization_response_iss_parameter_supported: promises,
    token_type: 'bearer',
    access_token: 'an-access-token',
    expires_in: 3600,
  })
  const app = service.application(t, '/One', { protocolMode: 'OIDC', knownAuthorities: [] })
  const webUi: CustomWebUi = {
    async acquireAuthorizationCode(url, redirectUri) {
      const [state, nonce] = ['state', 'nonce'].map(name => url.searchParams.get(name) ?? '')
      service.answer({
        token_type: 'bearer',
        access_token: 'an-access-token',
        expires_in: 3600,
        id_token: idToken({ iss: CONFIGURATION.issuer, sub: 'ann', nonce }),
      })
      redirectUri.search = new URLSearchParams({ state: `${state}`, ...answered }).toString()
      return redirectUri
    },
  }
  service.sent.length = 0
  return app.acquireTokenInteractive({ scopes: ['notes.read'], redirectUri: 'contoso.mail://auth', webUi })
}

test('another provider names exactly itself, and has to where its configuration promises it', async t => {
  const { issuer } = CONFIGURATION
  for (const [promises, answered] of [
    [true, { code: '1', iss: issuer }],
    [false, { code: '1', iss: issuer }],
    [false, { code: '1' }],
  ] as const) {
    assert.equal((await atProvider(t, promises, answered)).account.homeAccountId, 'ann')
  }
  for (const [promises, answered] of [
    [true, { code: '1' }],
    [true, { error: 'access_denied', error_subcode: 'cancel' }],
    [true, { code: '1', iss: `${issuer}/` }],
    [false, { code: '1', iss: `${service.origin}/Two` }],
    [false, { error: 'access_denied', iss: 'https://evil.example' }],
  ] as const) {
    const call = atProvider(t, promises, answered)
    await assert.rejects(call, { name: 'ClientError', code: 'invalid_issuer' }, JSON.stringify(answered))
    assert.deepEqual(
      service.sent.map(({ path }) => path),
      ['/One/.well-known/openid-configuration'],
    )
  }
})
