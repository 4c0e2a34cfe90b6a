/** The pages for people who use a keyboard, block scripts, prefer the dark, or read on a small screen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setStage } from '../flow/support.js'
import { endsAt, fillIn, focusOn, heading, signIn, startChromium } from './support.js'

const stage = await setStage({ users: [{ username: 'kim@contoso.onmicrosoft.com', mfa: true, consentNeeded: true }] })
const openDesk = await startChromium()

test('a keyboard is enough, and the focus is where the next key belongs', async t => {
  const { app } = stage.application(t)
  const desk = await openDesk(t)
  const { page } = desk
  const { keyboard } = page
  const { username, password, otc } = stage.user('kim')
  const result = await signIn(app, desk, async () => {
    await focusOn(page, '#loginfmt')
    await keyboard.type(username)
    await keyboard.press('Tab')
    await keyboard.type('wrong')
    await keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await focusOn(page, '#passwd')
    await keyboard.type(password)
    await keyboard.press('Enter')
    await focusOn(page, '#otc')
    await keyboard.type(otc)
    await keyboard.press('Tab')
    await keyboard.press('Enter')
    await focusOn(page, 'button[value="yes"]')
    await keyboard.press('Enter')
    await endsAt(page, '/signed-in')
  })
  assert.equal(result.account.username, username)

  const again = await signIn(app, desk, async () => {
    await focusOn(page, `button[name="account"][value="${username}"]`)
    await keyboard.press('Enter')
    await endsAt(page, '/signed-in')
  })
  assert.equal(again.account.username, username)

  const cancelled = signIn(app, desk, async () => {
    await focusOn(page, 'button[name="account"]')
    for (const _ of ['another account', 'cancel']) await keyboard.press('Tab')
    await focusOn(page, 'button[name="cancel"]')
    await keyboard.press('Space')
    await endsAt(page, '/not-signed-in')
  })
  await assert.rejects(cancelled, { code: 'authentication_canceled' })
  assert.deepEqual(desk.complaints, [])
})

test('without scripts a button leads back to the app', async t => {
  const { app } = stage.application(t)
  const desk = await openDesk(t, { javaScriptEnabled: false })
  const { page, picture } = desk
  const { username, password } = stage.user('alice')
  const { account } = await signIn(app, desk, async () => {
    await page.getByLabel('User name').fill(username)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading(page, /Returning to the app/)
    await picture('returning-without-script')
    await page.getByRole('button', { name: 'Continue' }).click()
    await heading(page, /You are signed in/)
    await endsAt(page, '/signed-in')
  })
  assert.equal(account.username, username)
})

test('nothing of the answer is left in the history, and going back does not repeat it', async t => {
  const { app } = stage.application(t)
  const desk = await openDesk(t)
  const { page } = desk
  const { username, password } = stage.user('alice')
  const visited: string[] = []
  page.on('framenavigated', frame => visited.push(frame.url()))
  const result = await signIn(app, desk, async () => {
    await page.getByLabel('User name').fill(username)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await endsAt(page, '/signed-in')
    assert.equal(await page.evaluate('document.referrer'), '')
  })
  assert.ok(result.accessToken)
  assert.ok(visited.length > 2)
  for (const address of visited) assert.equal(new URL(address).searchParams.get('code'), null)
  assert.deepEqual(
    visited
      .filter(address => new URL(address).protocol === 'http:')
      .map(address => new URL(address).pathname.split('/')[1]),
    ['signed-in'],
  )
  await page.goBack().catch(() => {})
  assert.equal(stage.tokenRequests().length, 1)
})

test('every page fits a small screen, light and dark', async t => {
  const { app } = stage.application(t)
  const { username, password, otc } = stage.user('kim')
  for (const colorScheme of ['light', 'dark'] as const) {
    const desk = await openDesk(t, { colorScheme, viewport: { width: 320, height: 640 } })
    const { page, picture } = desk
    const look = async (name: string) => {
      await picture(`small-${colorScheme}-${name}`)
      const [wide, background] = (await page.evaluate(
        '[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]',
      )) as [number, string]
      assert.equal(wide, 320, name)
      const [red = 0] = [...background.matchAll(/\d+/g)].map(Number)
      assert.equal(red < 128, colorScheme === 'dark', `${name}: ${background}`)
    }
    const steps = async () => {
      await look('sign-in')
      await page.getByLabel('User name').fill(username)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await heading(page, 'Enter your code')
      await look('second-factor')
      await page.getByLabel('Code').fill(otc)
      await page.getByRole('button', { name: 'Verify' }).click()
      await heading(page, 'Permissions requested')
      await look('consent')
      await page.getByRole('button', { name: 'Accept' }).click()
      await endsAt(page, '/signed-in')
      await look('signed-in')
    }
    await signIn(app, desk, steps, { prompt: 'consent' })
    const cancelled = signIn(app, desk, async () => {
      await look('account-picker')
      await page.getByRole('button', { name: 'Cancel' }).click()
      await endsAt(page, '/not-signed-in')
      await look('not-signed-in')
    })
    await assert.rejects(cancelled, { code: 'authentication_canceled' })
    const signsUp = signIn(
      app,
      desk,
      async () => {
        await look('sign-up')
        await page.getByRole('button', { name: 'I have an account' }).click()
        await heading(page, 'Sign in')
        await page.getByRole('button', { name: 'Cancel' }).click()
        await endsAt(page, '/not-signed-in')
      },
      { prompt: 'create' },
    )
    await assert.rejects(signsUp, { code: 'authentication_canceled' })
    const { tenant } = stage
    const authority = tenant.b2cAuthority('b2c_1_edit_profile')
    const edit = { scopes: [tenant.clientId], prompt: 'no_prompt' as const }
    const edits = signIn(
      stage.application(t, { authority }).app,
      desk,
      async () => {
        await fillIn(page, tenant.users[0] ?? assert.fail())
        await heading(page, 'Edit your profile')
        await look('edit-profile')
        await page.getByRole('button', { name: 'Cancel' }).click()
        await endsAt(page, '/not-signed-in')
      },
      edit,
    )
    await assert.rejects(edits, { code: 'access_denied' })
  }
})
