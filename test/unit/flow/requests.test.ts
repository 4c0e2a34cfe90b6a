/** The request of each method: defaults, what is refused, and that the caller's objects are never touched. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { validCodeRequest } from '#lib/flow/authorization-code.js'
import { validAuthorizationUrlRequest, validInteractiveRequest } from '#lib/flow/interactive-request.js'
import { validSilentRequest } from '#lib/flow/silent-request.js'
import type { AccountInfo } from '#lib/request/result.js'

const DEFAULT = 'http://localhost'
const ACCOUNT: AccountInfo = {
  homeAccountId: 'u.t',
  localAccountId: 'u',
  environment: 'login.windows.net',
  tenantId: 't',
  username: 'joe@contoso.example',
}

/** Every field that any request may have; each method takes the ones it knows. */
const EVERYTHING = {
  scopes: ['User.Read', 'user.read'],
  correlationId: '01234567-89ab-cdef-0123-456789abcdef',
  claims: '{"a":1}',
  clientCapabilities: [],
  extraQueryParameters: { slice: 'test' },
  authority: 'https://login.microsoftonline.com/contoso',
  account: { ...ACCOUNT, idTokenClaims: { amr: ['pwd'] } },
  loginHint: 'joe@contoso.example',
  domainHint: 'contoso.example',
  extraScopesToConsent: ['Mail.Read', 'mail.read'],
  redirectUri: 'http://localhost:1234/x',
  timeoutSeconds: 5,
  forceRefresh: true,
  code: 'code',
  codeVerifier: 'verifier',
  nonce: 'nonce',
  prompt: 'login',
  responseMode: 'form_post',
  systemBrowser: { port: 1234, openBrowser: async () => {}, htmlMessageSuccess: '<p>', htmlMessageError: '{0}' },
} as const

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}

// The readonly types of a frozen literal are not those of the public interfaces, which is what this cast is about.
const METHODS = new Map<string, (request: never) => object>([
  ['acquireTokenSilent', validSilentRequest],
  [
    'acquireTokenInteractive',
    (request: never) => validInteractiveRequest(request, { redirectUri: DEFAULT, parentWindow: undefined }),
  ],
  ['getAuthorizationCodeUrl', (request: never) => validAuthorizationUrlRequest(request, DEFAULT)],
  ['acquireTokenByAuthorizationCode', (request: never) => validCodeRequest(request, DEFAULT)],
])
const check = (method: string, request: unknown): Record<string, unknown> => {
  const valid = METHODS.get(method) ?? assert.fail(method)
  return valid(request as never) as Record<string, unknown>
}

describe('every request', () => {
  for (const method of METHODS.keys()) {
    test(`of ${method} is left as it is, and its checked form is a frozen copy`, () => {
      const before = structuredClone({ ...EVERYTHING, systemBrowser: { port: 1234 } })
      const request = deepFreeze({ ...EVERYTHING, scopes: [...EVERYTHING.scopes] })
      const valid = check(method, request)
      assert.deepEqual(structuredClone({ ...request, systemBrowser: { port: 1234 } }), before)
      assert.ok(Object.isFrozen(valid) && Object.isFrozen(valid.scopes))
      assert.notEqual(valid.scopes, request.scopes)
      if ('systemBrowser' in valid) assert.ok(Object.isFrozen(valid.systemBrowser))
      assert.deepEqual(valid.scopes, ['User.Read'])
      assert.equal(valid.correlationId, EVERYTHING.correlationId)
    })

    test(`of ${method} is refused when it is none, or names no scopes`, () => {
      for (const none of [undefined, null, 'User.Read', 5]) {
        assert.throws(() => check(method, none), { code: 'invalid_request' }, String(none))
      }
      assert.throws(() => check(method, { code: 'c', scopes: [] }), { code: 'empty_scopes' })
      assert.throws(() => check(method, { code: 'c' }), { code: 'invalid_request', message: /^scopes must be/ })
    })
  }

  test('that takes an account refuses what is not one', () => {
    for (const method of ['acquireTokenSilent', 'acquireTokenInteractive', 'getAuthorizationCodeUrl']) {
      for (const account of [{}, 'joe', 5, { homeAccountId: '' }, { homeAccountId: 5 }, { ...ACCOUNT, username: 5 }]) {
        assert.throws(() => check(method, { scopes: ['a'], account }), { code: 'invalid_request', message: /account/ })
      }
      assert.equal(check(method, { scopes: ['a'], account: null }).account, undefined)
      assert.deepEqual(check(method, { scopes: ['a'], account: ACCOUNT }).account, ACCOUNT)
    }
  })
})

describe('defaults', () => {
  const withDefaults = (method: string, request: object) => {
    const { correlationId, claims, clientCapabilities, extraQueryParameters, authority, tenantId, signal, ...own } =
      check(method, request)
    return own
  }
  const signIn = {
    scopes: ['a'],
    extraScopesToConsent: [],
    redirectUri: DEFAULT,
    prompt: undefined,
    account: undefined,
    loginHint: undefined,
    domainHint: undefined,
    responseMode: 'query',
  }

  test('silent: from the cache', () => {
    const expected = { scopes: ['a'], account: undefined, loginHint: undefined, forceRefresh: false }
    assert.deepEqual(withDefaults('acquireTokenSilent', { scopes: ['a'] }), expected)
  })

  test('URL: pick an account, answer in the query', () => {
    assert.deepEqual(withDefaults('getAuthorizationCodeUrl', { scopes: ['a'] }), signIn)
  })

  test('interactive: the system browser, for five minutes', () => {
    const expected = {
      ...signIn,
      webUi: 'systemBrowser',
      systemBrowser: {},
      appWindow: {},
      parentWindow: undefined,
      timeoutSeconds: 300,
    }
    assert.deepEqual(withDefaults('acquireTokenInteractive', { scopes: ['a'] }), expected)
  })

  test('code: the redirect URI of the configuration', () => {
    const expected = { scopes: ['a'], code: 'c', redirectUri: DEFAULT, codeVerifier: undefined, nonce: undefined }
    assert.deepEqual(withDefaults('acquireTokenByAuthorizationCode', { scopes: ['a'], code: 'c' }), expected)
  })
})

describe('what is refused', () => {
  const webUi = { acquireAuthorizationCode: async (url: URL) => url }
  const TABLE: ReadonlyArray<[string, object, RegExp]> = [
    ['acquireTokenSilent', { forceRefresh: 'yes' }, /^forceRefresh/],
    ['acquireTokenSilent', { loginHint: '' }, /^loginHint/],
    ['acquireTokenByAuthorizationCode', { code: undefined }, /^code is missing/],
    ['acquireTokenByAuthorizationCode', { code: '' }, /^code/],
    ['acquireTokenByAuthorizationCode', { codeVerifier: 'x'.repeat(129) }, /^codeVerifier/],
    ['getAuthorizationCodeUrl', { responseMode: 'fragment' }, /^responseMode/],
    ['acquireTokenInteractive', { prompt: 'please' }, /^prompt must be one of select_account, consent, login, none/],
    ['acquireTokenInteractive', { prompt: null }, /^prompt/],
    ['acquireTokenInteractive', { extraScopesToConsent: 'Mail.Read' }, /^extraScopesToConsent/],
    ['acquireTokenInteractive', { extraScopesToConsent: ['Mail.Read User.Read'] }, /^extraScopesToConsent/],
    ['acquireTokenInteractive', { redirectUri: 'localhost' }, /^redirectUri/],
    ['acquireTokenInteractive', { redirectUri: `http://localhost/${'x'.repeat(2_048)}` }, /^redirectUri/],
    ['acquireTokenInteractive', { timeoutSeconds: 0 }, /^timeoutSeconds/],
    ['acquireTokenInteractive', { loginHint: 'x'.repeat(1_025) }, /^loginHint/],
    ['acquireTokenInteractive', { domainHint: 5 }, /^domainHint/],
    ['acquireTokenInteractive', { webUi: 'embedded' }, /^webUi/],
    ['acquireTokenInteractive', { webUi: null }, /^webUi/],
    ['acquireTokenInteractive', { webUi: {} }, /^webUi/],
    ['acquireTokenInteractive', { systemBrowser: 'firefox' }, /^systemBrowser/],
    ['acquireTokenInteractive', { systemBrowser: { openBrowser: 'firefox' } }, /^systemBrowser\.openBrowser/],
    ['acquireTokenInteractive', { systemBrowser: { port: 0 } }, /^systemBrowser\.port/],
    ['acquireTokenInteractive', { systemBrowser: { port: 65_536 } }, /^systemBrowser\.port/],
    ['acquireTokenInteractive', { systemBrowser: { port: '80' } }, /^systemBrowser\.port/],
    ['acquireTokenInteractive', { systemBrowser: { htmlMessageSuccess: 5 } }, /^systemBrowser\.htmlMessageSuccess/],
    ['acquireTokenInteractive', { systemBrowser: { htmlMessageError: {} } }, /^systemBrowser\.htmlMessageError/],
    [
      'acquireTokenInteractive',
      { systemBrowser: { browserRedirectError: 'https://x' } },
      /^systemBrowser\.browserRedirect/,
    ],
  ]
  for (const [method, fields, message] of TABLE) {
    test(`by ${method}: ${JSON.stringify(fields).slice(0, 60)}`, () => {
      const request = { scopes: ['a'], code: 'c', ...fields }
      assert.throws(() => check(method, request), { code: 'invalid_request', message })
    })
  }

  test('a custom web UI and an app scheme are not refused', () => {
    const { webUi: kept } = check('acquireTokenInteractive', { scopes: ['a'], webUi, redirectUri: 'myapp:/answer' })
    assert.equal(kept, webUi)
    assert.equal(check('acquireTokenInteractive', { scopes: ['a'], systemBrowser: null }).timeoutSeconds, 300)
  })
})
