/** What the token endpoint refuses after a federation server has said yes, the same for each way to sign in there: class, code, classification and the way out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type InteractionClassification, InteractionRequiredError, ServiceError } from 'latchkey'
import { type ErrorRow, errorOf, testRows, windowsSubject } from './integrated-support.js'
import { SCOPES, setStage } from './support.js'

const stage = await setStage()
const { username, password } = stage.user('joe')

type SignIn = NonNullable<Parameters<typeof testRows>[2]>

const SIGN_INS: Record<string, SignIn> = {
  integrated: ({ signIn }, { request }) => signIn(request),
  'federated password': ({ app }) => app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password }),
}

/** Somebody can do something about it. */
function forTheUser(number: number, classification: InteractionClassification, hint: RegExp): ErrorRow {
  return {
    scenario: { aadsts: number },
    type: InteractionRequiredError,
    code: 'invalid_grant',
    classification,
    errorCodes: [number],
    hint,
  }
}

function forTheDeveloper(number: number, code: string, hint: RegExp): ErrorRow {
  return { scenario: { aadsts: number }, type: ServiceError, code, errorCodes: [number], hint }
}

const ROWS: Record<string, ErrorRow> = {
  'missing consent': forTheUser(
    65001,
    'consent_required',
    /API permissions.*acquireTokenInteractive.*device code.*consentUrl/,
  ),
  'a second factor': forTheUser(50076, 'basic_action', /acquireTokenInteractive.*device code/),
  'a second factor to be registered': forTheUser(50079, 'basic_action', /acquireTokenInteractive.*device code/),
  'a wrong password': forTheUser(50126, 'none', /user name and the password again/),
  'a wrong password as it used to be said': {
    ...forTheUser(50126, 'none', /user name and the password again/),
    scenario: { aadsts: [70002, 50126] },
    errorCodes: [70002, 50126],
  },
  'a user whom the directory does not have': forTheUser(50034, 'none', /user name again/),
  'an expired password': forTheUser(50055, 'user_password_expired', /change the password/),
  'a locked account': forTheUser(50053, 'none', /^Wait before the next try/),
  'a disabled account': forTheUser(50057, 'none', /enable the account/),
  'a device that is not compliant': forTheUser(53000, 'additional_action', /device/),
  'Conditional Access': forTheUser(53003, 'message_only', /Conditional Access/),
  'a client in a loop': forTheUser(50196, 'none', /acquireTokenSilent first.*wait/),
  'a 90010 of the service itself': forTheDeveloper(90010, 'invalid_request', /organizations/),
  'an unknown application': forTheDeveloper(700016, 'unauthorized_client', /clientId/),
  'an application that is not a public client': forTheDeveloper(7000218, 'invalid_client', /allowPublicClient/),
  'the same as it used to be said': forTheDeveloper(70002, 'invalid_client', /allowPublicClient/),
}

for (const [flow, signIn] of Object.entries(SIGN_INS)) {
  const rows = Object.entries(ROWS).map(([name, row]) => [`${flow}, ${name}`, row])
  testRows(stage, Object.fromEntries(rows), signIn)

  test(`${flow}: what a second factor asks for comes with the error, and the pages for consent only with that`, async t => {
    const consent = await errorOf(stage, t, ROWS['missing consent'] ?? assert.fail(), signIn)
    assert.ok(consent instanceof InteractionRequiredError)
    assert.equal(consent.consentUrl?.pathname, `/${stage.tenant.domain}/oauth2/v2.0/authorize`)
    assert.equal(consent.adminConsentUrl?.pathname, `/${stage.tenant.domain}/adminconsent`)
    stage.tenant.scenario(null)
    const mfa = { ...ROWS['a second factor'], scenario: { users: { [username]: { mfa: true } } } } as ErrorRow
    const factor = await errorOf(stage, t, mfa, signIn)
    assert.ok(factor instanceof InteractionRequiredError)
    assert.match(factor.claims ?? '', /access_token/)
    assert.deepEqual([factor.consentUrl, factor.adminConsentUrl], [undefined, undefined])
  })

  test(`${flow}: after a refusal nothing of the sign-in is remembered, and the next one works`, async t => {
    const subject = windowsSubject(stage, t)
    stage.tenant.scenario({ aadsts: 65001 })
    await assert.rejects(signIn(subject, { code: '', hint: /./ }), InteractionRequiredError)
    stage.tenant.scenario(null)
    stage.tenant.requests.length = 0
    await signIn(subject, { code: '', hint: /./ })
    assert.match(stage.tenant.requests[0]?.path ?? '', /userrealm/)
  })
}
