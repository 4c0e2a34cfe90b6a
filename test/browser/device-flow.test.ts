/** The device code flow of an application, approved in a real chromium: with a second factor, with consent, and declined. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceCode } from 'latchkey'
import { SCOPES, setStage, whileTimePasses } from '../flow/support.js'
import { type Desk, heading, startChromium } from './support.js'

const stage = await setStage()
const openDesk = await startChromium()

/** Types the code and signs in, as far as the question that the user of this name is asked then. */
async function typeCode({ page }: Desk, { verificationUri, userCode }: DeviceCode, name: string): Promise<void> {
  const { username, password } = stage.user(name)
  await page.goto(verificationUri)
  await heading(page, 'Enter the code from your device')
  await page.getByLabel('Code').fill(userCode)
  await page.getByRole('button', { name: 'Next' }).click()
  await heading(page, 'Sign in')
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const PEOPLE: Record<string, (desk: Desk) => Promise<void>> = {
  async mia({ page }) {
    await heading(page, 'Enter your code')
    await page.getByLabel('Code').fill(stage.user('mia').otc)
    await page.getByRole('button', { name: 'Verify' }).click()
    await heading(page, 'Sign in on your device?')
    await page.getByRole('button', { name: 'Continue' }).click()
  },
  async cara({ page }) {
    await heading(page, 'Permissions requested')
    await page.getByRole('button', { name: 'Accept' }).click()
  },
}

for (const [name, approve] of Object.entries(PEOPLE)) {
  test(`${name} approves the code of a program that goes on asking, which is silent from then on`, async t => {
    const desk = await openDesk(t)
    const { app, clock } = stage.application(t)
    let person: Promise<void> | undefined
    const result = await whileTimePasses(
      clock,
      app.acquireTokenByDeviceCode({
        scopes: SCOPES,
        // Not awaited: the program asks while the person is at it.
        deviceCodeCallback(code) {
          person = typeCode(desk, code, name).then(() => approve(desk))
        },
        timeoutSeconds: 86_400,
      }),
    )
    await person
    await heading(desk.page, 'You have signed in')
    assert.ok(stage.tokenRequests().length > 1, 'it was asked before the person was through')
    assert.equal(result.account.username, stage.user(name).username)
    assert.deepEqual(desk.complaints, [])

    const sofar = stage.tenant.requests.length
    const silent = await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })
    assert.deepEqual([silent.fromCache, silent.accessToken], [true, result.accessToken])
    assert.equal(stage.tenant.requests.length, sofar)
  })
}

test('who does not consent there ends the flow with authorization_declined', async t => {
  stage.tenant.scenario({ users: { [stage.user('alice').username]: { consentNeeded: true } } })
  const desk = await openDesk(t)
  const { app } = stage.application(t)
  const call = app.acquireTokenByDeviceCode({
    scopes: SCOPES,
    async deviceCodeCallback(code) {
      await typeCode(desk, code, 'alice')
      await heading(desk.page, 'Permissions requested')
      await desk.page.getByRole('button', { name: 'Cancel' }).click()
      await heading(desk.page, 'You have not signed in')
    },
  })
  await assert.rejects(call, { name: 'ServiceError', code: 'authorization_declined' })
  assert.deepEqual(await app.getAccounts(), [])
})
