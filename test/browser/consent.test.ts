/** Consent with a real chromium: a sign-in without a browser is refused, somebody consents at the address in the error, and the same call succeeds. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { InteractionRequiredError } from 'latchkey'
import { FakeClock } from '../fakes/fake-clock.js'
import { FakeNegotiate } from '../fakes/fake-negotiate.js'
import { SCOPES, setStage } from '../flow/support.js'
import { type Desk, heading, startChromium } from './support.js'

const stage = await setStage({ users: [{ username: 'fay@contoso.com', kind: 'federated' }] })
const openDesk = await startChromium()

/** An application and the call that is to succeed in the end. */
function passwordSignIn(t: TestContext, name: string) {
  const { app } = stage.application(t)
  const { username, password } = stage.user(name)
  return () => app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
}

async function refusalOf(call: Promise<unknown>): Promise<InteractionRequiredError> {
  const error = await call.then(
    () => assert.fail('it went through'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof InteractionRequiredError, String(error))
  assert.deepEqual([error.code, error.classification, error.errorCodes], ['invalid_grant', 'consent_required', [65001]])
  return error
}

/** Signs in on the page that is open, as far as the question for consent. */
async function signInToConsent({ page }: Desk, name: string): Promise<void> {
  const { username, password } = stage.user(name)
  await heading(page, 'Sign in')
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await heading(page, 'Permissions requested')
}

test('the user consents at consentUrl, and the same call succeeds', async t => {
  const call = passwordSignIn(t, 'cara')
  const { consentUrl } = await refusalOf(call())
  const desk = await openDesk(t)
  await desk.page.goto(consentUrl?.href ?? '')
  await signInToConsent(desk, 'cara')
  await desk.page.getByRole('button', { name: 'Accept' }).click()
  await heading(desk.page, 'Permissions granted')
  await desk.picture('consent-granted')
  assert.doesNotMatch(desk.page.url(), /code=/)

  const { account, scopes } = await call()
  assert.equal(account.username, stage.user('cara').username)
  assert.ok(scopes.includes('User.Read'))
  assert.deepEqual(desk.complaints, [])
})

// One user each: what somebody has consented to stays.
for (const [flow, name] of [
  ['integrated', 'joe'],
  ['federated password', 'fay'],
] as const) {
  test(`a federated user consents at consentUrl, and the same ${flow} call succeeds`, async t => {
    const { username, password } = stage.user(name)
    stage.tenant.scenario({ users: { [username]: { consentNeeded: true } } })
    // Messages to a federation server say when they were written.
    const { app } = stage.application(t, {}, new FakeClock(new Date()), new FakeNegotiate().addon)
    const call = () =>
      flow === 'integrated'
        ? app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES })
        : app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
    const { consentUrl } = await refusalOf(call())
    const desk = await openDesk(t)
    await desk.page.goto(consentUrl?.href ?? '')
    await signInToConsent(desk, name)
    await refusalOf(call())
    await desk.page.getByRole('button', { name: 'Accept' }).click()
    await heading(desk.page, 'Permissions granted')

    stage.tenant.requests.length = 0
    const { account, scopes } = await call()
    assert.equal(account.username, username)
    assert.ok(scopes.includes('User.Read'))
    const grants = stage.tokenRequests().map(({ form }) => form.grant_type)
    assert.deepEqual(grants, ['urn:ietf:params:oauth:grant-type:saml1_1-bearer'])
    assert.deepEqual(desk.complaints, [])
  })
}

test('a user who declines there changes nothing', async t => {
  const call = passwordSignIn(t, 'pat')
  const { consentUrl } = await refusalOf(call())
  const desk = await openDesk(t)
  await desk.page.goto(consentUrl?.href ?? '')
  const { username, password } = stage.user('pat')
  await desk.page.getByLabel('User name').fill(username)
  await desk.page.getByLabel('Password').fill(password)
  await desk.page.getByRole('button', { name: 'Sign in' }).click()
  await heading(desk.page, 'Permissions not granted')
  await refusalOf(call())
  assert.deepEqual(desk.complaints, [])
})

test('an administrator consents at adminConsentUrl for a user who has not been asked', async t => {
  stage.tenant.scenario({ users: { 'mia@contoso.onmicrosoft.com': { mfa: false, consentNeeded: true } } })
  const call = passwordSignIn(t, 'mia')
  const { adminConsentUrl } = await refusalOf(call())
  const desk = await openDesk(t)
  await desk.page.goto(adminConsentUrl?.href ?? '')
  await signInToConsent(desk, 'ada')
  await desk.page.getByRole('button', { name: 'Accept' }).click()
  await heading(desk.page, 'Permissions granted')
  await desk.picture('admin-consent-granted')

  assert.equal((await call()).account.username, stage.user('mia').username)
  assert.deepEqual(desk.complaints, [])
})
