/** The tenant's pages that end in the browser, in a real chromium: a device's code, and consent by a link. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { emulate, SCOPE } from '../emulator/support.js'
import { type Desk, focusOn, heading, startChromium } from './support.js'

const emulation = await emulate()
const { tenant, user, post, token, password } = emulation
const openDesk = await startChromium()
beforeEach(() => tenant.scenario(null))

async function startDevice(): Promise<{ userCode: string; verificationUri: string; poll: typeof password }> {
  const { json } = await post('/common/oauth2/v2.0/devicecode', { client_id: tenant.clientId, scope: SCOPE })
  const form = { grant_type: 'device_code', device_code: String(json.device_code) }
  return {
    userCode: String(json.user_code),
    verificationUri: String(json.verification_uri),
    poll: () => token(form, 'common'),
  }
}

async function typeCode({ page }: Desk, { verificationUri, userCode }: { verificationUri: string; userCode: string }) {
  await page.goto(verificationUri)
  await heading(page, 'Enter the code from your device')
  await page.getByLabel('Code').fill(userCode)
  await page.getByRole('button', { name: 'Next' }).click()
}

async function signIn({ page }: Desk, name: string): Promise<void> {
  await heading(page, 'Sign in')
  await page.getByLabel('User name').fill(user(name).username)
  await page.getByLabel('Password').fill(user(name).password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('a user with a second factor signs a device in', async t => {
  const desk = await openDesk(t)
  const { page, picture } = desk
  const device = await startDevice()
  await typeCode(desk, { ...device, userCode: 'WRONG' })
  await page.getByRole('alert').waitFor()
  await picture('device-code-refused')
  await typeCode(desk, device)
  await signIn(desk, 'mia')
  await heading(page, 'Enter your code')
  await page.getByLabel('Code').fill(user('mia').otc)
  await page.getByRole('button', { name: 'Verify' }).click()
  await heading(page, 'Sign in on your device?')
  await picture('device-confirm')
  assert.equal((await device.poll('mia')).json.error, 'authorization_pending')
  await page.getByRole('button', { name: 'Continue' }).click()
  await heading(page, 'You have signed in')
  await picture('device-done')
  assert.equal((await device.poll('mia')).status, 200)
  assert.deepEqual(desk.complaints, [])
})

test('a user who has to consent does so for a device, and is not asked again for a password', async t => {
  const desk = await openDesk(t)
  const { page } = desk
  const device = await startDevice()
  await typeCode(desk, device)
  await signIn(desk, 'cara')
  await heading(page, 'Permissions requested')
  await page.getByRole('button', { name: 'Accept' }).click()
  await heading(page, 'You have signed in')
  assert.equal((await device.poll('cara')).status, 200)
  assert.equal((await password('cara')).status, 200)
  assert.deepEqual(desk.complaints, [])
})

test('a keyboard is enough to refuse a device', async t => {
  const desk = await openDesk(t)
  const { page } = desk
  const device = await startDevice()
  await page.goto(device.verificationUri)
  await focusOn(page, '#otc')
  await page.keyboard.type(device.userCode.toLowerCase())
  await page.keyboard.press('Enter')
  await focusOn(page, '#loginfmt')
  await page.keyboard.type(user('alice').username)
  await page.keyboard.press('Tab')
  await page.keyboard.type(user('alice').password)
  await page.keyboard.press('Enter')
  await focusOn(page, 'button[value="yes"]')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await heading(page, 'You have not signed in')
  assert.equal((await device.poll('alice')).json.error, 'authorization_declined')
})

test('a link to consent ends on a page that says so, and shows no code', async t => {
  const desk = await openDesk(t)
  const { page, picture } = desk
  const { username } = user('alice')
  tenant.scenario({ users: { [username]: { consentNeeded: true } } })
  assert.deepEqual((await password('alice')).json.error_codes, [65001])
  const query = `client_id=${tenant.clientId}&response_type=code&scope=user.read`
  await page.goto(`${tenant.authority}/oauth2/v2.0/authorize?${query}`)
  await signIn(desk, 'alice')
  await page.getByRole('button', { name: 'Accept' }).click()
  await heading(page, 'Permissions granted')
  await picture('consent-done')
  assert.equal(new URL(page.url()).search, '')
  assert.equal((await password('alice')).status, 200)
  assert.deepEqual(desk.complaints, [])
})

test('the pages fit small screens, light and dark', async t => {
  const windows = [
    ['light', 320],
    ['dark', 360],
    ['light', 1000],
  ] as const
  for (const [colorScheme, width] of windows) {
    const desk = await openDesk(t, { colorScheme, viewport: { width, height: 640 } })
    const { page, picture } = desk
    const look = async (name: string) => {
      await picture(`${name}-${colorScheme}-${width}`)
      const seen = await page.evaluate(
        '[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]',
      )
      const [wide, background] = seen as [number, string]
      assert.equal(wide, width, name)
      assert.equal(Number(/\d+/.exec(background)?.[0]) < 128, colorScheme === 'dark', name)
    }
    const adminConsent = `${tenant.origin}/${tenant.tenantId}/adminconsent?client_id=${tenant.clientId}`
    const device = await startDevice()
    await page.goto(`${device.verificationUri}?user_code=${device.userCode}`)
    await look('device-code')
    await page.getByRole('button', { name: 'Next' }).click()
    await signIn(desk, 'ada')
    await heading(page, 'Sign in on your device?')
    await look('device-confirm')
    await page.goto(adminConsent)
    await page.getByRole('button', { name: user('ada').username }).click()
    await heading(page, 'Permissions requested')
    await look('admin-consent')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await heading(page, 'Permissions not granted')
    await look('admin-consent-cancelled')
  }
})
