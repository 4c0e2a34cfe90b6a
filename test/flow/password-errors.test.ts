/** The seed's table of refusals: for each its class, code, classification and the way out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type InteractionClassification, InteractionRequiredError, ServiceError } from 'latchkey'
import type { ScenarioPatch } from 'latchkey/emulator'
import { SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage

interface Row {
  /** Who signs in. Default alice. */
  user?: string
  password?: string
  scenario?: ScenarioPatch
  codes: number[]
  code: string
  status?: number
  suberror?: string
  /** Absent: the user can do nothing about it. */
  classification?: InteractionClassification
  hint: RegExp
}

const aadsts = (number: number): ScenarioPatch => ({ aadsts: number })

const ROWS: Record<string, Row> = {
  'a wrong password': {
    password: 'wrong',
    codes: [50126],
    code: 'invalid_grant',
    classification: 'none',
    hint: /user name and the password again/,
  },
  'a wrong password as it used to be said': {
    password: 'wrong',
    scenario: { errorAnswer: { set: { error_codes: [70002, 50126] } } },
    codes: [70002, 50126],
    code: 'invalid_grant',
    classification: 'none',
    hint: /user name and the password again/,
  },
  'a user who does not exist': {
    user: 'nobody@contoso.onmicrosoft.com',
    codes: [50034],
    code: 'invalid_grant',
    classification: 'none',
    hint: /user name again/,
  },
  'a second factor': {
    user: 'mia',
    codes: [50076],
    code: 'invalid_grant',
    suberror: 'basic_action',
    classification: 'basic_action',
    hint: /acquireTokenInteractive.*device code/,
  },
  'a second factor to be registered': {
    scenario: aadsts(50079),
    codes: [50079],
    code: 'invalid_grant',
    suberror: 'basic_action',
    classification: 'basic_action',
    hint: /acquireTokenInteractive.*device code/,
  },
  'an expired password': {
    user: 'eve',
    codes: [50055],
    code: 'invalid_grant',
    suberror: 'user_password_expired',
    classification: 'user_password_expired',
    hint: /change the password/,
  },
  'a locked account': {
    user: 'lou',
    codes: [50053],
    code: 'invalid_grant',
    classification: 'none',
    hint: /^Wait before the next try/,
  },
  'a disabled account': {
    user: 'dan',
    codes: [50057],
    code: 'invalid_grant',
    classification: 'none',
    hint: /enable the account/,
  },
  'a device that is not compliant': {
    scenario: aadsts(53000),
    codes: [53000],
    code: 'invalid_grant',
    suberror: 'additional_action',
    classification: 'additional_action',
    hint: /device/,
  },
  'Conditional Access': {
    user: 'bob',
    codes: [53003],
    code: 'invalid_grant',
    suberror: 'message_only',
    classification: 'message_only',
    hint: /Conditional Access/,
  },
  'missing consent': {
    user: 'cara',
    codes: [65001],
    code: 'invalid_grant',
    suberror: 'consent_required',
    classification: 'consent_required',
    hint: /API permissions.*acquireTokenInteractive.*device code.*consentUrl/,
  },
  'a client in a loop': {
    scenario: aadsts(50196),
    codes: [50196],
    code: 'invalid_grant',
    classification: 'none',
    hint: /acquireTokenSilent first.*wait/,
  },
  'an unknown application': {
    scenario: aadsts(700016),
    codes: [700016],
    code: 'unauthorized_client',
    hint: /clientId/,
  },
  'an application that is not a public client': {
    scenario: aadsts(7000218),
    codes: [7000218],
    code: 'invalid_client',
    status: 401,
    hint: /allowPublicClient/,
  },
  'the same as it used to be said': {
    scenario: aadsts(70002),
    codes: [70002],
    code: 'invalid_client',
    status: 401,
    hint: /allowPublicClient/,
  },
}

for (const [name, row] of Object.entries(ROWS)) {
  test(`${name}: ${row.code}, AADSTS${row.codes.join(' and ')}`, async t => {
    tenant.scenario(row.scenario ?? {})
    const { app } = stage.application(t)
    const username = row.user?.includes('@') ? row.user : stage.user(row.user ?? 'alice').username
    const password = row.password ?? (row.user?.includes('@') ? 'any' : stage.user(row.user ?? 'alice').password)
    const error = await app
      .acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
      .catch(refusal => refusal)

    assert.ok(error instanceof ServiceError, String(error))
    assert.equal(error.code, row.code)
    assert.equal(error.error, row.code)
    assert.equal(error.status, row.status ?? 400)
    assert.deepEqual(error.errorCodes, row.codes)
    assert.equal(error.suberror, row.suberror)
    assert.match(error.message, new RegExp(`AADSTS${row.codes.at(-1)}`))
    assert.match(error.hint, row.hint)
    assert.match(error.correlationId ?? '', /^[0-9a-f-]{36}$/)
    const isForTheUser = error instanceof InteractionRequiredError
    assert.equal(isForTheUser ? error.classification : undefined, row.classification)
    assert.equal(stage.tokenRequests().length, 1)
    assert.deepEqual(await app.getAccounts(), [])
  })
}

test('missing consent comes with both pages, on the authority of the request; nothing else does', async t => {
  const { app } = stage.application(t, { authority: `${tenant.origin}/organizations` })
  const refusalOf = async (name: string, tenantId?: string) => {
    const { username, password } = stage.user(name)
    const call = app.acquireTokenByUsernamePassword({
      scopes: SCOPES,
      username,
      password,
      ...(tenantId && { tenantId }),
    })
    const error = await call.catch(refusal => refusal)
    assert.ok(error instanceof InteractionRequiredError)
    return error
  }
  const open = await refusalOf('cara')
  assert.equal(open.consentUrl?.pathname, '/organizations/oauth2/v2.0/authorize')
  assert.deepEqual(Object.fromEntries(open.consentUrl?.searchParams ?? []), {
    client_id: tenant.clientId,
    response_type: 'code',
    scope: 'User.Read openid profile offline_access',
  })
  assert.equal(open.adminConsentUrl?.href, `${tenant.origin}/organizations/adminconsent?client_id=${tenant.clientId}`)
  const tenanted = await refusalOf('cara', tenant.tenantId)
  assert.equal(tenanted.consentUrl?.pathname, `/${tenant.tenantId}/oauth2/v2.0/authorize`)
  assert.equal(tenanted.adminConsentUrl?.pathname, `/${tenant.tenantId}/adminconsent`)
  const other = await refusalOf('mia')
  assert.deepEqual([other.consentUrl, other.adminConsentUrl], [undefined, undefined])
  assert.match(other.claims ?? '', /access_token/)
})
