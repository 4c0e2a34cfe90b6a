/** Every flow at the loudest level: no secret in what is logged or thrown, and user names only where they were allowed. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import type { PublicClientApplication } from 'latchkey'
import type { Fault, ScenarioPatch } from 'latchkey/emulator'
import type { FakeClock } from '../fakes/fake-clock.js'
import { MemoryLogSink } from '../fakes/memory-logger.js'
import { interactively, pageOf, SCOPES, setStage, until, type Visit } from './support.js'

const stage = await setStage({ users: [{ username: 'zoe@contoso.onmicrosoft.com' }] })
const { tenant } = stage

/** Everything that was written or thrown, and everything that must not be in it. */
class Evidence {
  readonly sink: MemoryLogSink
  readonly #thrown: unknown[] = []
  readonly #visits: Visit[] = []
  readonly #ownSecrets: string[] = []

  constructor(logPii: boolean) {
    this.sink = new MemoryLogSink('verbose', logPii)
  }

  /** Runs a call to its end, whichever it is. */
  async take(call: Promise<unknown>): Promise<void> {
    await call.catch((error: unknown) => this.#thrown.push(error))
  }

  visit(...args: Parameters<typeof stage.visit>): Visit {
    const visit = stage.visit(...args)
    this.#visits.push(visit)
    return visit
  }

  keep(...secrets: string[]): void {
    this.#ownSecrets.push(...secrets)
  }

  get secrets(): string[] {
    const asked = this.#visits.flatMap(({ urls }) =>
      urls.flatMap(url => ['state', 'nonce'].map(name => url.searchParams.get(name))),
    )
    const sent = tenant.requests.flatMap(({ form }) => [form.code, form.code_verifier, form.refresh_token, form.state])
    const all = [...tenant.issuedSecrets, ...this.#ownSecrets, ...asked, ...sent]
    return [...new Set(all)].filter(secret => typeof secret === 'string' && secret.length > 7) as string[]
  }

  /** The errors in every form that they may be printed in. */
  get errors(): string {
    return this.#thrown
      .flatMap(error => [
        JSON.stringify(error),
        String(error),
        (error as Error).stack,
        inspect(error, { depth: 10, showHidden: true, maxStringLength: null }),
      ])
      .join('\n')
  }

  get errorCount(): number {
    return this.#thrown.length
  }
}

const leaks = (text: string, secrets: string[]) => secrets.filter(secret => text.includes(secret))

const FAULTS: Fault['kind'][] = ['status', 'html', 'text', 'reset', 'truncate', 'hang']
const BAD: ScenarioPatch[] = [
  ...FAULTS.map(kind => ({ faults: { token: { kind, retryAfterSeconds: 1 } } })),
  { tokenAnswer: { drop: ['token_type'] } },
  { tokenAnswer: { set: { id_token: 'eyJub3QiOiJhIHRva2VuIn0.eyJicm9rZW4iOi.x' } } },
  { idTokenClaims: { set: { aud: '11111111-2222-4333-8444-555555555555' } } },
  { idTokenClaims: { set: { iss: 'https://login.evil.example/x/v2.0' } } },
  { idTokenClaims: { set: { nonce: 'another' } } },
  { aadsts: 53003 },
  { aadsts: 90033 },
  { authorizeAnswer: { drop: ['code'] } },
  { authorizeAnswer: { set: { error: 'access_denied', error_description: 'declined' } } },
]

/** Every flow, going well and going wrong. */
async function everyFlow(t: TestContext, evidence: Evidence): Promise<void> {
  const { app, clock, result } = await stage.signedIn(t, 'alice', {
    logger: evidence.sink,
    http: { timeoutSeconds: 2 },
  })
  const { account } = result
  const silent = (more = {}) => evidence.take(app.acquireTokenSilent({ scopes: SCOPES, account, ...more }))
  await evidence.take(interactively(app, evidence.visit('zoe'), { loginHint: stage.user('zoe').username }))
  await evidence.take(interactively(app, evidence.visit('zoe'), { account }))
  const cancelling = { deeds: { 'Sign in': () => ({ cancel: '1' }) } }
  await evidence.take(interactively(app, evidence.visit('alice', cancelling), { prompt: 'consent' }))
  await evidence.take(interactively(app, evidence.visit('mia'), { extraScopesToConsent: ['Files.Read'] }))
  await silent()
  await silent({ forceRefresh: true })
  await silent({ loginHint: account.username, account: undefined })
  await silent({ loginHint: 'nobody@contoso.onmicrosoft.com', account: undefined })
  await byCode(app, evidence)
  await byPassword(app, evidence)
  const refreshToken = await byRefreshToken(app, evidence)
  const { username, password } = stage.user('alice')
  const credentials = { username, password }
  await byDeviceCode(app, evidence)
  for (const scenario of BAD) {
    tenant.scenario(scenario)
    await evidence.take(interactively(app, evidence.visit('alice')))
    await evidence.take(app.acquireTokenByUsernamePassword({ scopes: SCOPES, ...credentials }))
    await withSecondTries(clock, silent({ forceRefresh: true }))
    await withSecondTries(clock, evidence.take(app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken })))
    tenant.scenario(null)
  }
  await app.getAccounts({ username: account.username })
  await brokenCache(app, evidence)
  await app.removeAccount(account)
  await silent()
}

/** Lets the second pass that a request waits before it is sent again, each time. */
async function withSecondTries(clock: FakeClock, call: Promise<void>): Promise<void> {
  let isOver = false
  const over = call.finally(() => {
    isOver = true
  })
  while (!isOver) {
    await until(() => isOver || clock.sleeping > 0, 'an end, or a second try')
    await clock.advance(1_000)
  }
  await over
}

/** A code of the app's own: redeemed, replayed, and with the wrong verifier. */
async function byCode(app: PublicClientApplication, evidence: Evidence): Promise<void> {
  const redirectUri = 'http://localhost:53682'
  const { url, codeVerifier, state, nonce } = await app.getAuthorizationCodeUrl({ scopes: SCOPES, redirectUri })
  evidence.keep(codeVerifier, state, nonce)
  const page = await (await stage.browser().open(url.pathname + url.search)).signIn(stage.user('alice'))
  const request = { scopes: SCOPES, code: String(page.handed.code), redirectUri, nonce }
  await evidence.take(app.acquireTokenByAuthorizationCode({ ...request, codeVerifier: 'x'.repeat(43) }))
  await evidence.take(app.acquireTokenByAuthorizationCode({ ...request, codeVerifier }))
  await evidence.take(app.acquireTokenByAuthorizationCode({ ...request, codeVerifier }))
}

/** Passwords: the right one, as text and as bytes, a wrong one, and those of users who may not sign in so. */
async function byPassword(app: PublicClientApplication, evidence: Evidence): Promise<void> {
  const signIn = (username: string, password: string | Uint8Array) =>
    evidence.take(app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password }))
  const { username, password } = stage.user('alice')
  evidence.keep('wrong & löng', encodeURIComponent('wrong & löng'), `${new URLSearchParams({ x: 'wrong & löng' })}`)
  await signIn(username, password)
  await signIn(username, new TextEncoder().encode(password))
  await signIn(username, 'wrong & löng')
  await signIn(username, 'wrong & löng\ud800')
  for (const name of ['mia', 'cara', 'joe']) await signIn(stage.user(name).username, stage.user(name).password)
}

/** Refresh tokens: a good one, one that was made up, and one with a line break. Resolves with the good one. */
async function byRefreshToken(app: PublicClientApplication, evidence: Evidence): Promise<string> {
  const cache = JSON.parse(app.tokenCache.serialize()) as { RefreshToken: Record<string, { secret: string }> }
  const { secret = '' } = Object.values(cache.RefreshToken)[0] ?? {}
  evidence.keep(secret, 'made-up-refresh-token')
  for (const refreshToken of [secret, 'made-up-refresh-token', 'made-up-refresh-token\n']) {
    await evidence.take(app.acquireTokenByRefreshToken({ scopes: SCOPES, refreshToken }))
  }
  return secret
}

/** Device codes: one that is approved, one that is still pending, and one that was made up. */
async function byDeviceCode(app: PublicClientApplication, evidence: Evidence): Promise<void> {
  const approved = await app.startDeviceCode({ scopes: SCOPES })
  const pending = await app.startDeviceCode({ scopes: SCOPES })
  await evidence.visit('alice').open(pageOf(approved))
  evidence.keep('made-up-device-code')
  for (const deviceCode of [approved, pending, { ...pending, deviceCode: 'made-up-device-code' }]) {
    evidence.keep(deviceCode.deviceCode, deviceCode.userCode)
    await evidence.take(app.acquireTokenByDeviceCode({ deviceCode, poll: 'once' }))
  }
}

/** A cache that breaks off in the middle of a token. */
async function brokenCache(app: PublicClientApplication, evidence: Evidence): Promise<void> {
  const text = app.tokenCache.serialize()
  const half = text.slice(0, text.indexOf('"secret"') + 200)
  await evidence.take((async () => app.tokenCache.deserialize(half))())
}

for (const logPii of [false, true]) {
  test(`no secret is logged or thrown, with logPii: ${logPii}`, async t => {
    const evidence = new Evidence(logPii)
    await everyFlow(t, evidence)
    const { secrets, errors, sink } = evidence
    assert.ok(
      sink.lines.length > 50 && evidence.errorCount > 25 && secrets.length > 50,
      'there is something to look at',
    )
    t.diagnostic(`${sink.lines.length} lines, ${evidence.errorCount} errors, ${secrets.length} secrets`)
    assert.deepEqual(leaks(sink.text, secrets), [])
    assert.deepEqual(leaks(errors, secrets), [])
    // Base64url of a claim or of the verifier would do as well as the text.
    assert.doesNotMatch(`${sink.text}${errors}`, /eyJ[\w-]{20,}/)
    if (logPii) return
    assert.ok(sink.lines.every(({ containsPii }) => !containsPii))
    const people = tenant.users.flatMap(({ username, name, id }) => [username, id, ` ${name} `])
    assert.deepEqual(leaks(sink.text, people), [])
  })
}

test('a secret in a log or in an error would be found', () => {
  const evidence = new Evidence(false)
  const [secret = ''] = tenant.issuedSecrets
  assert.ok(evidence.secrets.includes(secret))
  evidence.sink.log('verbose', `token ${secret}!`, false)
  assert.deepEqual(leaks(evidence.sink.text, evidence.secrets), [secret])
  assert.deepEqual(leaks(inspect(new Error('x', { cause: new Error(secret) })), evidence.secrets), [secret])
})

test('what names an organization is written only with logPii, and marked', async t => {
  for (const logPii of [false, true]) {
    const logger = new MemoryLogSink('verbose', logPii)
    const authority = 'https://login.fabrikam.example/common'
    const { app } = stage.application(t, { authority, knownAuthorities: [], http: { proxy: tenant.proxyUrl }, logger })
    await assert.rejects(app.getAuthorizationCodeUrl({ scopes: SCOPES }), { code: 'invalid_instance' })
    const naming = logger.lines.filter(({ message }) => message.includes('fabrikam'))
    assert.equal(naming.length > 0, logPii)
    assert.ok(naming.every(({ containsPii }) => containsPii))
  }
})
