/** Seamless single sign-on: what the realm tells of it, its tokens, its faults with AADSTS numbers. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Answer, claimsOf, emulate } from './support.js'
import { redeem, rst, SOAP_TYPE } from './wstrust-support.js'

const emulation = await emulate()
const { tenant, user, get, postText } = emulation
beforeEach(() => {
  tenant.scenario(null)
  tenant.scenario({ federation: { seamlessSso: 'direct' } })
})

const alice = user('alice')
const base = `/${tenant.domain}/winauth/trust`
const TOKEN = `Negotiate ${Buffer.from([0x60, 0x00]).toString('base64')}`

function ask(options: { authorization?: string | undefined; to?: string; path?: string; password?: string } = {}) {
  const { path = `${base}/2005/windowstransport`, to = `${tenant.origin}${path}` } = options
  const authorization = 'authorization' in options ? options.authorization : TOKEN
  const { password } = options
  const withoutSecurity = password === undefined
  const body = rst({
    version: '2005',
    to,
    withoutSecurity,
    ...(withoutSecurity ? {} : { username: alice.username, password }),
  })
  return postText(path, body, SOAP_TYPE, authorization === undefined ? {} : { authorization })
}

/** What a fault says, in the element that clients read. */
function textIn({ status, text }: Answer): [number, string | undefined] {
  const [, namespace, said] = /<psf:error xmlns:psf="([^"]*)">.*<psf:text>(.*)<\/psf:text>/s.exec(text) ?? []
  assert.ok(said === undefined || namespace === 'http://schemas.microsoft.com/Passport/SoapServices/SOAPFault')
  return [status, said?.split(':')[0]]
}

const assertionIn = ({ text }: Answer) =>
  /<t:RequestedSecurityToken>(.*)<\/t:RequestedSecurityToken>/s.exec(text)?.[1] ?? ''

test('asks for Kerberos only, then hands out a token that Entra takes once', async () => {
  const asked = await ask({ authorization: undefined })
  assert.deepEqual([asked.status, asked.headers['www-authenticate']], [401, 'Negotiate'])
  const told = await ask()
  assert.equal(told.status, 200, told.text)
  const assertion = assertionIn(told)
  const shape =
    /^<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion"><DesktopSsoToken>[\w-]+<\/DesktopSsoToken><\/saml:Assertion>$/
  assert.match(assertion, shape)
  const redeemed = await redeem(emulation, assertion)
  assert.equal(claimsOf(redeemed.json.id_token).preferred_username, alice.username)
  assert.deepEqual((await redeem(emulation, assertion)).json.error_codes, [50013], 'not twice')
  const late = assertionIn(await ask())
  tenant.clock.advance(600)
  assert.deepEqual((await redeem(emulation, late)).json.error_codes, [500133])
  tenant.clock.advance(-600)
  const forged = assertion.replace(/Token>[^<]*/, 'Token>abc')
  assert.deepEqual((await redeem(emulation, forged)).json.error_codes, [50013])
})

test('says in AADSTS numbers why it hands out none', async () => {
  assert.deepEqual(textIn(await ask({ authorization: `Negotiate ${Buffer.from('x').toString('base64')}` })), [
    400,
    'AADSTS81004',
  ])
  tenant.scenario({ users: { [alice.username]: { seamlessSsoError: 81012 } } })
  assert.deepEqual(textIn(await ask()), [400, 'AADSTS81012'])
  tenant.scenario({ federation: { windowsUser: user('joe').username } })
  assert.deepEqual(textIn(await ask()), [400, 'AADSTS81004'], 'no managed user')
  assert.deepEqual(textIn(await ask({ to: `${tenant.origin}/elsewhere` })), [400, 'AADSTS90023'])
  tenant.scenario({ federation: { seamlessSso: 'off' } })
  assert.deepEqual(textIn(await ask()), [400, 'AADSTS81007'])
  assert.deepEqual(textIn(await ask({ path: '/fabrikam.com/winauth/trust/2005/windowstransport' })), [
    400,
    'AADSTS90002',
  ])
  assert.equal((await ask({ path: `${base}/2005/other` })).status, 404)
})

test('takes passwords of managed users too', async () => {
  const path = `${base}/2005/usernamemixed`
  const right = await ask({ path, password: alice.password, authorization: undefined })
  assert.equal((await redeem(emulation, assertionIn(right))).status, 200)
  assert.deepEqual(textIn(await ask({ path, password: 'no' })), [400, 'AADSTS50126'])
  assert.deepEqual(textIn(await ask({ path })), [400, 'AADSTS90014'])
  tenant.scenario({ users: { [alice.username]: { locked: true } } })
  assert.deepEqual(textIn(await ask({ path, password: alice.password })), [400, 'AADSTS50053'])
})

test('is named by the realm to those whom the scenario lets know, and has metadata', async () => {
  const realm = async (query: string, name = alice.username) =>
    (await get(`/common/userrealm/${name}?api-version=1.0${query}`)).json
  assert.equal((await realm('&iwa=v2')).account_type, 'Managed')
  tenant.scenario({ federation: { seamlessSso: 'asked' } })
  assert.equal((await realm('')).account_type, 'Managed')
  const answer = await realm('&iwa=v2')
  assert.deepEqual([answer.account_type, answer.federation_protocol], ['Federated', 'WSTrust'])
  const metadata = new URL(String(answer.federation_metadata_url))
  assert.equal(metadata.pathname, `${base}/mex`)
  assert.match(metadata.search, /^\?client-request-id=[0-9a-f-]{36}$/)
  const { text } = await get(metadata.pathname + metadata.search)
  const addresses = [...text.matchAll(/<wsa10:Address>([^<]*)</g)].map(([, address]) => address)
  assert.deepEqual(addresses, [
    `${tenant.origin}${base}/2005/windowstransport${metadata.search}`,
    `${tenant.origin}${base}/2005/usernamemixed${metadata.search}`,
  ])
  const joe = user('joe').username
  assert.match(String((await realm('&iwa=v2', joe)).federation_metadata_url), /\/adfs\/services/)
  tenant.scenario({ federation: { seamlessSso: 'always' } })
  assert.equal((await realm('')).account_type, 'Federated')
})
