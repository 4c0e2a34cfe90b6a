/** What each value of `prompt` asks the service for, and extra scopes: what is consented to now and fetched later. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientError, type CustomWebUi, InteractionRequiredError, Prompt } from 'latchkey'
import { type Browser, claimsOf } from '../emulator/support.js'
import { interactively, SCOPES, setStage } from './support.js'

const stage = await setStage({
  users: [{ username: 'zoe@contoso.onmicrosoft.com' }],
})
const { tenant } = stage
const redirectUri = 'https://login.microsoftonline.com/common/oauth2/nativeclient'
const query = (url: URL | undefined) => Object.fromEntries(url?.searchParams ?? [])

/** A web UI without a window: it can follow redirects, and nobody sees a page. */
function hidden(browser: Browser) {
  const urls: URL[] = []
  const webUi: CustomWebUi = {
    async acquireAuthorizationCode(url) {
      urls.push(url)
      const { answer, title } = await browser.open(url.pathname + url.search)
      return new URL(String(answer.headers.location ?? assert.fail(`shows ${title}`)))
    },
  }
  return { webUi, urls }
}

test('the prompt that was asked for is sent, and none for NoPrompt', async t => {
  const { app } = stage.application(t)
  for (const prompt of [Prompt.SelectAccount, Prompt.Consent, Prompt.ForceLogin, Prompt.Create, Prompt.NoPrompt]) {
    const visit = stage.visit('alice', { deeds: { 'Create account': () => ({ has_account: '1' }) } })
    await interactively(app, visit, { prompt })
    assert.equal(query(visit.urls[0]).prompt, prompt === 'no_prompt' ? undefined : prompt)
    const consented = visit.titles.includes('Permissions requested')
    assert.equal(consented, prompt === 'consent', prompt)
  }
})

test('Never is prompt=none for a custom web UI: silent with a session, no_prompt_failed where somebody is needed', async t => {
  const { app } = stage.application(t, { redirectUri })
  const browser = stage.browser()
  const { webUi, urls } = hidden(browser)
  const never = (request: { loginHint?: string; scopes?: string[] } = {}) =>
    app.acquireTokenInteractive({ scopes: SCOPES, prompt: Prompt.Never, webUi, ...request })
  const fails = (call: Promise<unknown>, error: string) =>
    assert.rejects(call, (reason: unknown) => {
      assert.ok(reason instanceof InteractionRequiredError, String(reason))
      assert.deepEqual(
        [reason.code, reason.classification, reason.error],
        ['no_prompt_failed', 'prompt_never_failed', error],
      )
      return true
    })
  await fails(never(), 'login_required')
  assert.equal(query(urls[0]).prompt, 'none')

  const elsewhere = stage.application(t).app
  await interactively(elsewhere, stage.visit('alice', { browser }))
  const { account } = await never()
  assert.equal(account.username, stage.user('alice').username)

  await interactively(elsewhere, stage.visit('zoe', { browser }), { prompt: Prompt.ForceLogin })
  await fails(never(), 'interaction_required')
  tenant.scenario({ users: { [stage.user('zoe').username]: { consentNeeded: true } } })
  await fails(never({ loginHint: stage.user('zoe').username, scopes: ['Mail.Read'] }), 'consent_required')
  tenant.scenario({ users: { [stage.user('zoe').username]: { mfa: true } } })
  await fails(never({ loginHint: stage.user('zoe').username }), 'interaction_required')
  assert.deepEqual(
    (await app.getAccounts()).map(({ username }) => username),
    [account.username],
  )
})

test('Never in the system browser or in a new app window is a ClientError before anything opens', async t => {
  const { app } = stage.application(t)
  const visit = stage.visit('alice')
  for (const webUi of [undefined, 'systemBrowser', 'appWindow'] as const) {
    const request = { scopes: SCOPES, prompt: Prompt.Never, ...(webUi && { webUi }) }
    const call = webUi === 'appWindow' ? app.acquireTokenInteractive(request) : interactively(app, visit, request)
    await assert.rejects(call, (error: unknown) => {
      assert.ok(error instanceof ClientError)
      assert.equal(error.code, 'no_system_webview')
      assert.match(error.hint, /acquireTokenSilent/)
      return true
    })
  }
  assert.deepEqual([visit.urls, tenant.requests], [[], []])
})

test("NoPrompt shows B2C's edit-profile policy to the user of the sign-in policy, without asking who it is", async t => {
  const scopes = [tenant.clientId]
  const { app } = stage.application(t, { authority: tenant.b2cAuthority() })
  const browser = stage.browser()
  const { account } = await interactively(app, stage.visit('alice', { browser }), { scopes })
  const deeds = { 'Edit your profile': () => ({ displayName: 'Alice in Flow' }) }
  const visit = stage.visit('alice', { browser, deeds })
  const authority = tenant.b2cAuthority('b2c_1_edit_profile')
  assert.match(authority, /\/tfp\/[^/]+\/b2c_1_edit_profile$/)
  const edited = await interactively(app, visit, { scopes, authority, account, prompt: Prompt.NoPrompt })

  const [url] = visit.urls
  assert.match(url?.pathname ?? '', /^\/tfp\/[^/]+\/b2c_1_edit_profile\/oauth2\/v2\.0\/authorize$/)
  assert.equal('prompt' in query(url), false)
  assert.deepEqual(visit.titles, ['Edit your profile', 'Returning to the app', 'Signed in'])
  assert.match(String(stage.tokenRequests().at(-1)?.path), /b2c_1_edit_profile\/oauth2\/v2\.0\/token$/)
  assert.equal(edited.idTokenClaims?.tfp, 'b2c_1_edit_profile')
  assert.equal(edited.idTokenClaims?.name, 'Alice in Flow')
  assert.equal(edited.account.localAccountId, account.localAccountId)

  // The account of the sign-in policy is what the app goes on with.
  const silent = await app.acquireTokenSilent({ scopes, account })
  assert.deepEqual([silent.fromCache, silent.idTokenClaims?.tfp], [true, 'b2c_1_susi'])
  const cancels = stage.visit('alice', { browser, deeds: { 'Edit your profile': () => ({ cancel: '1' }) } })
  await assert.rejects(interactively(app, cancels, { scopes, authority, account, prompt: Prompt.NoPrompt }), {
    code: 'access_denied',
    message: /AADB2C90091/,
  })
  const impostor = interactively(app, stage.visit('zoe', { deeds }), {
    scopes,
    authority,
    account,
    prompt: Prompt.ForceLogin,
  })
  await assert.rejects(impostor, { code: 'user_mismatch' })
})

test('extra scopes are consented to on one page, and their token is fetched later without a page', async t => {
  const { app } = stage.application(t)
  const vault = 'https://vault.azure.net/user_impersonation'
  let consent = ''
  const visit = stage.visit('cara', {
    deeds: {
      'Permissions requested': ({ answer }) => {
        consent += answer.text
        return { ucaccept: 'yes' }
      },
    },
  })
  const result = await interactively(app, visit, { extraScopesToConsent: [vault] })
  assert.equal(query(visit.urls[0]).scope, `User.Read ${vault} openid profile offline_access`)
  assert.deepEqual(visit.titles, ['Sign in', 'Permissions requested', 'Returning to the app', 'Signed in'])
  for (const listed of ['Microsoft Graph', 'User.Read', 'https://vault.azure.net', 'user_impersonation']) {
    assert.ok(consent.includes(listed), listed)
  }

  const [redeemed] = stage.tokenRequests()
  assert.equal(redeemed?.form.scope, 'User.Read openid profile offline_access')
  assert.deepEqual(result.scopes, ['User.Read', 'openid', 'profile'])
  const first = claimsOf(result.accessToken)
  assert.deepEqual([first.aud, first.scp], ['https://graph.microsoft.com', 'User.Read openid profile'])

  tenant.requests.length = 0
  const { accessToken, scopes, fromCache } = await app.acquireTokenSilent({ scopes: [vault], account: result.account })
  assert.deepEqual([fromCache, scopes[0], claimsOf(accessToken).aud], [false, vault, 'https://vault.azure.net'])
  assert.deepEqual(
    tenant.requests.map(({ path, form }) => [path.split('/').at(-1), form.grant_type]),
    [['token', 'refresh_token']],
  )
})
