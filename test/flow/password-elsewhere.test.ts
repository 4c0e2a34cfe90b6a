/** Passwords and refresh tokens at B2C, AD FS and Entra External ID: straight to the token endpoint, and in each one's own words. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ClientError, InteractionRequiredError, type PublicClientApplication, ServiceError } from 'latchkey'
import { CLIENT_ID, clientInfo, idToken, startTokenService } from './token-service.js'

const TENANT = '77777777-1111-4222-8333-444444444444'
const OID = '99999999-1111-4222-8333-444444444444'
const USER = { username: 'joe@contoso.com', password: 'p w & +%' }

const b2c = await startTokenService('contoso.b2clogin.com')
const adfs = await startTokenService('fs.contoso.com')
const ciam = await startTokenService('contoso.ciamlogin.com')

const B2C_PATH = '/tfp/contoso.onmicrosoft.com/B2C_1_ROPC'
const B2C_ANSWER = {
  token_type: 'Bearer',
  access_token: 'b2c-access',
  expires_in: '3600',
  scope: CLIENT_ID,
  refresh_token: 'b2c-refresh',
  id_token: idToken({ iss: `${b2c.origin}/${TENANT}/v2.0/`, sub: OID, oid: OID, tid: TENANT, emails: [USER.username] }),
  client_info: clientInfo(`${OID}-b2c_1_ropc`, TENANT),
}
const ADFS_ANSWER = {
  token_type: 'bearer',
  access_token: 'adfs-access',
  expires_in: 3600,
  refresh_token: 'adfs-refresh',
  id_token: idToken({ iss: `${adfs.origin}/adfs`, sub: 'Sub/Ject=', upn: USER.username, unique_name: 'CONTOSO\\joe' }),
}
const CIAM_ANSWER = {
  token_type: 'Bearer',
  access_token: 'ciam-access',
  expires_in: 3600,
  scope: 'api://files/read',
  refresh_token: 'ciam-refresh',
  id_token: idToken({
    iss: `https://${TENANT}.ciamlogin.com/${TENANT}/v2.0`,
    sub: OID,
    oid: OID,
    tid: TENANT,
    preferred_username: USER.username,
  }),
  client_info: clientInfo(OID, TENANT),
}

const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => assert.fail('it went through'),
    (reason: unknown) => reason,
  )

const SERVICES = {
  B2C: {
    service: b2c,
    path: B2C_PATH,
    tokenPath: '/tfp/contoso.onmicrosoft.com/b2c_1_ropc/oauth2/v2.0/token',
    answer: B2C_ANSWER,
    scopes: [CLIENT_ID],
    homeAccountId: `${OID}-b2c_1_ropc.${TENANT}`,
    tenantId: TENANT,
  },
  'AD FS': {
    service: adfs,
    path: '/adfs',
    tokenPath: '/adfs/oauth2/token',
    answer: ADFS_ANSWER,
    scopes: ['https://files.contoso.com/.default'],
    homeAccountId: 'Sub/Ject=',
    tenantId: '',
  },
  'External ID': {
    service: ciam,
    path: '',
    tokenPath: '/contoso.onmicrosoft.com/oauth2/v2.0/token',
    answer: CIAM_ANSWER,
    scopes: ['api://files/read'],
    homeAccountId: `${OID}.${TENANT}`,
    tenantId: TENANT,
  },
}

for (const [name, { service, path, tokenPath, answer, scopes, homeAccountId, tenantId }] of Object.entries(SERVICES)) {
  const { access_token: accessToken, refresh_token: refreshToken } = answer
  const GRANTS: Record<string, [(app: PublicClientApplication) => ReturnType<typeof app.acquireTokenSilent>, object]> =
    {
      'a password': [
        app => app.acquireTokenByUsernamePassword({ scopes, ...USER }),
        { grant_type: 'password', ...USER },
      ],
      'a refresh token': [
        app => app.acquireTokenByRefreshToken({ scopes, refreshToken: 'from-elsewhere' }),
        { grant_type: 'refresh_token', refresh_token: 'from-elsewhere' },
      ],
    }
  for (const [grant, [acquire, fields]] of Object.entries(GRANTS)) {
    test(`${name}: ${grant} is one request, and silence from then on`, async t => {
      service.answer(answer)
      const app = service.application(t, path)
      const result = await acquire(app)
      const [sent] = service.sent
      assert.equal(sent?.path, tokenPath)
      const scope = [...scopes, 'openid', 'profile', 'offline_access'].join(' ')
      assert.deepEqual(sent.form, { client_id: CLIENT_ID, scope, client_info: '1', ...fields })
      assert.deepEqual(
        [result.accessToken, result.account.homeAccountId, result.account.username, result.tenantId],
        [accessToken, homeAccountId, USER.username, tenantId],
      )
      const silent = await app.acquireTokenSilent({ scopes, account: result.account })
      assert.deepEqual([silent.accessToken, silent.fromCache, service.sent.length], [accessToken, true, 1])
      const renewed = await app.acquireTokenSilent({ scopes, account: result.account, forceRefresh: true })
      assert.deepEqual([renewed.fromCache, service.sent[1]?.form.refresh_token], [false, refreshToken])
      assert.equal((await app.getAccounts()).length, 1)
      // By which the other MSALs tell the kinds apart.
      const [entry] = Object.values(JSON.parse(app.tokenCache.serialize()).Account as Record<string, object>)
      assert.equal((entry as { authority_type?: string }).authority_type, name === 'AD FS' ? 'ADFS' : 'MSSTS')
    })
  }

  test(`${name}: an answer that names nobody is refused with what to check, and nothing is kept`, async t => {
    const { token_type, access_token } = answer
    service.answer({ token_type, access_token })
    const app = service.application(t, path)
    const before = app.tokenCache.serialize()
    const error = await refusalOf(app.acquireTokenByRefreshToken({ scopes, refreshToken: 'from-elsewhere' }))
    assert.ok(error instanceof ClientError)
    assert.equal(error.code, 'invalid_token_response')
    assert.match(error.hint, /client_info or an ID token/)
    assert.equal(app.tokenCache.serialize(), before)
  })
}

describe('B2C', () => {
  const signIn = (app: PublicClientApplication) => app.acquireTokenByUsernamePassword({ scopes: [CLIENT_ID], ...USER })

  test('is not told a mailbox, and its accounts are found by user flow', async t => {
    b2c.answer(B2C_ANSWER)
    const app = b2c.application(t, B2C_PATH)
    await signIn(app)
    assert.equal('x-anchormailbox' in (b2c.sent[0]?.headers ?? {}), false)
    assert.equal((await app.getAccounts({ userFlow: 'B2C_1_ROPC' })).length, 1)
    assert.equal((await app.getAccounts({ userFlow: 'B2C_1_other' })).length, 0)
  })

  const REFUSALS: Record<string, [string, string, RegExp, boolean]> = {
    'a wrong password': [
      'access_denied',
      'AADB2C90225: The username or password are invalid.',
      /password again/,
      false,
    ],
    'the same as invalid_grant': ['invalid_grant', 'AADB2C90225: The username is invalid.', /password again/, true],
    'a scope that is not supported': ['invalid_request', 'AADB2C90117: The scope is wrong.', /client ID itself/, false],
    'an app without public flows': ['unauthorized_client', 'AADB2C90058: Not public.', /public client flows/, false],
    'a forgotten password': ['access_denied', 'AADB2C90118: Forgotten.', /resets passwords/, false],
    'a user who gave up': ['access_denied', 'AADB2C90091: Cancelled.', /cancelled/, false],
    'no session': ['interaction_required', 'AADB2C90077: No session.', /acquireTokenInteractive/, true],
    'a number nobody knows': ['invalid_grant', 'AADB2C99123: Something new.', /acquireTokenInteractive/, true],
  }
  for (const [name, [error, description, hint, isForTheUser]] of Object.entries(REFUSALS)) {
    test(`${name} is ${error} with its code in the message and its own hint`, async t => {
      b2c.answer({ error, error_description: `${description}\r\nCorrelation ID: 1\r\nTimestamp: 2026-01-01\r\n` })
      const app = b2c.application(t, B2C_PATH)
      const refusal = await refusalOf(signIn(app))
      assert.ok(refusal instanceof ServiceError)
      assert.equal(refusal instanceof InteractionRequiredError, isForTheUser)
      assert.deepEqual([refusal.code, refusal.errorCodes, refusal.status], [error, [], 400])
      assert.ok(refusal.message.startsWith(description))
      assert.match(refusal.hint, hint)
      assert.equal(b2c.sent.length, 1)
      assert.deepEqual(await app.getAccounts(), [])
    })
  }

  test('openid alone brings no access token, and the error says what to ask for', async t => {
    const { access_token: _, ...rest } = B2C_ANSWER
    b2c.answer(rest)
    const app = b2c.application(t, B2C_PATH)
    const error = await refusalOf(app.acquireTokenByUsernamePassword({ scopes: ['openid'], ...USER }))
    assert.ok(error instanceof ClientError)
    assert.equal(error.code, 'invalid_token_response')
    assert.match(error.hint, /scope of a web API, or for the client ID itself/)
    assert.deepEqual(await app.getAccounts(), [])
  })

  test('has no page for consent', async t => {
    b2c.answer({ error: 'invalid_grant', suberror: 'consent_required' })
    const refusal = await refusalOf(signIn(b2c.application(t, B2C_PATH)))
    assert.ok(refusal instanceof InteractionRequiredError)
    assert.deepEqual(
      [refusal.classification, refusal.consentUrl, refusal.adminConsentUrl],
      ['consent_required', undefined, undefined],
    )
  })
})

describe('AD FS', () => {
  test('a wrong password is invalid_grant with a hint by its own number', async t => {
    adfs.answer({ error: 'invalid_grant', error_description: "MSIS9659: Invalid 'username' or 'password'." })
    const app = adfs.application(t, '/adfs')
    const refusal = await refusalOf(app.acquireTokenByUsernamePassword({ scopes: ['openid'], ...USER }))
    assert.ok(refusal instanceof InteractionRequiredError)
    assert.deepEqual([refusal.code, refusal.classification], ['invalid_grant', 'none'])
    assert.match(refusal.message, /^MSIS9659: /)
    assert.match(refusal.hint, /password again/)
  })
})
