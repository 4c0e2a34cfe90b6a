/** Signing in with a real chromium: every page of the tenant, and the page of ours at the end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setStage } from '../flow/support.js'
import { endsAt, heading, type Page, signIn, startChromium } from './support.js'

const stage = await setStage()
const openDesk = await startChromium()

async function fillIn(page: Page, name: string): Promise<void> {
  const { username, password } = stage.user(name)
  await heading(page, 'Sign in')
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('signs in, and the second time picks the account without a password', async t => {
  const { app } = stage.application(t)
  const desk = await openDesk(t)
  const { page, picture } = desk
  const { username } = stage.user('alice')
  const first = await signIn(app, desk, async () => {
    await heading(page, 'Sign in')
    await picture('sign-in')
    await fillIn(page, 'alice')
    await heading(page, /You are signed in/)
    await endsAt(page, '/signed-in')
    await picture('signed-in')
  })
  assert.equal(first.account.username, username)

  const second = await signIn(app, desk, async () => {
    await heading(page, 'Pick an account')
    await picture('account-picker')
    await page.getByRole('button', { name: username }).click()
    await endsAt(page, '/signed-in')
  })
  assert.equal(second.account.homeAccountId, first.account.homeAccountId)

  const other = await signIn(app, desk, async () => {
    await page.getByRole('button', { name: 'Use another account' }).click()
    await fillIn(page, 'joe')
    await endsAt(page, '/signed-in')
  })
  assert.equal(other.account.username, stage.user('joe').username)
  const silently = await signIn(app, desk, () => endsAt(page, '/signed-in'), {
    prompt: 'none',
    loginHint: username.toUpperCase(),
  })
  assert.equal(silently.account.username, username)
  assert.deepEqual(desk.complaints, [])
  assert.equal((await app.getAccounts()).length, 2)
})

test('a wrong password and a wrong code can be mended', async t => {
  const { app } = stage.application(t)
  const desk = await openDesk(t)
  const { page, picture } = desk
  const { username, password, otc } = stage.user('mia')
  const result = await signIn(app, desk, async () => {
    await page.getByLabel('User name').fill(username)
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await picture('sign-in-refused')
    assert.equal(await page.getByLabel('User name').inputValue(), username)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading(page, 'Enter your code')
    await picture('second-factor')
    await page.getByLabel('Code').fill('000000')
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByRole('alert').waitFor()
    await picture('second-factor-refused')
    await page.getByLabel('Code').fill(otc)
    await page.getByRole('button', { name: 'Verify' }).click()
    await endsAt(page, '/signed-in')
  })
  assert.equal(result.account.username, username)
  assert.deepEqual(desk.complaints, [])
})

test('a person consents to what is listed, for every resource', async t => {
  const { app } = stage.application(t)
  const desk = await openDesk(t)
  const { page, picture } = desk
  const extra = { extraScopesToConsent: ['https://vault.azure.net/user_impersonation', 'Mail.Read'] }
  const steps = async () => {
    await fillIn(page, 'cara')
    await heading(page, 'Permissions requested')
    for (const text of ['Microsoft Graph', 'https://vault.azure.net', 'Mail.Read', 'User.Read']) {
      await page.getByText(text, { exact: true }).first().waitFor()
    }
    await picture('consent')
    await page.evaluate('scrollTo(0, document.body.scrollHeight)')
    await picture('consent-scrolled')
    await page.getByRole('button', { name: 'Accept' }).click()
    await endsAt(page, '/signed-in')
  }
  const { account } = await signIn(app, desk, steps, extra)
  const vault = { scopes: ['https://vault.azure.net/user_impersonation'], account }
  assert.equal((await app.acquireTokenSilent(vault)).fromCache, false)
  assert.deepEqual(desk.complaints, [])
})

test('Cancel leads back to the app, whose page says what happened', async t => {
  const { app } = stage.application(t)
  const desk = await openDesk(t)
  const { page, picture } = desk
  const cancelled = signIn(app, desk, async () => {
    await page.getByRole('button', { name: 'Cancel' }).click()
    await heading(page, 'You are not signed in.')
    await endsAt(page, '/not-signed-in')
    await picture('not-signed-in')
  })
  await assert.rejects(cancelled, { code: 'authentication_canceled' })
  const blocked = signIn(app, desk, async () => {
    await fillIn(page, 'alice')
    await heading(page, 'You are not signed in.')
    await picture('not-signed-in-long')
    assert.match((await page.locator('main').textContent()) ?? '', /AADSTS53003/)
  })
  stage.tenant.scenario({ aadsts: 53003 })
  await assert.rejects(blocked, { code: 'invalid_grant' })
  assert.deepEqual(desk.complaints, [])
})

test('a dead end of the tenant stays in the browser, and the app waits on', async t => {
  const { app, clock } = stage.application(t)
  const desk = await openDesk(t)
  const { page, picture } = desk
  let isShown = () => {}
  const shown = new Promise<void>(resolve => {
    isShown = resolve
  })
  const blocked = signIn(app, desk, async () => {
    await fillIn(page, 'bob')
    await page.getByText('AADSTS53003', { exact: true }).waitFor()
    await picture('blocked')
    isShown()
  })
  const outcome = assert.rejects(blocked, { code: 'authentication_timeout' })
  await shown
  await clock.advance(300_000)
  await outcome
})

test("the app's own page and address are shown in place of ours", async t => {
  const { app } = stage.application(t)
  const desk = await openDesk(t)
  const { page } = desk
  const own =
    '<!doctype html><title>Contoso</title><style>h1 { color: rgb(1, 2, 3) }</style><h1>Welcome to Contoso</h1>'
  await signIn(
    app,
    desk,
    async () => {
      await fillIn(page, 'alice')
      await heading(page, 'Welcome to Contoso')
      await endsAt(page, '/signed-in')
      const color = await page.evaluate("getComputedStyle(document.querySelector('h1')).color")
      assert.equal(color, 'rgb(1, 2, 3)')
    },
    { systemBrowser: { htmlMessageSuccess: own } },
  )
  const browserRedirectSuccess = new URL(`${stage.tenant.origin}/welcome`)
  await signIn(
    app,
    desk,
    async () => {
      await page.getByRole('button', { name: 'Alice' }).click()
      await page.waitForURL(browserRedirectSuccess.href)
    },
    { systemBrowser: { browserRedirectSuccess } },
  )
})
