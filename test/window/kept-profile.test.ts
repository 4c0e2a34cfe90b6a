/** App windows whose profile is kept: nobody types a password twice, and with prompt `none` nobody sees a window. */
import assert from 'node:assert/strict'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { InteractionRequiredError, Prompt } from 'latchkey'
import {
  alice,
  application,
  browsers,
  debuggingPort,
  folder,
  pageAt,
  processes,
  request,
  signIn,
  soon,
  tenant,
  theBrowser,
} from './app-window-support.js'
import { Desktop, native } from './support.js'

await Desktop.start()
const kept = { appWindow: { profile: 'kept' as const } }
const unseen = request([], { ...kept, prompt: Prompt.Never })

async function signInOnce(t: TestContext, clientId: string): Promise<void> {
  const port = await debuggingPort()
  const call = application(t, { clientId }).acquireTokenInteractive(request([`--remote-debugging-port=${port}`], kept))
  await signIn(await pageAt(t, port), { staysSignedIn: true })
  await call
}

const needsTheUser = (error: unknown) => {
  assert.ok(error instanceof InteractionRequiredError, String(error))
  assert.deepEqual([error.code, error.classification], ['no_prompt_failed', 'prompt_never_failed'])
  return true
}

test('prompt none needs nobody where the profile knows somebody, and shows nothing', async t => {
  const app = application(t)
  await assert.rejects(app.acquireTokenInteractive(unseen), needsTheUser)
  await signInOnce(t, tenant.clientId)

  const call = application(t).acquireTokenInteractive(unseen)
  const { pid, args } = await theBrowser()
  assert.equal(args.includes('--headless=new'), true)
  let windows = 0
  while ((await browsers()).length > 0) {
    if ((await native.find(pid)) !== undefined) windows += 1
    await delay(20)
  }
  assert.equal(windows, 0)
  assert.equal((await call).account.username, alice.username)
  // The window that is shown knows the user, too: the picker is all there is to see.
  const port = await debuggingPort()
  const again = application(t).acquireTokenInteractive(request([`--remote-debugging-port=${port}`], kept))
  const page = await pageAt(t, port)
  await page
    .getByRole('button', { name: alice.username })
    .click()
    .catch(() => {})
  assert.equal((await again).account.username, alice.username)
  assert.deepEqual(await processes(), [])
})

test('the profile is the user’s alone, and one for each client ID', async t => {
  const profiles = join(folder, 'latchkey', 'windows')
  assert.deepEqual(await readdir(profiles), [tenant.clientId])
  assert.equal((await stat(join(profiles, tenant.clientId))).mode & 0o777, 0o700)
  const other = application(t, { clientId: '../../elsewhere' })
  await assert.rejects(other.acquireTokenInteractive(unseen))
  const [name = ''] = (await readdir(profiles)).filter(name => name !== tenant.clientId)
  assert.match(name, /^[0-9a-f]{64}$/)
})

test('a page that waits for the user fails, though nobody says so', { timeout: 60_000 }, async t => {
  tenant.scenario({ faults: { authorize: { kind: 'html', status: 200 } } })
  t.after(() => tenant.scenario(null))
  const began = performance.now()
  await assert.rejects(application(t).acquireTokenInteractive(unseen), needsTheUser)
  assert.ok(performance.now() - began > 5_000)
  assert.deepEqual(await processes(), [])
})

test('a private profile knows nobody, so that it is not asked', async t => {
  const call = application(t).acquireTokenInteractive(request([], { prompt: Prompt.Never }))
  await assert.rejects(call, { code: 'no_system_webview' })
})

test('one sign-in at a time has the profile; the next one waits, as long as its own time', async t => {
  const app = application(t)
  const first = new AbortController()
  const held = app.acquireTokenInteractive(request([], { ...kept, signal: first.signal }))
  const ended = assert.rejects(held, { message: 'enough' })
  const { pid } = await theBrowser()
  await soon('a window', () => native.find(pid))
  const impatient = app.acquireTokenInteractive({ ...unseen, timeoutSeconds: 1 })
  await assert.rejects(impatient, { code: 'authentication_timeout' })
  const patient = app.acquireTokenInteractive(unseen)
  await delay(500)
  assert.deepEqual(
    (await browsers()).map(({ pid }) => pid),
    [pid],
  )
  first.abort(new Error('enough'))
  await ended
  assert.equal((await patient).account.username, alice.username)
})
