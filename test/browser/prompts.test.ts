/** Each value of `prompt` as a person with a real chromium meets it, a session in the browser and without one. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type CustomWebUi, Prompt } from 'latchkey'
import { SCOPES, setStage } from '../flow/support.js'
import { type Desk, endsAt, fillIn, heading, signIn, startChromium } from './support.js'

const stage = await setStage({ b2cPolicies: { b2c_1_edit_profile: 'pages' } })
const openDesk = await startChromium()
const alice = stage.user('alice')

/** A browser that alice has signed in with. */
async function deskOfAlice(t: TestContext, authority = stage.tenant.authority, scopes = SCOPES) {
  const { app } = stage.application(t, { authority, redirectUri: 'http://localhost/back' })
  const desk = await openDesk(t)
  const steps = async () => {
    await fillIn(desk.page, alice)
    await endsAt(desk.page, '/signed-in')
  }
  const { account } = await signIn(app, desk, steps, { scopes })
  return { app, desk, account }
}

/** The headings of the pages that are shown from now on. */
function watchPages({ page }: Desk): string[] {
  const seen: string[] = []
  page.on('domcontentloaded', async () => {
    const heading = await page
      .locator('h1')
      .first()
      .textContent({ timeout: 1_000 })
      .catch(() => null)
    if (heading !== null) seen.push(heading)
  })
  return seen
}

test('SelectAccount shows the picker, although it is clear who is signed in', async t => {
  const { app, desk, account } = await deskOfAlice(t)
  const { page, picture } = desk
  for (const prompt of [undefined, Prompt.SelectAccount]) {
    const steps = async () => {
      await heading(page, 'Pick an account')
      await picture('prompt-select-account')
      await page.getByRole('button', { name: alice.username }).click()
      await endsAt(page, '/signed-in')
    }
    const again = await signIn(app, desk, steps, prompt === undefined ? {} : { prompt })
    assert.equal(again.account.homeAccountId, account.homeAccountId)
  }
  assert.deepEqual(desk.complaints, [])
})

test('Consent asks for it again, and declining is a cancelled sign-in', async t => {
  const { app, desk } = await deskOfAlice(t)
  const { page, picture } = desk
  const decide = (button: string, end: string) => async () => {
    await heading(page, 'Permissions requested')
    await picture('prompt-consent')
    await page.getByRole('button', { name: button }).click()
    await endsAt(page, end)
  }
  const accepted = await signIn(app, desk, decide('Accept', '/signed-in'), { prompt: Prompt.Consent })
  assert.equal(accepted.account.username, alice.username)
  const declined = signIn(app, desk, decide('Cancel', '/not-signed-in'), { prompt: Prompt.Consent })
  await assert.rejects(declined, { code: 'authentication_canceled' })
  assert.deepEqual(desk.complaints, [])
})

test('ForceLogin and Create ask for the password again', async t => {
  const { app, desk } = await deskOfAlice(t)
  const { page, picture } = desk
  for (const prompt of [Prompt.ForceLogin, Prompt.Create]) {
    const steps = async () => {
      await heading(page, 'Sign in')
      await picture(`prompt-${prompt}`)
      await fillIn(page, alice)
      await endsAt(page, '/signed-in')
    }
    assert.equal((await signIn(app, desk, steps, { prompt })).account.username, alice.username)
  }
  assert.deepEqual(desk.complaints, [])
})

test('NoPrompt shows no page to whom the browser knows', async t => {
  const { app, desk, account } = await deskOfAlice(t)
  const seen = watchPages(desk)
  const again = await signIn(app, desk, () => endsAt(desk.page, '/signed-in'), { prompt: Prompt.NoPrompt, account })
  assert.equal(again.account.homeAccountId, account.homeAccountId)
  await desk.picture('prompt-no-prompt')
  assert.ok(!seen.some(title => /Sign in|Pick an account|Permissions/.test(title)), seen.join(', '))
  assert.deepEqual(desk.complaints, [])
})

test("NoPrompt goes through B2C's edit-profile policy as the user who is signed in", async t => {
  const { tenant } = stage
  const scopes = [tenant.clientId]
  const { app, desk, account } = await deskOfAlice(t, tenant.b2cAuthority(), scopes)
  const seen = watchPages(desk)
  const authority = tenant.b2cAuthority('b2c_1_edit_profile')
  const edit = { scopes, account, authority, prompt: Prompt.NoPrompt }
  const edited = await signIn(app, desk, () => endsAt(desk.page, '/signed-in'), edit)
  assert.equal(edited.idTokenClaims?.tfp, 'b2c_1_edit_profile')
  assert.equal(edited.account.localAccountId, account.localAccountId)
  assert.ok(!seen.includes('Sign in'), seen.join(', '))
})

test('Never in a chromium without a window: signed in by its session, or no_prompt_failed', async t => {
  const known = await deskOfAlice(t)
  const redirectUri = 'http://localhost/hidden'
  const never = (page: Desk['page']) => {
    const webUi: CustomWebUi = {
      async acquireAuthorizationCode(url) {
        const back = page.waitForRequest(request => request.url().startsWith(`${redirectUri}?`))
        // Nobody listens there, and the navigation fails.
        await page.goto(url.href).catch(() => {})
        return new URL((await back).url())
      },
    }
    return known.app.acquireTokenInteractive({ scopes: SCOPES, redirectUri, prompt: Prompt.Never, webUi })
  }
  const { account } = await never(known.desk.page)
  assert.equal(account.homeAccountId, known.account.homeAccountId)
  const stranger = await openDesk(t)
  await assert.rejects(never(stranger.page), {
    name: 'InteractionRequiredError',
    code: 'no_prompt_failed',
    classification: 'prompt_never_failed',
    error: 'login_required',
  })
})
