/** Whose token it is: the account and the result that a token answer becomes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CONSUMERS_TENANT, parseAuthority } from '#lib/authority/authority.js'
import { findKnownCloud, singleHostCloud } from '#lib/authority/known-clouds.js'
import { freshResult } from '#lib/flow/authentication-result.js'
import { signedInAccount } from '#lib/flow/signed-in-account.js'
import type { AccountInfo } from '#lib/request/result.js'
import { parseTokenResponse } from '#lib/token/token-response.js'

const NOW = Date.parse('2026-01-02T03:04:05Z')
const PUBLIC = 'https://login.microsoftonline.com'

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const CLAIMS = { sub: 'subject', oid: 'object', tid: 'tenant', preferred_username: 'joe@contoso.example', name: 'Joe' }
const KNOWN: AccountInfo = {
  homeAccountId: 'known.home',
  localAccountId: 'known-object',
  environment: 'x',
  tenantId: 'known-tenant',
  username: 'known@contoso.example',
  name: 'Known',
}

interface Answer {
  readonly claims?: object | undefined
  readonly clientInfo?: object | undefined
  readonly known?: AccountInfo
  readonly authority?: string
  readonly scope?: string
}

function answered({ claims, clientInfo, known, authority = `${PUBLIC}/common`, scope }: Answer) {
  const parsed = parseAuthority(authority)
  const wire = {
    token_type: 'Bearer',
    access_token: 'at',
    expires_in: 60,
    scope,
    id_token: claims && `h.${base64url(claims)}.s`,
    client_info: clientInfo && base64url(clientInfo),
  }
  return {
    target: { authority: parsed, cloud: findKnownCloud(parsed.host) ?? singleHostCloud(parsed.host) },
    tokens: parseTokenResponse(wire, NOW, 'request-id'),
    request: { scopes: ['asked'], correlationId: 'request-id' },
    account: known,
  }
}

function accountOf(answer: Answer): AccountInfo {
  const { target, tokens, account } = answered(answer)
  return signedInAccount(target, tokens, account, 'request-id')
}

describe('the account of an answer', () => {
  test('is named by client_info, and described by the ID token', () => {
    assert.deepEqual(accountOf({ claims: CLAIMS, clientInfo: { uid: 'u', utid: 'ut' } }), {
      homeAccountId: 'u.ut',
      localAccountId: 'object',
      environment: 'login.windows.net',
      tenantId: 'tenant',
      username: 'joe@contoso.example',
      name: 'Joe',
      idTokenClaims: CLAIMS,
    })
  })

  test('is the one that was renewed when the answer says no more', () => {
    const { idTokenClaims, ...account } = accountOf({ known: KNOWN, authority: `${PUBLIC}/contoso.com` })
    assert.equal(idTokenClaims, undefined)
    assert.deepEqual(account, { ...KNOWN, environment: 'login.windows.net', tenantId: 'contoso.com' })
  })

  test('is named by the subject where there is neither', () => {
    const { homeAccountId, localAccountId } = accountOf({ claims: { sub: 'subject' } })
    assert.deepEqual([homeAccountId, localAccountId], ['subject', 'subject'])
  })

  test('has to be named by something', () => {
    for (const claims of [undefined, { name: 'Joe' }, { sub: 5 }]) {
      assert.throws(() => accountOf({ claims }), { code: 'invalid_token_response', correlationId: 'request-id' })
    }
  })

  test('has the first user name that is one', () => {
    const username = (claims: object) => accountOf({ claims: { sub: 's', ...claims } }).username
    assert.equal(username({ upn: 'upn', email: 'email', name: 'name' }), 'upn')
    assert.equal(username({ preferred_username: '', upn: 5, email: 'email', name: 'name' }), 'email')
    assert.equal(username({ name: 'name' }), 'name')
    assert.equal(username({}), '')
  })

  test('belongs to the tenant of the token, else of the authority, else of its home', () => {
    const clientInfo = { uid: 'u', utid: 'home' }
    const tenant = (authority: string, claims: object = {}) =>
      accountOf({ claims: { sub: 's', ...claims }, clientInfo, authority: `${PUBLIC}/${authority}` }).tenantId
    assert.equal(tenant('contoso.com', { tid: 'tenant' }), 'tenant')
    assert.equal(tenant('contoso.com'), 'contoso.com')
    assert.equal(tenant('common'), 'home')
    assert.equal(tenant('consumers'), CONSUMERS_TENANT)
    assert.equal(tenant('common', { tid: 5 }), 'home')
    assert.equal(accountOf({ claims: { sub: 's' } }).tenantId, 'common')
  })
})

describe('the result of a token request', () => {
  const clientInfo = { uid: 'u', utid: 'ut' }

  test('has the token, ready to be sent, and says that it is fresh', () => {
    const { account, ...rest } = freshResult(answered({ claims: CLAIMS, clientInfo, scope: 'User.Read' }))
    assert.equal(account.homeAccountId, 'u.ut')
    assert.deepEqual(rest, {
      accessToken: 'at',
      tokenType: 'Bearer',
      expiresOn: new Date(NOW + 60_000),
      scopes: ['User.Read'],
      tenantId: 'tenant',
      uniqueId: 'object',
      correlationId: 'request-id',
      fromCache: false,
      authorizationHeader: 'Bearer at',
      idToken: `h.${base64url(CLAIMS)}.s`,
      idTokenClaims: CLAIMS,
    })
  })

  test('has the scopes that were asked for when the answer names none, as a list of its own', () => {
    const answer = answered({ claims: CLAIMS })
    const { scopes } = freshResult(answer)
    assert.deepEqual(scopes, ['asked'])
    scopes.push('more')
    assert.deepEqual(answer.request.scopes, ['asked'])
  })

  test('has no fields for what did not come', () => {
    const result = freshResult(answered({ clientInfo }))
    for (const name of ['idToken', 'idTokenClaims', 'extendedExpiresOn', 'refreshOn']) {
      assert.equal(name in result, false, name)
    }
  })

  test('can be copied and written as JSON, claims included', () => {
    const result = freshResult(answered({ claims: CLAIMS, clientInfo }))
    assert.deepEqual({ ...result }.idTokenClaims, CLAIMS)
    assert.deepEqual(JSON.parse(JSON.stringify(result)).idTokenClaims, CLAIMS)
  })
})
