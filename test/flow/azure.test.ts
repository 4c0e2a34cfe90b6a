/** The credential under the Azure SDKs' own pipeline: how many token requests the tenant sees, and what callers get. */
import assert from 'node:assert/strict'
import { Agent } from 'node:https'
import { type TestContext, test } from 'node:test'

import type { TokenCredential as AzureTokenCredential } from '@azure/core-auth'
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { InteractionRequiredError, PublicClientApplication } from 'latchkey'
import { type GetTokenOptions, type TokenCredential, tokenCredential } from 'latchkey/azure'
import type { ScenarioPatch } from 'latchkey/emulator'
import { interactively, setStage } from './support.js'

const GRAPH = ['https://graph.microsoft.com/.default']
const MANY = 50
const stage = await setStage()
const { tenant } = stage

/** Real time: the pipeline's own policy looks at the clock too. */
async function signedIn(
  t: TestContext,
  name = 'alice',
  clientCapabilities: string[] = [],
): Promise<PublicClientApplication> {
  const { clientId, authority, caPem } = tenant
  const app = new PublicClientApplication({
    clientId,
    authority,
    clientCapabilities,
    knownAuthorities: [new URL(authority).host],
    http: { ca: caPem, proxy: false },
  })
  t.after(() => app.close())
  await interactively(app, stage.visit(name), { scopes: GRAPH })
  tenant.requests.length = 0
  return app
}

/** Programs that each have a client of their own, all on one credential; each call is a GET of the sample API. */
function clientsOf(t: TestContext, credential: AzureTokenCredential): Array<() => Promise<PipelineResponse>> {
  const agent = new Agent({ ca: tenant.caPem, maxSockets: 10 })
  t.after(() => agent.destroy())
  const httpClient = createDefaultHttpClient()
  return Array.from({ length: MANY }, () => {
    const pipeline = createEmptyPipeline()
    pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: GRAPH }))
    const url = `${tenant.origin}/v1.0/me`
    return () => pipeline.sendRequest(httpClient, Object.assign(createPipelineRequest({ url }), { agent }))
  })
}

async function statusesOf(calls: Array<() => Promise<PipelineResponse>>): Promise<number[]> {
  const answers = await Promise.all(calls.map(call => call()))
  return [...new Set(answers.map(({ status }) => status))]
}

/** All access tokens of the cache have expired, whoever holds them. */
function expireTokens(app: PublicClientApplication): void {
  const cache = JSON.parse(app.tokenCache.serialize()) as { AccessToken: Record<string, Record<string, string>> }
  for (const token of Object.values(cache.AccessToken)) token.expires_on = token.extended_expires_on = '1000000000'
  app.tokenCache.deserialize(JSON.stringify(cache))
}

test('fifty pipelines with an expired token make one token request, and a challenge to all of them one more', async t => {
  const app = await signedIn(t, 'mia')
  expireTokens(app)
  const credential = tokenCredential(app)
  const calls = clientsOf(t, credential)
  assert.deepEqual(await statusesOf(calls), [200])
  assert.equal(stage.tokenRequests().length, 1)
  assert.equal(tenant.requests.length, 1 + MANY)

  tenant.requests.length = 0
  tenant.scenario({ users: { [stage.user('mia').username]: { apiDemands: 'c1' } } })
  assert.deepEqual(await statusesOf(calls), [200])
  assert.equal(stage.tokenRequests().length, 1)
  const { claims } = stage.tokenRequests()[0]?.form ?? {}
  assert.deepEqual(JSON.parse(claims ?? ''), {
    access_token: { acrs: { essential: true, values: ['c1'] }, xms_cc: { values: ['cp1'] } },
  })
})

test('every way of asking gets the token in the SDKs’ own shape', async t => {
  const app = await signedIn(t)
  const credential = tokenCredential(app)
  for (const scopes of [GRAPH, GRAPH[0] ?? '']) {
    const token = await credential.getToken(scopes)
    assert.match(token.token, /^ey/)
    assert.equal(token.tokenType, 'Bearer')
    assert.ok(token.expiresOnTimestamp > Date.now() + 3_000_000)
    assert.equal(token.refreshAfterTimestamp, undefined)
  }
  assert.equal(tenant.requests.length, 0)
  tenant.scenario({ refreshInSeconds: 1_800 })
  expireTokens(app)
  const renewed = await credential.getToken(GRAPH)
  assert.ok(Math.abs((renewed.refreshAfterTimestamp ?? 0) - Date.now() - 1_800_000) < 60_000)
})

test('enableCae declares cp1 without passing over the cache; claims and the tenant are passed on', async t => {
  const app = await signedIn(t)
  const credential = tokenCredential(app, { tenantId: 'contoso.onmicrosoft.com' })
  await credential.getToken(GRAPH, { enableCae: true })
  assert.equal(tenant.requests.length, 0)
  await credential.getToken(GRAPH, {
    enableCae: true,
    tenantId: tenant.tenantId,
    claims: '{"access_token":{"nbf":{"value":"1"}}}',
  })
  const [{ path, form } = assert.fail()] = stage.tokenRequests()
  assert.equal(path, `/${tenant.tenantId}/oauth2/v2.0/token`)
  assert.deepEqual(JSON.parse(form.claims ?? ''), {
    access_token: { nbf: { value: '1' }, xms_cc: { values: ['cp1'] } },
  })
})

test('the tenant of the credential is asked where the SDK names none', async t => {
  const app = await signedIn(t)
  const credential = tokenCredential(app, { tenantId: 'fabrikam.example' })
  await assert.rejects(credential.getToken(GRAPH), { errorCodes: [90002] })
  assert.equal(stage.tokenRequests()[0]?.path, '/fabrikam.example/oauth2/v2.0/token')
  await credential.getToken(GRAPH, { tenantId: tenant.tenantId })
  assert.equal(stage.tokenRequests().length, 1)
})

test('a challenge whose only difference is the second it was made in is the same challenge', async t => {
  const app = await signedIn(t)
  const credential = tokenCredential(app)
  const ask = (second: number) =>
    credential.getToken(GRAPH, { claims: JSON.stringify({ access_token: { nbf: { value: String(second) } } }) })
  const tokens = await Promise.all([ask(1), ask(2)])
  tokens.push(await ask(3))
  assert.equal(new Set(tokens.map(({ token }) => token)).size, 1)
  assert.equal(stage.tokenRequests().length, 1)
})

test('one signal serves many calls without a warning, and no options are options too', async t => {
  const app = await signedIn(t)
  const warnings: Error[] = []
  const listen = (warning: Error) => void warnings.push(warning)
  process.on('warning', listen)
  t.after(() => process.off('warning', listen))
  const credential = tokenCredential(app)
  const { signal: abortSignal } = new AbortController()
  expireTokens(app)
  const calls = Array.from({ length: MANY }, () => credential.getToken(GRAPH, { abortSignal }))
  const { username, password } = stage.user('alice')
  const request = { scopes: GRAPH, username, password, signal: abortSignal }
  await Promise.all([...calls, ...calls.map(() => app.acquireTokenByUsernamePassword(request))])
  await new Promise(resolve => setTimeout(resolve, 10))
  assert.deepEqual(warnings.map(String), [])
  assert.match((await credential.getToken(GRAPH, null as unknown as GetTokenOptions)).token, /^ey/)
})

test('an abort rejects with the AbortError that the SDKs look for, and nobody else', async t => {
  const app = await signedIn(t)
  expireTokens(app)
  tenant.scenario({ latencyMs: 200 })
  const credential = tokenCredential(app)
  type Signal = NonNullable<GetTokenOptions['abortSignal']>
  type Listener = Parameters<Signal['addEventListener']>[1]
  const listeners = new Set<Listener>()
  /** As old SDKs have it: no reason, no throwIfAborted. */
  const abortSignal: Signal = {
    aborted: false,
    addEventListener: (_: 'abort', listener: Listener) => void listeners.add(listener),
    removeEventListener: (_: 'abort', listener: Listener) => void listeners.delete(listener),
  }
  const aborted = credential.getToken(GRAPH, { abortSignal })
  const other = credential.getToken(GRAPH)
  setTimeout(() => {
    for (const listener of listeners) listener.call(abortSignal, 'abort')
  }, 50)
  await assert.rejects(aborted, { name: 'AbortError' })
  assert.equal(listeners.size, 0)
  assert.match((await other).token, /^ey/)
  await assert.rejects(credential.getToken(GRAPH, { abortSignal: { ...abortSignal, aborted: true } }), {
    name: 'AbortError',
  })
  expireTokens(app)
  await assert.rejects(credential.getToken(GRAPH, { requestOptions: { timeout: 20 } }), { name: 'AbortError' })
})

test('nobody, or one of several, is for the user to decide, once for all who wait', async t => {
  const app = await signedIn(t)
  await interactively(app, stage.visit('mia'), { scopes: GRAPH })
  await assert.rejects(tokenCredential(app).getToken(GRAPH), error => {
    assert.ok(error instanceof InteractionRequiredError)
    assert.match(error.hint, /account of tokenCredential/)
    return true
  })
  const accounts = await app.getAccounts()
  for (const account of accounts) await tokenCredential(app, { account }).getToken(GRAPH)

  let asked = 0
  const credential = tokenCredential(app, {
    whenInteractionRequired(request) {
      asked += 1
      return interactively(app, stage.visit('mia'), request)
    },
  })
  const tokens = await Promise.all([1, 2, 3].map(() => credential.getToken(GRAPH)))
  assert.deepEqual([asked, new Set(tokens.map(({ token }) => token)).size], [1, 1])
  await credential.getToken(GRAPH)
  assert.equal(asked, 1)
})

test('a revoked sign-in is asked for with the claims of the challenge, once for all calls', async t => {
  const app = await signedIn(t, 'alice', ['cp1'])
  const asked: (string | undefined)[] = []
  const credential: TokenCredential = tokenCredential(app, {
    whenInteractionRequired(request) {
      asked.push(request.claims)
      return interactively(app, stage.visit('alice'), request)
    },
  })
  const calls = clientsOf(t, credential)
  assert.deepEqual(await statusesOf(calls), [200])
  // Tokens tell their second only.
  await new Promise(resolve => setTimeout(resolve, 1_100))
  const revoked: ScenarioPatch = { users: { [stage.user('alice').username]: { revoked: true } } }
  tenant.scenario(revoked)
  await new Promise(resolve => setTimeout(resolve, 1_100))
  assert.deepEqual(await statusesOf(calls), [200])
  assert.equal(asked.length, 1)
  assert.match(asked[0] ?? '', /"nbf"/)
})
