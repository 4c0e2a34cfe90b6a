/** Family refresh tokens: one sign-in for all applications of the family, and what happens to those that only seem to belong. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { interactively, SCOPES, type Subject, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage

const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const VISUAL_STUDIO_CODE = 'aebc6443-996d-45c2-90f0-388ff96faa56'
const OUTSIDER = '5c6b3f0a-9d1e-4f57-8a3e-2b7d4c1e9f60'

/** An application that starts with the cache of another. */
function sharing(t: TestContext, clientId: string, { app }: Subject): Subject {
  const subject = stage.application(t, { clientId })
  subject.app.tokenCache.deserialize(app.tokenCache.serialize())
  return subject
}

const statuses = () => stage.tokenRequests().map(({ status }) => status)

test('another application of the family needs no sign-in of its own', async t => {
  const cli = await stage.signedIn(t, 'alice', { clientId: AZURE_CLI })
  const code = sharing(t, VISUAL_STUDIO_CODE, cli)
  const [account] = await code.app.getAccounts()
  assert.equal(account?.homeAccountId, cli.result.account.homeAccountId)
  const first = await code.app.acquireTokenSilent({ scopes: ['Mail.Read'], account })
  assert.equal(first.fromCache, false)
  assert.equal(stage.tokenRequests()[0]?.form.client_id, VISUAL_STUDIO_CODE)
  assert.equal((await code.app.acquireTokenSilent({ scopes: ['Mail.Read'], account })).fromCache, true)

  // Its refresh token is the family's too, so that the first application goes on with it.
  const { RefreshToken } = JSON.parse(code.app.tokenCache.serialize()) as { RefreshToken: Record<string, object> }
  assert.equal(Object.keys(RefreshToken).length, 1)
  const back = sharing(t, AZURE_CLI, code)
  await back.app.acquireTokenSilent({ scopes: ['Files.Read'], account })
  assert.deepEqual(statuses(), [200, 200])
})

test('an application that turns out not to belong has to sign in: no_tokens_found', async t => {
  const cli = await stage.signedIn(t, 'alice', { clientId: AZURE_CLI })
  const outsider = sharing(t, OUTSIDER, cli)
  const before = outsider.app.tokenCache.serialize()
  await assert.rejects(outsider.app.acquireTokenSilent({ scopes: SCOPES, account: cli.result.account }), {
    name: 'InteractionRequiredError',
    code: 'no_tokens_found',
    classification: 'acquire_token_silent_failed',
  })
  assert.deepEqual(statuses(), [400])
  assert.equal(outsider.app.tokenCache.serialize(), before)

  await interactively(outsider.app, stage.visit('alice'))
  tenant.requests.length = 0
  const silent = { scopes: ['Files.Read'], account: cli.result.account }
  assert.equal((await outsider.app.acquireTokenSilent(silent)).fromCache, false)
  assert.deepEqual(statuses(), [200], 'its own token, and the family is not tried again')
})

test('where the family token is refused as not for this application, its own is tried', async t => {
  tenant.scenario({ foci: 'none' })
  const own = await stage.signedIn(t, 'alice', { clientId: OUTSIDER })
  tenant.scenario({ foci: 'all' })
  await interactively(own.app, stage.visit('alice'))
  const cli = sharing(t, AZURE_CLI, own)
  await interactively(cli.app, stage.visit('alice'))
  const both = sharing(t, OUTSIDER, cli)
  tenant.scenario({ foci: 'none' })
  tenant.requests.length = 0
  const { account } = own.result
  const renewed = await both.app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh: true })
  assert.equal(renewed.fromCache, false)
  assert.deepEqual(statuses(), [400, 200])
})

test('a refusal of the family token for any other reason is the answer', async t => {
  const cli = await stage.signedIn(t, 'alice', { clientId: AZURE_CLI })
  const code = sharing(t, VISUAL_STUDIO_CODE, cli)
  tenant.scenario({ aadsts: 50173 })
  const call = code.app.acquireTokenSilent({ scopes: SCOPES, account: cli.result.account })
  await assert.rejects(call, { code: 'invalid_grant', errorCodes: [50173], name: 'InteractionRequiredError' })
  assert.equal(stage.tokenRequests().length, 1)
})
