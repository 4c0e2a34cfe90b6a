/** The authorize URL, parameter by parameter, and what its answer turns into. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ClientError, InteractionRequiredError, ServiceError } from '#lib/errors.js'
import {
  type AuthorizationParameters,
  buildAuthorizationRequest,
  type ExpectedAnswer,
  parseAuthorizationAnswer,
} from '#lib/flow/authorization-request.js'
import { LIBRARY_SKU, LIBRARY_VERSION } from '#lib/request/library.js'
import type { AccountInfo } from '#lib/request/result.js'
import { codeChallengeOf } from '#lib/token/pkce.js'

const ACCOUNT: AccountInfo = {
  homeAccountId: 'object-id.home-tenant',
  localAccountId: 'object-id',
  environment: 'login.windows.net',
  tenantId: 'home-tenant',
  username: 'joe@contoso.example',
}

const PARAMETERS: AuthorizationParameters = {
  endpoint: new URL('https://login.example/contoso/oauth2/v2.0/authorize'),
  clientId: 'client-1',
  isMicrosofts: true,
  scopes: ['User.Read'],
  extraScopesToConsent: ['Mail.Read'],
  redirectUri: 'http://localhost:1234/',
  responseMode: 'form_post',
  prompt: 'select_account',
  account: undefined,
  loginHint: undefined,
  domainHint: undefined,
  claims: undefined,
  correlationId: 'request-id',
  extraQueryParameters: {},
}

const build = (rest: Partial<AuthorizationParameters> = {}) => buildAuthorizationRequest({ ...PARAMETERS, ...rest })
const query = (rest?: Partial<AuthorizationParameters>) => Object.fromEntries(build(rest).url.searchParams)

describe('the authorize URL', () => {
  test('has what every sign-in needs, and nothing that was not asked for', () => {
    const { url, state, nonce, codeVerifier, redirectUri } = build()
    assert.equal(url.origin + url.pathname, 'https://login.example/contoso/oauth2/v2.0/authorize')
    assert.equal(redirectUri, 'http://localhost:1234/')
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      client_id: 'client-1',
      response_type: 'code',
      redirect_uri: 'http://localhost:1234/',
      response_mode: 'form_post',
      scope: 'User.Read Mail.Read openid profile offline_access',
      state,
      nonce,
      code_challenge: codeChallengeOf(codeVerifier),
      code_challenge_method: 'S256',
      client_info: '1',
      prompt: 'select_account',
      'client-request-id': 'request-id',
      'x-client-SKU': LIBRARY_SKU,
      'x-client-Ver': LIBRARY_VERSION,
    })
  })

  test('keeps the verifier to itself', () => {
    const { url, codeVerifier } = build()
    assert.equal(url.href.includes(codeVerifier), false)
  })

  test('names the user of the account by name and by home', () => {
    const { login_hint, login_req, domain_req, 'x-anchormailbox': mailbox } = query({ account: ACCOUNT })
    assert.deepEqual(
      [login_hint, login_req, domain_req, mailbox],
      ['joe@contoso.example', 'object-id', 'home-tenant', 'upn:joe@contoso.example'],
    )
  })

  test('prefers the login hint to the name of the account', () => {
    const { login_hint, 'x-anchormailbox': mailbox } = query({ account: ACCOUNT, loginHint: 'ann@contoso.example' })
    assert.deepEqual([login_hint, mailbox], ['ann@contoso.example', 'upn:ann@contoso.example'])
  })

  test('says no more of an account than is known of it', () => {
    const sent = query({ account: { ...ACCOUNT, homeAccountId: 'subject', username: '' } })
    for (const name of ['login_hint', 'login_req', 'domain_req', 'x-anchormailbox']) {
      assert.equal(name in sent, false, name)
    }
  })

  test('has domain hint, claims, prompt and response mode as they were asked for', () => {
    const sent = query({ domainHint: 'contoso.example', claims: '{"a":"&=é"}', prompt: 'none', responseMode: 'query' })
    assert.deepEqual(
      [sent.domain_hint, sent.claims, sent.prompt, sent.response_mode],
      ['contoso.example', '{"a":"&=é"}', 'none', 'query'],
    )
    assert.equal('prompt' in query({ prompt: 'no_prompt' }), false)
  })

  test('takes further parameters, encoded', () => {
    const { url } = build({ extraQueryParameters: { slice: 'test&prompt=none', 'x y': '' } })
    assert.equal(url.searchParams.get('slice'), 'test&prompt=none')
    assert.equal(url.searchParams.get('x y'), '')
    assert.deepEqual(url.searchParams.getAll('prompt'), ['select_account'])
  })

  test('refuses a further parameter that is one of ours, sent or not, in any case', () => {
    const names = ['state', 'STATE', 'redirect_uri', 'code_challenge_method', 'login_hint', 'Claims', 'X-Client-Sku']
    for (const name of names) {
      assert.throws(() => build({ extraQueryParameters: { [name]: 'x' } }), {
        code: 'duplicate_query_parameter',
        message: `extraQueryParameters repeats ${name}`,
      })
    }
  })

  test('does not change the endpoint it is given', () => {
    build({ extraQueryParameters: { slice: '1' } })
    assert.equal(PARAMETERS.endpoint.href, 'https://login.example/contoso/oauth2/v2.0/authorize')
  })
})

describe('state, nonce and verifier', () => {
  test('are 32 random bytes each, different from one another and in every request', () => {
    const seen = new Set<string>()
    for (let round = 0; round < 200; round += 1) {
      const { state, nonce, codeVerifier } = build()
      for (const value of [state, nonce, codeVerifier]) {
        assert.match(value, /^[\w-]{43}$/)
        seen.add(value)
      }
    }
    assert.equal(seen.size, 600)
    const bits = [...seen].map(value => Buffer.from(value, 'base64url'))
    for (let position = 0; position < 32; position += 1) {
      const values = new Set(bits.map(bytes => bytes[position]))
      // 600 draws of 256 values leave about 230 different ones.
      assert.ok(values.size > 150, `byte ${position} takes ${values.size} values only`)
    }
  })
})

describe('the answer', () => {
  const expected: ExpectedAnswer = { state: 'S', correlationId: 'request-id', isFrom: () => true }
  const parse = (params: Record<string, string>, rest: Partial<ExpectedAnswer> = {}) =>
    parseAuthorizationAnswer(new Map(Object.entries({ state: 'S', ...params })), { ...expected, ...rest })
  const errorOf = (params: Record<string, string>, rest: Partial<ExpectedAnswer> = {}): ClientError | ServiceError => {
    try {
      parse(params, rest)
    } catch (error) {
      if (error instanceof ClientError || error instanceof ServiceError) return error
      throw error
    }
    return assert.fail('it was taken for a code')
  }

  test('has the code', () => assert.equal(parse({ code: 'c+/=', session_state: 'x' }), 'c+/='))

  test('with another state, or none, is nobody’s, whatever else it says', () => {
    for (const state of ['', 's', 'S ', 'SS']) {
      assert.equal(errorOf({ state, code: 'c' }).code, 'state_mismatch', JSON.stringify(state))
      assert.equal(errorOf({ state, error: 'access_denied' }).code, 'state_mismatch')
    }
    assert.throws(() => parseAuthorizationAnswer(new Map([['code', 'c']]), expected), { code: 'state_mismatch' })
  })

  test('with neither code nor error is a failure', () => {
    for (const params of [{}, { code: '' }, { id_token: 'x' }]) {
      const error = errorOf(params)
      assert.deepEqual([error.code, error.correlationId], ['authentication_failed', 'request-id'])
    }
  })

  test('with an error is that error, even beside a code', () => {
    assert.equal(errorOf({ code: 'c', error: 'server_error' }).code, 'server_error')
    assert.equal(errorOf({ code: 'c', error: '' }).code, 'unknown_error')
  })

  test('tells a user who cancelled from one who was refused', () => {
    const cancelled = errorOf({
      error: 'access_denied',
      error_subcode: 'cancel',
      error_description: 'AADSTS65004: No.',
    })
    assert.ok(cancelled instanceof ClientError)
    assert.equal(cancelled.code, 'authentication_canceled')
    const refused = errorOf({ error: 'access_denied', error_description: 'AADSTS65004: User declined.' })
    assert.ok(refused instanceof ServiceError && !(refused instanceof InteractionRequiredError))
    assert.deepEqual(
      [refused.code, refused.message, refused.errorCodes, refused.status, refused.correlationId],
      ['access_denied', 'AADSTS65004: User declined.', [65004], undefined, 'request-id'],
    )
    assert.match(refused.hint, /said no/)
  })

  test('of a sign-in that was not to prompt says that the user is needed', () => {
    const error = errorOf({ error: 'login_required', error_description: 'AADSTS50058: No session.' })
    assert.ok(error instanceof InteractionRequiredError)
    assert.deepEqual(
      [error.code, error.error, error.classification],
      ['no_prompt_failed', 'login_required', 'prompt_never_failed'],
    )
    const refusals = ['login_required', 'interaction_required', 'consent_required', 'account_selection_required']
    for (const refusal of refusals) {
      const never = errorOf({ error: refusal, suberror: 'basic_action', claims: '{}' }, { prompt: 'none' })
      assert.ok(never instanceof InteractionRequiredError, refusal)
      const { code, classification, error: said, suberror, claims } = never
      assert.deepEqual([code, classification, said], ['no_prompt_failed', 'prompt_never_failed', refusal])
      assert.deepEqual([suberror, claims], ['basic_action', '{}'])
    }
    assert.equal(errorOf({ error: 'access_denied' }, { prompt: 'none' }).code, 'access_denied')
    const consent = errorOf({ error: 'consent_required' }, { prompt: 'consent' })
    assert.ok(consent instanceof InteractionRequiredError && consent.classification === 'consent_required')
    assert.equal(consent.code, 'consent_required')
  })

  test('of another server than was asked is not believed, a code or an error, and after the state', () => {
    const rest: Partial<ExpectedAnswer> = { isFrom: issuer => issuer === 'https://good' }
    assert.equal(parse({ code: 'c', iss: 'https://good' }, rest), 'c')
    for (const answer of [{ code: 'c' }, { error: 'login_required' }]) {
      for (const named of [{ iss: 'https://evil' }, {}]) {
        const { code, correlationId } = errorOf({ ...answer, ...named }, rest)
        assert.deepEqual([code, correlationId], ['invalid_issuer', 'request-id'])
      }
    }
    assert.equal(errorOf({ state: 'x', iss: 'https://evil' }, rest).code, 'state_mismatch')
  })

  test('is cleaned before it is printed', () => {
    const error = errorOf({ error: 'server_error', error_description: 'a\r\nb\u001b[31mc' })
    assert.equal(error.message, 'a b [31mc')
  })
})
