/** Each value of `prompt` as a person with a real chromium meets it, a session in the browser and without one. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type CustomWebUi, Prompt } from 'latchkey'
import { SCOPES, setStage } from '../flow/support.js'
import { type Desk, endsAt, fillIn, focusOn, heading, signIn, startChromium } from './support.js'

const stage = await setStage()
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

test('ForceLogin asks for the password again', async t => {
  const { app, desk } = await deskOfAlice(t)
  const { page, picture } = desk
  const steps = async () => {
    await heading(page, 'Sign in')
    await picture('prompt-login')
    await fillIn(page, alice)
    await endsAt(page, '/signed-in')
  }
  assert.equal((await signIn(app, desk, steps, { prompt: Prompt.ForceLogin })).account.username, alice.username)
  assert.deepEqual(desk.complaints, [])
})

test('Create signs a new user up, who signs in by name and password afterwards', async t => {
  const { app, desk, account } = await deskOfAlice(t)
  const { page, picture } = desk
  const newcomer = { username: 'nora@mail.example', password: 'Sea-shells 7' }
  const create = async () => {
    await heading(page, 'Create account')
    await focusOn(page, '#displayName')
    await picture('prompt-create')
    // From the keyboard, as somebody would who does not look for the mouse.
    await page.keyboard.type('Nora')
    await page.keyboard.press('Tab')
    await page.keyboard.type(newcomer.username)
    await page.keyboard.press('Tab')
    await page.keyboard.type('weak')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await picture('prompt-create-refused')
    await focusOn(page, '#newPassword')
    await page.keyboard.type(newcomer.password)
    await page.keyboard.press('Enter')
    await endsAt(page, '/signed-in')
  }
  const signedUp = await signIn(app, desk, create, { prompt: Prompt.Create })
  assert.deepEqual([signedUp.account.username, signedUp.idTokenClaims?.name], [newcomer.username, 'Nora'])
  assert.notEqual(signedUp.account.homeAccountId, account.homeAccountId)
  const later = await openDesk(t)
  const again = await signIn(app, later, async () => {
    await fillIn(later.page, newcomer)
    await endsAt(later.page, '/signed-in')
  })
  assert.equal(again.account.homeAccountId, signedUp.account.homeAccountId)

  const cancel = async () => {
    await heading(page, 'Create account')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await endsAt(page, '/not-signed-in')
  }
  const cancelled = signIn(app, desk, cancel, { prompt: Prompt.Create })
  await assert.rejects(cancelled, { code: 'authentication_canceled' })
  assert.deepEqual([...desk.complaints, ...later.complaints], [])
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
  const { page, picture } = desk
  const seen = watchPages(desk)
  const authority = tenant.b2cAuthority('b2c_1_edit_profile')
  const edit = { scopes, account, authority, prompt: Prompt.NoPrompt }
  const rename = async () => {
    await heading(page, 'Edit your profile')
    await focusOn(page, '#displayName')
    await picture('prompt-edit-profile')
    assert.equal(await page.getByLabel('Display name').inputValue(), 'Alice')
    await page.getByLabel('Display name').fill('Alice Liddell')
    await page.getByLabel('Surname').fill('Liddell')
    await page.getByRole('button', { name: 'Continue' }).click()
    await endsAt(page, '/signed-in')
  }
  const edited = await signIn(app, desk, rename, edit)
  const { tfp, name, family_name } = edited.idTokenClaims ?? {}
  assert.deepEqual([tfp, name, family_name], ['b2c_1_edit_profile', 'Alice Liddell', 'Liddell'])
  assert.equal(edited.account.localAccountId, account.localAccountId)
  assert.ok(!seen.includes('Sign in'), seen.join(', '))

  const cancel = async () => {
    await heading(page, 'Edit your profile')
    await page.getByLabel('Display name').fill('Nobody')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await endsAt(page, '/not-signed-in')
  }
  await assert.rejects(signIn(app, desk, cancel, edit), { code: 'access_denied', message: /AADB2C90091/ })
  assert.equal(tenant.users[0]?.name, 'Alice Liddell')
  assert.deepEqual(desk.complaints, [])
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
