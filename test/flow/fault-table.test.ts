/** Every flow in every kind of trouble: which error, with a hint, in bounded time, and with the cache as it was. */
import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { after, type TestContext, test } from 'node:test'
import { AuthError, type Configuration } from 'latchkey'
import type { Fault } from 'latchkey/emulator'
import { FakeNegotiate } from '../fakes/fake-negotiate.js'
import { startProxy } from '../support/server.js'
import { type Actor, byAuthorizationCode, FLOWS } from './every-flow.js'
import { Application, interactively, pageOf, SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage
const host = new URL(tenant.authority).host
const denyingProxy = await startProxy({ authorization: 'Basic nobody' })
after(() => denyingProxy.close())

/** A limit that every wait of the table keeps well below what a person would call hanging. */
const TIMEOUT_SECONDS = 1
/** One request, its retry a second later, and room for a busy machine. */
const LONGEST_MS = 15_000

interface Trouble {
  /** At the tenant, on its token endpoint. */
  fault?: Fault
  /** In what the application is told. */
  configuration?: Partial<Configuration>
  /** Another host in the authority's place. */
  host?: string
  code: string
  /** Where the first answer is the user's realm and not the token. */
  codeAtRealm?: string
  hint: RegExp
  /** Seconds from now that the service asked for. */
  retryAfterSeconds?: number
}

const TROUBLES: Record<string, Trouble> = {
  'a refused connection': { host: 'localhost:1', code: 'network_error', hint: /network|connection|reach/i },
  'an untrusted certificate': {
    configuration: { http: { ca: [] } },
    code: 'tls_error',
    hint: /NODE_EXTRA_CA_CERTS/,
  },
  'a proxy that wants a password': {
    configuration: { http: { proxy: denyingProxy.origin, ca: tenant.caPem } },
    code: 'network_error',
    hint: /user name and password/,
  },
  'a name that is not there': { host: 'nowhere.invalid', code: 'network_error', hint: /network|connection|reach/i },
  'HTTP 500': { fault: { kind: 'html', status: 500 }, code: 'service_not_available', hint: /again/ },
  'HTTP 503 with Retry-After': {
    fault: { kind: 'html', status: 503, retryAfterSeconds: 7 },
    code: 'service_not_available',
    hint: /again/,
    retryAfterSeconds: 7,
  },
  'HTTP 429 with Retry-After': {
    fault: { kind: 'html', status: 429, retryAfterSeconds: 9 },
    code: 'request_throttled',
    hint: /retryAfter/,
    retryAfterSeconds: 9,
  },
  'a body that does not come to an end': {
    fault: { kind: 'stall' },
    code: 'request_timeout',
    hint: /again|timeoutSeconds/,
  },
  'half a body': { fault: { kind: 'truncate' }, code: 'network_error', hint: /network|connection|reach/i },
  'a page in place of JSON': {
    fault: { kind: 'html', status: 200 },
    code: 'non_parsable_oauth_error',
    codeAtRealm: 'user_realm_discovery_failed',
    hint: /proxy/,
  },
  'plain text in place of JSON': {
    fault: { kind: 'text' },
    code: 'non_parsable_oauth_error',
    codeAtRealm: 'user_realm_discovery_failed',
    hint: /proxy/,
  },
  'a body of 20 MB': {
    fault: { kind: 'huge', bytes: 20_000_000 },
    code: 'response_too_large',
    hint: /proxy|authority/,
  },
}

/** The tenant's cache, a refresh token and a device code, as one sign-in left them. */
async function signInOnce(t: TestContext): Promise<{ cache: string } & Pick<Actor, 'refreshToken' | 'deviceCode'>> {
  const { app } = await stage.signedIn(t)
  const started = await app.startDeviceCode({ scopes: ['User.Read'] })
  const deviceCode = { ...started, expiresOn: new Date(Date.now() + 900_000) }
  const cache = app.tokenCache.serialize()
  const [entry] = Object.values(
    (JSON.parse(cache) as { RefreshToken: Record<string, { secret: string }> }).RefreshToken,
  )
  assert.ok(entry)
  return { cache, refreshToken: entry.secret, deviceCode }
}

function applicationIn(t: TestContext, { configuration, host: elsewhere = host }: Trouble, cache: string) {
  const app = new Application(
    {
      clientId: tenant.clientId,
      authority: tenant.authority.replace(host, elsewhere),
      knownAuthorities: [elsewhere],
      ...configuration,
      http: { ca: tenant.caPem, proxy: false, timeoutSeconds: TIMEOUT_SECONDS, ...configuration?.http },
    },
    { native: new FakeNegotiate().addon },
  )
  t.after(() => app.close())
  app.tokenCache.deserialize(cache.replaceAll(host, elsewhere))
  return app
}

/** The flows whose first request is for the user's realm. What federated users meet further on: federated-faults.test.ts. */
const WITH_REALM: ReadonlySet<string> = new Set(['password', 'integrated', 'federated password'])

/** The password flow meets trouble at its first request, or only with the password. */
function routesOf(flowName: string, { fault }: Trouble): readonly ('all' | 'token')[] {
  return flowName === 'password' && fault !== undefined ? ['all', 'token'] : ['all']
}

const table = Object.entries(TROUBLES).flatMap(([troubleName, trouble]) =>
  Object.entries(FLOWS).flatMap(([flowName, run]) =>
    routesOf(flowName, trouble).map(route => ({ troubleName, trouble, flowName, run, route })),
  ),
)

for (const { troubleName, trouble, flowName, run, route } of table) {
  const code = (WITH_REALM.has(flowName) && route === 'all' ? trouble.codeAtRealm : undefined) ?? trouble.code
  const where = route === 'token' ? ' at the token endpoint' : ''
  test(`${flowName} with ${troubleName}${where}: ${code}`, async t => {
    const { cache, ...kept } = await signInOnce(t)
    const app = applicationIn(t, trouble, cache)
    const before = app.tokenCache.serialize()
    if (trouble.fault) tenant.scenario({ faults: { [route]: trouble.fault } })
    const actor: Actor = { app, user: stage.user('alice'), federated: stage.user('joe'), ...kept }
    const startedMs = performance.now()
    const startedOn = Date.now()

    const error = await run(actor).then(
      () => assert.fail('it went through'),
      (reason: unknown) => reason,
    )

    assert.ok(error instanceof AuthError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.hint, trouble.hint)
    if (trouble.retryAfterSeconds !== undefined) {
      const { retryAfter } = error as AuthError & { retryAfter?: Date }
      const seconds = ((retryAfter?.getTime() ?? 0) - startedOn) / 1000
      assert.ok(Math.abs(seconds - trouble.retryAfterSeconds) < LONGEST_MS / 1000, `Retry-After read as ${seconds} s`)
    }
    assert.ok(performance.now() - startedMs < LONGEST_MS)
    assert.equal(app.tokenCache.serialize(), before, 'the cache has changed')
  })
}

/** The flows whose codes are made up in the table above, with real ones: no other brings a token, whatever the time is. */
const WITH_A_PERSON: typeof FLOWS = {
  interactive: ({ app }) => interactively(app, stage.visit('alice')),
  'authorization code': ({ app }) => byAuthorizationCode(app, stage.visit('alice'), { scopes: SCOPES }),
  'device code': ({ app }) =>
    app.acquireTokenByDeviceCode({
      scopes: SCOPES,
      deviceCodeCallback: code => stage.visit('alice').open(pageOf(code)),
    }),
  async 'device code poll'({ app }) {
    const deviceCode = await app.startDeviceCode({ scopes: SCOPES })
    await stage.visit('alice').open(pageOf(deviceCode))
    return app.acquireTokenByDeviceCode({ deviceCode, poll: 'once' })
  },
}

/** A federation server looks at the time in the message: federated-faults.test.ts. */
const { 'federated password': _looksAtTheTime, ...WHATEVER_THE_TIME } = FLOWS

for (const seconds of [-600, 600]) {
  for (const [name, run] of Object.entries({ ...WHATEVER_THE_TIME, ...WITH_A_PERSON })) {
    test(`${name} at a service whose clock is ${seconds} s off brings a token that is good for its hour`, async t => {
      const { cache, ...kept } = await signInOnce(t)
      tenant.scenario({ clockOffsetSeconds: seconds })
      const app = applicationIn(t, { code: '', hint: /./ }, cache)
      const result = await run({ app, user: stage.user('alice'), federated: stage.user('joe'), ...kept })
      assert.equal(result.fromCache, false)
      const left = (result.expiresOn.getTime() - Date.now()) / 1000
      assert.ok(left > 3_400 && left < 3_700, `good for ${left} s by the clock of this machine`)
      const again = await app.acquireTokenSilent({ scopes: SCOPES, account: result.account })
      assert.deepEqual([again.fromCache, again.accessToken], [true, result.accessToken])
    })
  }
}
