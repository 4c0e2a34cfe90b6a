/** Calls that are given up: by their AbortSignal at any stage, or because the application is closed. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { CachePersistence, InteractiveRequest, PublicClientApplication } from 'latchkey'
import type { ScenarioPatch } from 'latchkey/emulator'
import { FakeClock } from '../fakes/fake-clock.js'
import { interactively, SCOPES, type Stage, setStage, until } from './support.js'

const stage = await setStage()
const { tenant } = stage

interface Waiting {
  app: PublicClientApplication
  sleeping(): number
  start(signal?: AbortSignal): Promise<unknown>
  /** True once the call has come to the stage that the test is about. */
  isThere(): boolean
}

const asked = (end: string) => () => tenant.requests.some(({ path }) => path.endsWith(end))
const hang = (route: 'token' | 'instanceDiscovery'): ScenarioPatch => ({ faults: { [route]: { kind: 'hang' } } })

/** Every stage at which a call can wait for long. */
const STAGES: Record<string, (t: TestContext) => Promise<Waiting>> = {
  async 'asking whether the host is trusted'(t) {
    const unknown = { authority: 'https://login.unknown.example/common', knownAuthorities: [] }
    const { app, clock } = stage.application(t, { ...unknown, http: { proxy: tenant.proxyUrl } })
    tenant.scenario(hang('instanceDiscovery'))
    const isThere = asked('/discovery/instance')
    const start = (signal?: AbortSignal) => interactively(app, stage.visit('alice'), withSignal(signal))
    return { app, sleeping: () => clock.sleeping, start, isThere }
  },
  async 'waiting for the browser'(t) {
    const { app, clock } = stage.application(t)
    const visit = stage.visit('alice', { deeds: { 'Sign in': () => undefined } })
    const start = (signal?: AbortSignal) => interactively(app, visit, withSignal(signal))
    return { app, sleeping: () => clock.sleeping, start, isThere: () => visit.titles.length > 0 }
  },
  async 'starting the browser'(t) {
    const { app, clock } = stage.application(t)
    let isOpened = false
    const openBrowser = () =>
      new Promise<void>(() => {
        isOpened = true
      })
    const start = (signal?: AbortSignal) =>
      app.acquireTokenInteractive({ scopes: SCOPES, systemBrowser: { openBrowser }, ...withSignal(signal) })
    return { app, sleeping: () => clock.sleeping, start, isThere: () => isOpened }
  },
  async 'waiting for a custom web UI'(t) {
    const { app, clock } = stage.application(t)
    let shown: AbortSignal | undefined
    t.after(() => assert.equal(shown?.aborted, true, 'the web UI is told'))
    const webUi: InteractiveRequest['webUi'] = {
      acquireAuthorizationCode(_url, _redirectUri, signal) {
        shown = signal
        return new Promise(() => {})
      },
    }
    const start = (signal?: AbortSignal) =>
      app.acquireTokenInteractive({ scopes: SCOPES, webUi, ...withSignal(signal) })
    return { app, sleeping: () => clock.sleeping, start, isThere: () => shown !== undefined }
  },
  async 'redeeming the code'(t) {
    const { app, clock } = stage.application(t)
    tenant.scenario(hang('token'))
    const visit = stage.visit('alice')
    t.after(async () => assert.equal((await visit.end()).page.title, 'Not signed in'))
    const start = (signal?: AbortSignal) => interactively(app, visit, withSignal(signal))
    return { app, sleeping: () => clock.sleeping, start, isThere: asked('/token') }
  },
  async 'redeeming a code of the app'(t) {
    const { app, clock } = stage.application(t)
    tenant.scenario(hang('token'))
    const start = (signal?: AbortSignal) =>
      app.acquireTokenByAuthorizationCode({ scopes: SCOPES, code: 'x', ...withSignal(signal) })
    return { app, sleeping: () => clock.sleeping, start, isThere: asked('/token') }
  },
  async 'refreshing silently'(t) {
    const { app, clock, result } = await stage.signedIn(t)
    tenant.scenario(hang('token'))
    const request = { scopes: SCOPES, account: result.account, forceRefresh: true }
    const start = (signal?: AbortSignal) => app.acquireTokenSilent({ ...request, ...withSignal(signal) })
    return { app, sleeping: () => clock.sleeping, start, isThere: asked('/token') }
  },
  async 'waiting before the second try'(t) {
    const { app, clock, result } = await stage.signedIn(t)
    tenant.scenario({ faults: { token: { kind: 'status' } } })
    const request = { scopes: SCOPES, account: result.account, forceRefresh: true }
    const start = (signal?: AbortSignal) => app.acquireTokenSilent({ ...request, ...withSignal(signal) })
    return { app, sleeping: () => clock.sleeping, start, isThere: () => clock.sleeping > 0 }
  },
}

// A Windows user's are in integrated-ends.test.ts, with those that only the system can hold up.
for (const [route, end] of [
  ['userRealm', /userrealm/],
  ['mex', /\/mex$/],
  ['usernameMixed', /usernamemixed$/],
  ['token', /\/token$/],
] as const) {
  STAGES[`a federated password, waiting for ${route}`] = async t => {
    // Messages to a federation server say when they were written.
    const { app, clock } = stage.application(t, {}, new FakeClock(new Date()))
    tenant.scenario({ faults: { [route]: { kind: 'hang' } } })
    const { username, password } = stage.user('joe')
    const start = (signal?: AbortSignal) =>
      app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password, ...withSignal(signal) })
    const isThere = () => tenant.requests.some(({ path }) => end.test(path))
    return { app, sleeping: () => clock.sleeping, start, isThere }
  }
}

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}

for (const [name, prepare] of Object.entries(STAGES)) {
  test(`a signal ends the call with its own reason: ${name}`, async t => {
    const { app, sleeping, start, isThere } = await prepare(t)
    const before = app.tokenCache.serialize()
    const controller = new AbortController()
    const reason = new Error('the user changed their mind')
    const call = start(controller.signal).catch((error: unknown) => error)
    await until(isThere, name)
    controller.abort(reason)
    assert.equal(await call, reason)
    assert.equal(sleeping(), 0, 'no timer is left behind')
    assert.equal(app.tokenCache.serialize(), before)
  })

  test(`close() ends the call with app_closed: ${name}`, async t => {
    const { app, sleeping, start, isThere } = await prepare(t)
    const call = assert.rejects(start(), { code: 'app_closed' })
    await until(isThere, name)
    await app.close()
    await call
    assert.equal(sleeping(), 0, 'no timer is left behind')
    await assert.rejects(start(), { code: 'app_closed' })
  })
}

test('a signal that has fired already stops every method before anything is done', async t => {
  const { app, result } = await stage.signedIn(t)
  const reason = new Error('too late')
  const signal = AbortSignal.abort(reason)
  const calls: Array<() => Promise<unknown>> = [
    () => app.acquireTokenSilent({ scopes: SCOPES, account: result.account, signal }),
    () => interactively(app, stage.visit('alice'), { signal }),
    () => app.getAuthorizationCodeUrl({ scopes: SCOPES, signal }),
    () => app.acquireTokenByAuthorizationCode({ scopes: SCOPES, code: 'x', signal }),
    () => app.startDeviceCode({ scopes: SCOPES, signal }),
    () => app.acquireTokenByDeviceCode({ scopes: SCOPES, deviceCodeCallback() {}, signal }),
    () => app.acquireTokenByUsernamePassword({ scopes: SCOPES, username: 'joe@contoso.com', password: 'x', signal }),
    () => app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES, signal }),
    () => app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES, username: 'joe@contoso.com', signal }),
    () => app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken: 'x', signal }),
  ]
  for (const call of calls) assert.equal(await call().catch((error: unknown) => error), reason)
  assert.deepEqual(tenant.requests, [])
})

test('the loopback port is free again after a sign-in was given up', async t => {
  const { app } = stage.application(t)
  const controller = new AbortController()
  const visit = stage.visit('alice', { deeds: { 'Sign in': () => undefined } })
  const call = assert.rejects(interactively(app, visit, { signal: controller.signal }), { name: 'AbortError' })
  await visitOpened(visit)
  controller.abort()
  await call
  const redirectUri = visit.urls[0]?.searchParams.get('redirect_uri') ?? ''
  await interactively(app, stage.visit('alice'), { redirectUri })
})

test('close() may be called twice, and by `await using`', async t => {
  const { app } = stage.application(t)
  await app[Symbol.asyncDispose]()
  await app.close()
  await assert.rejects(app.getAccounts(), { code: 'app_closed' })
})

async function visitOpened(visit: ReturnType<Stage['visit']>): Promise<void> {
  await until(() => visit.titles.length > 0, 'the first page')
}

test('a signal ends the wait for the lock of the cache, and the tokens are kept in memory', async t => {
  let isWaiting = false
  const cache: CachePersistence = {
    load: async () => undefined,
    save: async () => {},
    delete: async () => {},
    verify: async () => {},
    withLock(_work, signal) {
      isWaiting = true
      return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    },
  }
  const { app } = stage.application(t, { cache })
  const controller = new AbortController()
  const visit = stage.visit('alice')
  const call = interactively(app, visit, { signal: controller.signal }).catch((error: unknown) => error)
  await until(() => isWaiting, 'waiting for the lock')
  const reason = new Error('the user changed their mind')
  controller.abort(reason)
  assert.equal(await call, reason)
  assert.equal(Object.keys(JSON.parse(app.tokenCache.serialize()).AccessToken).length, 1)
  await visit.end()
})
