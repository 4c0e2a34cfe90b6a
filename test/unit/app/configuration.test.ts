/** The configuration as plain JavaScript may pass it: what is wrong is said by the constructor, with a code. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ClientError, type Configuration, PublicClientApplication } from 'latchkey'

const CLIENT_ID = '11111111-2222-3333-4444-555555555555'

/** What nobody can write in TypeScript. */
function construct(configuration: unknown): PublicClientApplication {
  return new PublicClientApplication(configuration as Configuration)
}

describe('the constructor refuses', () => {
  const refused: Array<[string, string, unknown]> = [
    ['no configuration', 'invalid_configuration', undefined],
    ['null for a configuration', 'invalid_configuration', null],
    ['no client id', 'no_client_id', {}],
    ['a client id that is a number', 'no_client_id', { clientId: 5 }],
    ['an http authority', 'invalid_authority', { authority: 'http://login.microsoftonline.com/common' }],
    ['a host list that is text', 'invalid_configuration', { knownAuthorities: 'login.contoso.com' }],
    ['capabilities that are null', 'invalid_configuration', { clientCapabilities: null }],
    ['a switch that is text', 'invalid_configuration', { instanceDiscovery: 'no' }],
    ['a cache that is null', 'invalid_configuration', { cache: null }],
    ['a cache without a lock', 'invalid_configuration', { cache: { load() {}, save() {} } }],
    ['a logger that is null', 'invalid_configuration', { logger: null }],
    ['a logger without log', 'invalid_configuration', { logger: console.log }],
    ['a level that does not exist', 'invalid_configuration', { logger: { log() {}, level: 'debug' } }],
    ['network options that are null', 'invalid_configuration', { http: null }],
    ['a proxy that is a number', 'invalid_configuration', { http: { proxy: 8080 } }],
    ['a proxy that is true', 'invalid_configuration', { http: { proxy: true } }],
    ['a proxy that is nothing', 'invalid_configuration', { http: { proxy: null } }],
    ['a proxy that is a URL object', 'invalid_configuration', { http: { proxy: new URL('http://a') } }],
    ['a proxy whose URL is a number', 'invalid_configuration', { http: { proxy: { url: 8080 } } }],
    ['a proxy with a misspelt switch', 'invalid_configuration', { http: { proxy: { integratedAuth: true } } }],
    [
      'a proxy with a switch that is a text',
      'invalid_configuration',
      { http: { proxy: { integratedAuthentication: 'no' } } },
    ],
    ['a proxy with an NTLM switch that is a text', 'invalid_configuration', { http: { proxy: { allowNtlm: 'no' } } }],
    [
      'a proxy with a service of no form',
      'invalid_configuration',
      { http: { proxy: { servicePrincipalName: 'proxy' } } },
    ],
    [
      'a proxy with a service with a zero',
      'invalid_configuration',
      { http: { proxy: { servicePrincipalName: 'HTTP/a\0b' } } },
    ],
    ['a dispatcher without dispatch', 'invalid_configuration', { http: { dispatcher: {} } }],
    ['a dispatcher that is null', 'invalid_configuration', { http: { dispatcher: null } }],
    ['a certificate that is null', 'invalid_configuration', { http: { ca: null } }],
    ['a list with no certificate in it', 'invalid_configuration', { http: { ca: [null] } }],
    ['the path of a certificate', 'invalid_configuration', { http: { ca: '/etc/ssl/corporate.pem' } }],
    ['a time limit that is text', 'invalid_configuration', { http: { timeoutSeconds: 'soon' } }],
  ]
  for (const [what, code, rest] of refused) {
    test(what, () => {
      const given =
        typeof rest === 'object' && rest !== null && code !== 'no_client_id' ? { clientId: CLIENT_ID, ...rest } : rest
      assert.throws(
        () => construct(given),
        error => {
          assert.ok(error instanceof ClientError, String(error))
          assert.equal(error.code, code)
          assert.notEqual(error.hint, '')
          return true
        },
      )
    })
  }
})

test('a configuration in the shape of msal-node is told what is different here', () => {
  assert.throws(() => construct({ auth: { clientId: CLIENT_ID } }), {
    code: 'no_client_id',
    hint: /out of auth.*msal-node/,
  })
})

test('what may be left out may also be undefined', async () => {
  const none = undefined
  const app = construct({
    clientId: CLIENT_ID,
    authority: none,
    cache: none,
    logger: none,
    http: none,
    redirectUri: none,
  })
  assert.deepEqual(await app.getAccounts(), [])
  await app.close()
})

test('a filter that is not an object is refused, rather than listing everybody', async () => {
  const app = construct({ clientId: CLIENT_ID })
  for (const filter of ['alice@contoso.com', null, 5, ['alice@contoso.com']]) {
    await assert.rejects(app.getAccounts(filter as never), { name: 'ClientError', code: 'invalid_request' })
  }
  await app.close()
})

test('an account whose tenant cannot be one is refused before anything is sent', async () => {
  const app = construct({ clientId: CLIENT_ID })
  for (const utid of ['\ud800', 'a/b', 'a b', '?x']) {
    const account = { homeAccountId: `u.${utid}`, localAccountId: 'u', environment: '', tenantId: '', username: '' }
    const request = { scopes: ['User.Read'], account }
    await assert.rejects(app.acquireTokenSilent(request), { name: 'ClientError', code: 'invalid_authority' }, utid)
  }
  await app.close()
})
