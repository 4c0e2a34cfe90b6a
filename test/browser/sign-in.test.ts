/** Signing in with a real chromium: every page of the tenant, and the page of ours at the end. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { claimsOf } from '../emulator/support.js'
import { setStage } from '../flow/support.js'
import { endsAt, fillIn, heading, signIn, startChromium } from './support.js'

const stage = await setStage()
const openDesk = await startChromium()

test('signs in, and the second time picks the account without a password', async t => {
  const { app } = stage.application(t)
  const desk = await openDesk(t)
  const { page, picture } = desk
  const { username } = stage.user('alice')
  const first = await signIn(app, desk, async () => {
    await heading(page, 'Sign in')
    await picture('sign-in')
    await fillIn(page, stage.user('alice'))
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
    await fillIn(page, stage.user('joe'))
    await endsAt(page, '/signed-in')
  })
  assert.equal(other.account.username, stage.user('joe').username)
  const silently = await signIn(app, desk, () => endsAt(page, '/signed-in'), {
    prompt: 'no_prompt',
    loginHint: username.toUpperCase(),
  })
  assert.equal(silently.account.username, username)
  assert.deepEqual(desk.complaints, [])
  assert.equal((await app.getAccounts()).length, 2)
})

test('one port does for one sign-in after the other, whatever connections the browser keeps', async t => {
  const { app } = stage.application(t)
  const desk = await openDesk(t)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await once(server.close(), 'close')
  for (const name of ['alice', 'joe', 'alice']) {
    const steps = async () => {
      await fillIn(desk.page, stage.user(name))
      await endsAt(desk.page, '/signed-in')
    }
    const { account } = await signIn(app, desk, steps, { prompt: 'login', systemBrowser: { port } })
    assert.equal(account.username, stage.user(name).username)
  }
  assert.deepEqual(desk.complaints, [])
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
    await fillIn(page, stage.user('cara'))
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
  const { account, accessToken } = await signIn(app, desk, steps, extra)
  assert.equal(claimsOf(accessToken).aud, 'https://graph.microsoft.com')
  stage.tenant.requests.length = 0
  const vault = { scopes: ['https://vault.azure.net/user_impersonation'], account }
  const later = await app.acquireTokenSilent(vault)
  assert.equal(claimsOf(later.accessToken).aud, 'https://vault.azure.net')
  assert.deepEqual(
    stage.tenant.requests.map(({ form }) => form.grant_type),
    ['refresh_token'],
  )
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
    await fillIn(page, stage.user('alice'))
    await heading(page, 'You are not signed in.')
    await picture('not-signed-in-long')
    assert.match((await page.locator('main').textContent()) ?? '', /AADSTS53003/)
  })
  stage.tenant.scenario({ aadsts: 53003 })
  await assert.rejects(blocked, { code: 'invalid_grant' })
  assert.deepEqual(desk.complaints, [])
})

test('a tab that is closed says nothing: the signal of the app, or the time limit, ends the wait', async t => {
  const { app, clock } = stage.application(t)
  for (const how of ['signal', 'time limit'] as const) {
    const { page } = await openDesk(t)
    const cancel = new AbortController()
    let isClosed = () => {}
    const closed = new Promise<void>(resolve => {
      isClosed = resolve
    })
    const openBrowser = async (url: URL) => {
      await page.goto(url.href)
      await heading(page, 'Sign in')
      await page.close()
      isClosed()
    }
    const request = { scopes: ['User.Read'], signal: cancel.signal, timeoutSeconds: 60, systemBrowser: { openBrowser } }
    const call = app.acquireTokenInteractive(request)
    const reason = new Error('Cancel in the window of the app')
    const expected = how === 'signal' ? reason : { code: 'authentication_timeout' }
    const outcome = assert.rejects(call, expected)
    await closed
    if (how === 'signal') cancel.abort(reason)
    else await clock.advance(60_000)
    await outcome
  }
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
    await fillIn(page, stage.user('bob'))
    await page.getByText('AADSTS53003', { exact: true }).waitFor()
    await picture('blocked')
    isShown()
  })
  const outcome = assert.rejects(blocked, { code: 'authentication_timeout' })
  await shown
  await clock.advance(300_000)
  await outcome
})
