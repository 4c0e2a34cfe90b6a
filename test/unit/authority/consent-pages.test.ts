/** The links that a person is sent to for consent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAuthority } from '#lib/authority/authority.js'
import { consentPages } from '#lib/authority/consent-pages.js'
import { computeEndpoints } from '#lib/authority/endpoints.js'

function pagesOf(url: string) {
  const authority = parseAuthority(url)
  const endpoints = computeEndpoints(authority, authority.host)
  return consentPages({ authority, endpoints, clientId: 'client-1', scope: 'user.read openid' })
}

test('the user’s page is the authorize page of the tenant, with neither a redirect URI nor a state', () => {
  const { user } = pagesOf('https://login.microsoftonline.com/contoso.com') ?? assert.fail()
  assert.equal(user.origin + user.pathname, 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize')
  assert.deepEqual(Object.fromEntries(user.searchParams), {
    client_id: 'client-1',
    response_type: 'code',
    scope: 'user.read openid',
  })
})

test('the administrator’s page is that of the tenant, or of organizations where the authority names none', () => {
  const adminOf = (url: string) => pagesOf(url)?.admin?.href
  const host = 'https://login.microsoftonline.us'
  assert.equal(adminOf(`${host}/contoso.com`), `${host}/contoso.com/adminconsent?client_id=client-1`)
  for (const open of ['common', 'organizations']) {
    assert.equal(adminOf(`${host}/${open}`), `${host}/organizations/adminconsent?client_id=client-1`)
  }
})

test('personal accounts have a page for the user, and no administrator', () => {
  for (const tenant of ['consumers', '9188040d-6c67-4c5b-b112-36a304b66dad']) {
    const { user, admin } = pagesOf(`https://login.microsoftonline.com/${tenant}`) ?? assert.fail()
    assert.deepEqual([user.pathname, admin], [`/${tenant}/oauth2/v2.0/authorize`, undefined])
  }
})

test('both are on the host that requests go to', () => {
  const authority = parseAuthority('https://login.windows.net/contoso.com')
  const endpoints = computeEndpoints(authority, 'login.example:8443')
  const pages = consentPages({ authority, endpoints, clientId: 'client-1', scope: 'user.read' }) ?? assert.fail()
  assert.deepEqual([pages.user.host, pages.admin?.host], ['login.example:8443', 'login.example:8443'])
})

for (const url of [
  'https://contoso.b2clogin.com/tfp/contoso.onmicrosoft.com/b2c_1_ropc',
  'https://fs.contoso.com/adfs',
  'https://contoso.ciamlogin.com',
  'https://dsts.example/dstsv2/common',
]) {
  test(`${url} has no such page`, () => assert.equal(pagesOf(url), undefined))
}
