/** Signing in with the system browser: what is asked of the service, what the person meets, and what comes of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Prompt } from 'latchkey'
import { claimsOf } from '../emulator/support.js'
import { interactively, SCOPES, setStage } from './support.js'

const stage = await setStage({ users: [{ username: 'zoe@contoso.onmicrosoft.com' }] })
const { tenant } = stage
const query = (url: URL | undefined) => Object.fromEntries(url?.searchParams ?? [])

test('signs in by form post, keeps the tokens, and ends at an address without the code', async t => {
  const { app, clock } = stage.application(t)
  const visit = stage.visit('alice')
  const correlationId = '1b2a8f0e-5c93-4b7e-8d2e-6f6c7c1f9a10'
  const result = await interactively(app, visit, { correlationId })

  const asked = query(visit.urls[0])
  const expected = {
    client_id: tenant.clientId,
    response_type: 'code',
    response_mode: 'form_post',
    scope: 'User.Read openid profile offline_access',
    code_challenge_method: 'S256',
    client_info: '1',
    prompt: 'select_account',
    'client-request-id': correlationId,
  }
  assert.deepEqual({ ...asked, ...expected }, asked)
  assert.match(String(asked.redirect_uri), /^http:\/\/localhost:\d+$/)
  for (const secret of ['state', 'nonce', 'code_challenge']) assert.match(String(asked[secret]), /^[\w-]{43}$/)
  assert.equal(asked.login_hint, undefined)
  assert.equal(visit.urls[0]?.pathname, `/${tenant.domain}/oauth2/v2.0/authorize`)

  const [redeemed, ...others] = stage.tokenRequests()
  assert.deepEqual(others, [])
  assert.equal(redeemed?.form.grant_type, 'authorization_code')
  assert.equal(redeemed?.form.redirect_uri, asked.redirect_uri)
  assert.equal(redeemed?.headers['client-request-id'], correlationId)

  const user = stage.user('alice')
  const { account, idTokenClaims } = result
  assert.equal(account.homeAccountId, `${'id' in user && user.id}.${tenant.tenantId}`)
  assert.deepEqual([account.username, account.name, account.tenantId], [user.username, 'Alice', tenant.tenantId])
  assert.equal(idTokenClaims?.nonce, asked.nonce)
  assert.equal(result.expiresOn.getTime(), clock.now() + 3_599_000)
  assert.deepEqual([result.fromCache, result.correlationId], [false, correlationId])
  assert.deepEqual(result.scopes, ['User.Read', 'openid', 'profile'])
  assert.equal(result.authorizationHeader, `Bearer ${result.accessToken}`)
  assert.equal(claimsOf(result.accessToken).scp, 'User.Read openid profile')

  const { url, page } = await visit.end()
  assert.deepEqual([page.title, url.search], ['Signed in', ''])
  assert.match(url.pathname, /^\/signed-in\/[\w-]{12}$/)
  assert.deepEqual(visit.titles, ['Sign in', 'Returning to the app', 'Signed in'])
  assert.equal(clock.sleeping, 0)
  assert.equal((await app.acquireTokenSilent({ scopes: SCOPES, account })).accessToken, result.accessToken)
})

test('a login hint fills in the name, or picks the account of the browser', async t => {
  const { app } = stage.application(t)
  const browser = stage.browser()
  const loginHint = stage.user('zoe').username
  const first = stage.visit('zoe', {
    browser,
    deeds: {
      'Sign in': page => {
        assert.match(page.answer.text, new RegExp(`name="loginfmt" value="${loginHint}"`))
        return { loginfmt: loginHint, passwd: stage.user('zoe').password }
      },
    },
  })
  await interactively(app, first, { loginHint, domainHint: 'contoso.com' })
  const { login_hint, domain_hint, 'x-anchormailbox': mailbox } = query(first.urls[0])
  assert.deepEqual([login_hint, domain_hint, mailbox], [loginHint, 'contoso.com', `upn:${loginHint}`])

  await interactively(app, stage.visit('alice', { browser }), { prompt: Prompt.ForceLogin })
  const again = stage.visit('zoe', { browser })
  const { account } = await interactively(app, again, { loginHint, prompt: Prompt.NoPrompt })
  assert.equal(account.username, loginHint)
  assert.deepEqual(again.titles, ['Returning to the app', 'Signed in'])
})

test('a login hint in any alphabet does not get in the way of the sign-in', async t => {
  const { app } = stage.application(t)
  const { account } = await interactively(app, stage.visit('alice'), { loginHint: 'юлия@contoso.com' })
  assert.equal(account.username, stage.user('alice').username)
})

test('an account is asked for by its name and ids, and nobody else may take its place', async t => {
  const { app, result } = await stage.signedIn(t)
  const { account } = result
  const visit = stage.visit('alice')
  await interactively(app, visit, { account })
  const { login_hint, login_req, domain_req } = query(visit.urls[0])
  assert.deepEqual([login_hint, `${login_req}.${domain_req}`], [account.username, account.homeAccountId])

  const before = app.tokenCache.serialize()
  const impostor = stage.visit('zoe')
  await assert.rejects(interactively(app, impostor, { account }), { code: 'user_mismatch' })
  assert.equal((await impostor.end()).page.title, 'Not signed in')
  assert.equal(app.tokenCache.serialize(), before)
})

test('nobody else takes the place of an account in an answer without client_info either', async t => {
  const { app, result } = await stage.signedIn(t)
  const { account } = result
  tenant.scenario({ tokenAnswer: { drop: ['client_info'] } })
  const before = app.tokenCache.serialize()
  await assert.rejects(interactively(app, stage.visit('zoe'), { account }), { code: 'user_mismatch' })
  assert.equal(app.tokenCache.serialize(), before)
  const again = await interactively(app, stage.visit('alice'), { account })
  assert.equal(again.account.homeAccountId, account.homeAccountId)

  // Whose cache began without client_info is known by the subject.
  const other = stage.application(t).app
  const first = await interactively(other, stage.visit('alice'))
  await interactively(other, stage.visit('alice'), { account: first.account })
  await assert.rejects(interactively(other, stage.visit('zoe'), { account: first.account }), { code: 'user_mismatch' })
})

test('claims and client capabilities go together to both endpoints', async t => {
  const { app } = stage.application(t, { clientCapabilities: ['cp1', 'ProtApp'] })
  const visit = stage.visit('alice')
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}},"id_token":{"auth_time":null}}'
  const { accessToken, idTokenClaims } = await interactively(app, visit, { claims })
  const sent = JSON.parse(String(query(visit.urls[0]).claims))
  assert.deepEqual(sent, {
    access_token: { acrs: { essential: true, value: 'c1' }, xms_cc: { values: ['cp1', 'ProtApp'] } },
    id_token: { auth_time: null },
  })
  assert.deepEqual(JSON.parse(String(stage.tokenRequests()[0]?.form.claims)), sent)
  const { xms_cc, acrs } = claimsOf(accessToken)
  assert.deepEqual({ xms_cc, acrs }, { xms_cc: ['cp1', 'ProtApp'], acrs: ['c1'] })
  assert.equal(typeof idTokenClaims?.auth_time, 'number')
  assert.ok(visit.titles.includes('Enter your code'))
})

test('extra query parameters reach both endpoints, and must not repeat ours', async t => {
  const { app } = stage.application(t)
  const visit = stage.visit('alice')
  await interactively(app, visit, { extraQueryParameters: { slice: 'testslice' } })
  assert.equal(query(visit.urls[0]).slice, 'testslice')
  assert.equal(stage.tokenRequests()[0]?.query.slice, 'testslice')
  tenant.requests.length = 0
  for (const name of ['Nonce', 'prompt', 'login_hint', 'claims']) {
    const repeating = interactively(app, stage.visit('alice'), { extraQueryParameters: { [name]: 'mine' } })
    await assert.rejects(repeating, { code: 'duplicate_query_parameter', name: 'ClientError' })
  }
  assert.deepEqual(tenant.requests, [])
})

test('tenantId or authority of a request decide where it goes', async t => {
  const origin = new URL(tenant.authority).origin
  const { app } = stage.application(t, { authority: `${origin}/common` })
  for (const [request, segment] of [
    [{}, 'common'],
    [{ tenantId: tenant.tenantId }, tenant.tenantId],
    [{ authority: `${origin}/${tenant.domain}/` }, tenant.domain],
    [{ authority: `${origin}/organizations` }, 'common'],
  ] as const) {
    const visit = stage.visit('alice')
    tenant.requests.length = 0
    const { account } = await interactively(app, visit, request)
    assert.equal(visit.urls[0]?.pathname.split('/')[1], segment)
    assert.equal(stage.tokenRequests()[0]?.path.split('/')[1], segment)
    assert.equal(account.tenantId, tenant.tenantId)
  }
  const elsewhere = { authority: 'https://login.microsoftonline.us/common' }
  await assert.rejects(interactively(app, stage.visit('alice'), elsewhere), { code: 'authority_host_mismatch' })
})

test('two people sign in at once, each with an answer of their own', async t => {
  const { app } = stage.application(t)
  const names = ['alice', 'zoe', 'mia']
  const visits = names.map(name => stage.visit(name))
  const results = await Promise.all(visits.map(visit => interactively(app, visit)))
  assert.deepEqual(
    results.map(({ account }) => account.username),
    names.map(name => stage.user(name).username),
  )
  assert.equal(new Set(visits.map(({ urls }) => query(urls[0]).redirect_uri)).size, 3)
  assert.equal((await app.getAccounts()).length, 3)
})
