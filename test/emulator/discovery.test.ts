/** What a client can find out before anybody signs in. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { emulate } from './support.js'

const emulation = await emulate()
const { tenant, user, get, password } = emulation
beforeEach(() => tenant.scenario(null))

const instance = (host: string, version = '1.1') =>
  get(
    `/common/discovery/instance?api-version=${version}&authorization_endpoint=https://${host}/common/oauth2/v2.0/authorize`,
  )

test('knows Microsoft’s sign-in hosts and its own, and no others', async () => {
  const known = await instance('login.windows.net')
  assert.equal(known.status, 200)
  const metadata = known.json.metadata as { preferred_network: string; preferred_cache: string; aliases: string[] }[]
  const cloud = metadata.find(item => item.aliases.includes('login.windows.net'))
  assert.deepEqual(
    [cloud?.preferred_network, cloud?.preferred_cache],
    ['login.microsoftonline.com', 'login.windows.net'],
  )
  const own = new URL(tenant.origin).host
  assert.ok(metadata.some(item => item.aliases.includes(own)))
  assert.equal(
    (await instance(own)).json.tenant_discovery_endpoint,
    `${tenant.origin}/common/v2.0/.well-known/openid-configuration`,
  )

  const unknown = await instance('login.evil.example')
  assert.equal(unknown.status, 400)
  assert.deepEqual([unknown.json.error, unknown.json.error_codes], ['invalid_instance', [50049]])
})

test('answers instance discovery 1.0 without metadata, and nonsense with an error', async () => {
  assert.deepEqual(Object.keys((await instance('sts.windows.net', '1.0')).json), [
    'tenant_discovery_endpoint',
    'api-version',
  ])
  const malformed = await get('/common/discovery/instance?authorization_endpoint=nonsense')
  assert.deepEqual(malformed.json.error_codes, [50050])
  assert.deepEqual((await get('/common/discovery/instance')).json.error_codes, [900144])
})

test('answers a domain with the tenant’s id, and an alias with a placeholder for it', async () => {
  const issuers: Record<string, string> = {
    [tenant.domain.toUpperCase()]: tenant.tenantId,
    [tenant.tenantId]: tenant.tenantId,
    common: '{tenantid}',
    organizations: '{tenantid}',
    consumers: '9188040d-6c67-4c5b-b112-36a304b66dad',
  }
  for (const [segment, id] of Object.entries(issuers)) {
    const { json } = await get(`/${segment}/v2.0/.well-known/openid-configuration`)
    assert.equal(json.issuer, `${tenant.origin}/${id}/v2.0`)
    const expected = segment.includes('.') ? tenant.tenantId : segment
    assert.equal(json.token_endpoint, `${tenant.origin}/${expected}/oauth2/v2.0/token`)
    assert.equal('code_challenge_methods_supported' in json, false)
  }
  const old = await get(`/${tenant.domain}/.well-known/openid-configuration`)
  assert.equal(old.json.issuer, `https://sts.windows.net/${tenant.tenantId}/`)
  const unknown = await get('/fabrikam.com/v2.0/.well-known/openid-configuration')
  assert.equal(unknown.status, 400)
  assert.deepEqual(unknown.json.error_codes, [90002])
})

test('publishes the key that its tokens verify with', async () => {
  const { json } = await get('/common/discovery/v2.0/keys')
  const keys = createLocalJWKSet(json as unknown as JSONWebKeySet)
  const issuer = `${tenant.origin}/${tenant.tenantId}/v2.0`
  const { id_token, access_token } = (await password('alice')).json
  const { protectedHeader } = await jwtVerify(String(id_token), keys, { issuer, audience: tenant.clientId })
  assert.equal(protectedHeader.alg, 'RS256')
  await jwtVerify(String(access_token), keys, { issuer })
})

test('tells managed, federated and unknown users apart, whatever the spelling of the path', async () => {
  const realm = async (name: string, path = 'userrealm') => (await get(`/common/${path}/${name}?api-version=1.0`)).json
  assert.deepEqual(await realm(user('alice').username), {
    ver: '1.0',
    account_type: 'Managed',
    domain_name: tenant.domain,
    cloud_instance_name: 'microsoftonline.com',
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  })
  assert.equal((await realm(encodeURIComponent('nobody@contoso.onmicrosoft.com'), 'UserRealm')).account_type, 'Managed')
  assert.equal((await realm('contoso.onmicrosoft.com')).account_type, 'Managed')
  assert.equal((await realm('100%@contoso.onmicrosoft.com')).account_type, 'Managed')
  const federated = await realm(user('joe').username)
  assert.equal(federated.account_type, 'Federated')
  assert.equal(federated.federation_metadata_url, `${tenant.origin}/adfs/services/trust/mex`)
  const unknown = await realm(user('uma').username)
  assert.deepEqual([unknown.account_type, unknown.domain_name], ['Unknown', undefined])
  assert.equal((await get('/common/userrealm/x')).status, 400)
})

test('answers other paths and verbs with an error', async () => {
  assert.equal((await get('/nothing/here/at/all')).status, 404)
  const verb = await emulation.post('/common/discovery/v2.0/keys', {})
  assert.equal(verb.status, 405)
  assert.equal(verb.headers.allow, 'GET')
})
