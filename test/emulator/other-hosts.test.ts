/** The tenant under other names: External ID, B2C and AD FS on hosts of their own behind the proxy, and dSTS on its origin. */
import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { ProxyAgent, request } from 'undici'
import { claimsOf, emulate, SCOPE } from './support.js'

const { tenant, user, get, post } = await emulate()
beforeEach(() => tenant.scenario(null))
const agent = new ProxyAgent({ uri: tenant.proxyUrl, requestTls: { ca: tenant.caPem } })
after(() => agent.destroy())

const { clientId, tenantId, domain } = tenant
const CIAM = 'https://contoso.ciamlogin.com'

/** Asks behind the proxy, by GET, or by POST with a form. */
async function ask(url: string, form?: Record<string, string>) {
  const { statusCode, body } = await request(url, {
    dispatcher: agent,
    ...(form && {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    }),
  })
  const text = await body.text()
  return { status: statusCode, text, json: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown> }
}

function passwordOf(name: string): Record<string, string> {
  const { username, password } = user(name)
  return { client_id: clientId, grant_type: 'password', username, password, scope: SCOPE, client_info: '1' }
}

test('External ID issues in the name of the tenant’s id, whichever name it is asked under', async () => {
  assert.equal(tenant.ciamAuthority, `${CIAM}/${domain}`)
  const issuer = `https://${tenantId}.ciamlogin.com/${tenantId}/v2.0`
  for (const authority of [
    tenant.ciamAuthority,
    `${CIAM}/${tenantId}`,
    `https://${tenantId}.ciamlogin.com/${tenantId}`,
  ]) {
    const { json, text } = await ask(`${authority}/v2.0/.well-known/openid-configuration`)
    assert.equal(json.issuer, issuer, text)
    assert.equal(json.token_endpoint, `${new URL(authority).origin}/${tenantId}/oauth2/v2.0/token`)
    const answer = await ask(`${authority}/oauth2/v2.0/token`, passwordOf('alice'))
    const { iss, oid, tid } = claimsOf(answer.json.id_token)
    assert.deepEqual({ iss, oid, tid }, { iss: issuer, oid: user('alice').id, tid: tenantId })
    assert.ok(answer.json.client_info)
  }
})

test('External ID has device codes, and neither user realms nor other tenants nor federated users', async () => {
  const { json } = await ask(`${tenant.ciamAuthority}/oauth2/v2.0/devicecode`, { client_id: clientId, scope: SCOPE })
  assert.equal(json.verification_uri, `${tenant.ciamAuthority}/oauth2/deviceauth`)
  assert.equal((await ask(String(json.verification_uri))).status, 200)
  const realm = await ask(`${CIAM}/common/userrealm/alice@${domain}?api-version=1.0`)
  assert.equal(realm.status, 404)
  const common = await ask(`${CIAM}/common/oauth2/v2.0/token`, passwordOf('alice'))
  assert.match(String(common.json.error_description), /^AADSTS90002: /)
  const federated = await ask(`${tenant.ciamAuthority}/oauth2/v2.0/token`, passwordOf('joe'))
  assert.match(String(federated.json.error_description), /^AADSTS50056: /)
})

test('a refresh token of External ID is not one of Entra', async () => {
  const { json } = await ask(`${tenant.ciamAuthority}/oauth2/v2.0/token`, passwordOf('alice'))
  const renew = { client_id: clientId, grant_type: 'refresh_token', refresh_token: String(json.refresh_token) }
  assert.equal((await ask(`${tenant.ciamAuthority}/oauth2/v2.0/token`, renew)).status, 200)
  const atEntra = await ask(`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`, renew)
  assert.match(String(atEntra.json.error_description), /^AADSTS70000: /)
})

test('B2C and AD FS answer on hosts of their own, and to no path of another service', async () => {
  const b2c = `https://contoso.b2clogin.com/${domain}/b2c_1_ropc`
  const scope = { scope: `${clientId} openid` }
  const atB2c = await ask(`${b2c}/oauth2/v2.0/token`, { ...passwordOf('alice'), ...scope })
  assert.equal(claimsOf(atB2c.json.id_token).iss, `https://contoso.b2clogin.com/${tenantId}/v2.0/`)
  const adfs = 'https://adfs.contoso.com/adfs'
  const atAdfs = await ask(`${adfs}/oauth2/token`, passwordOf('joe'))
  assert.equal(claimsOf(atAdfs.json.id_token).iss, adfs)
  const realm = new URLSearchParams({
    rel: 'http://schemas.microsoft.com/rel/trusted-realm',
    resource: 'https://adfs.contoso.com',
  })
  assert.equal((await ask(`https://adfs.contoso.com/.well-known/webfinger?${realm}`)).status, 200)
  for (const host of ['contoso.b2clogin.com', 'adfs.contoso.com']) {
    assert.equal((await ask(`https://${host}/${tenantId}/oauth2/v2.0/token`, passwordOf('alice'))).status, 404)
    assert.equal((await ask(`https://${host}/common/userrealm/a@b.c?api-version=1.0`)).status, 404)
  }
})

test('dSTS answers as Entra does, under its own path', async () => {
  const base = `/dstsv2/${tenantId}`
  const { json } = await post(`${base}/oauth2/v2.0/token`, passwordOf('alice'))
  assert.ok(json.client_info && json.access_token)
  assert.equal(claimsOf(json.id_token).tid, tenantId)
  const configuration = await get(`${base}/v2.0/.well-known/openid-configuration`)
  assert.equal(configuration.json.token_endpoint, `${tenant.origin}${base}/oauth2/v2.0/token`)
  const code = await post(`${base}/oauth2/v2.0/devicecode`, { client_id: clientId, scope: SCOPE })
  assert.ok(code.json.device_code)
})

test('instance discovery finds the emulator’s own host for any of its authorities, and its answer can be edited', async () => {
  const discover = (endpoint: string) =>
    get(`/common/discovery/instance?${new URLSearchParams({ 'api-version': '1.1', authorization_endpoint: endpoint })}`)
  const dsts = `${tenant.origin}/dstsv2/${tenantId}`
  const { json } = await discover(`${dsts}/oauth2/v2.0/authorize`)
  assert.equal(json.tenant_discovery_endpoint, `${dsts}/v2.0/.well-known/openid-configuration`)
  const aliases = [new URL(tenant.origin).host, 'alias.example']
  const metadata = [{ preferred_network: aliases[0], preferred_cache: 'alias.example', aliases }]
  tenant.scenario({ instanceAnswer: { set: { metadata } } })
  assert.deepEqual((await discover(`${dsts}/oauth2/v2.0/authorize`)).json.metadata, metadata)
})
