/** Trouble behind the user's realm: at the federation server's metadata, at its tokens and at the token endpoint, for each way to sign in there. */
import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { after, type TestContext, test } from 'node:test'
import { AuthError, type HttpOptions, type PublicClientApplication } from 'latchkey'
import type { Fault, ScenarioPatch } from 'latchkey/emulator'
import { FakeNegotiate } from '../fakes/fake-negotiate.js'
import { testHttpClient } from '../support/http.js'
import { startOrigin, startProxy } from '../support/server.js'
import { makeCertificate } from '../support/tls.js'
import { Application, interactively, SCOPES, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage
const joe = stage.user('joe')
const ELSEWHERE = '127.0.0.1'
const untrusted = await startOrigin(await makeCertificate('localhost'), (_request, response) => response.end())
const choosyProxy = await startProxy({ authorization: 'Basic nobody', only: new RegExp(`^${ELSEWHERE}:`) })
after(() => Promise.all([untrusted.close(), choosyProxy.close()]))

/** A limit that every wait of the table keeps well below what a person would call hanging. */
const TIMEOUT_SECONDS = 1
/** One request, its retry a second later, and room for a busy machine. */
const LONGEST_MS = 15_000

const SERVERS = ['metadata', 'security token', 'token'] as const
type Server = (typeof SERVERS)[number]

/** Each way to sign in, with where the federation server is asked for a token. */
const SIGN_INS = { integrated: 'windowsTransport', 'federated password': 'usernameMixed' } as const

interface Trouble {
  fault: Fault
  /** What comes of it, in the order of {@link SERVERS}. */
  codes: readonly [string, string, string]
  hint: RegExp
  /** Where the hint is another one. */
  hints?: Partial<Record<Server, RegExp>>
  retryAfterSeconds?: number
}

const PAGE = [
  'parsing_ws_metadata_exchange_failed',
  'parsing_wstrust_response_failed',
  'non_parsable_oauth_error',
] as const
const DOWN = ['service_not_available', 'parsing_wstrust_response_failed', 'service_not_available'] as const
const same = (code: string) => [code, code, code] as const

const FAULTS: Record<string, Trouble> = {
  'HTTP 500': {
    fault: { kind: 'html', status: 500 },
    codes: DOWN,
    hint: /again/,
    hints: { 'security token': /whether the service runs.*proxy/ },
  },
  'HTTP 503 with Retry-After': {
    fault: { kind: 'html', status: 503, retryAfterSeconds: 7 },
    codes: DOWN,
    hint: /again/,
    hints: { 'security token': /enabled/ },
    retryAfterSeconds: 7,
  },
  'HTTP 429 with Retry-After': {
    fault: { kind: 'html', status: 429, retryAfterSeconds: 9 },
    codes: ['request_throttled', 'parsing_wstrust_response_failed', 'request_throttled'],
    hint: /retryAfter/,
    hints: { 'security token': /retryAfter of the cause/ },
    retryAfterSeconds: 9,
  },
  'a body that does not come to an end': {
    fault: { kind: 'stall' },
    codes: same('request_timeout'),
    hint: /again|timeoutSeconds/,
  },
  'half a body': { fault: { kind: 'truncate' }, codes: same('network_error'), hint: /network|connection|reach/i },
  'a page': { fault: { kind: 'html', status: 200 }, codes: PAGE, hint: /proxy/ },
  'plain text': { fault: { kind: 'text' }, codes: PAGE, hint: /proxy/ },
  'a body of 20 MB': {
    fault: { kind: 'huge', bytes: 20_000_000 },
    codes: same('response_too_large'),
    hint: /proxy|authority/,
  },
}

/** Servers that cannot be talked to; `origin` is where the federation server is said to be. */
const UNREACHABLE: Record<string, { origin: string; http?: HttpOptions; code: string; hint: RegExp }> = {
  'a refused connection': { origin: 'https://localhost:1', code: 'network_error', hint: /network|connection|reach/i },
  'an untrusted certificate': { origin: untrusted.origin, code: 'tls_error', hint: /NODE_EXTRA_CA_CERTS/ },
  'a proxy that wants a password': {
    origin: `https://${ELSEWHERE}:${new URL(tenant.origin).port}`,
    http: { proxy: choosyProxy.origin },
    code: 'network_error',
    hint: /user name and password/,
  },
  'a name that is not there': {
    origin: 'https://nowhere.invalid',
    code: 'network_error',
    hint: /network|connection|reach/i,
  },
}

/** An application that somebody else has signed in to, so that there is something to lose. */
async function subject(t: TestContext, http: HttpOptions = {}) {
  const { app: another } = await stage.signedIn(t)
  const native = new FakeNegotiate()
  const app = new Application(
    {
      clientId: tenant.clientId,
      authority: tenant.authority,
      knownAuthorities: [new URL(tenant.authority).host],
      http: { ca: tenant.caPem, proxy: false, timeoutSeconds: TIMEOUT_SECONDS, ...http },
    },
    { native: native.addon },
  )
  t.after(() => app.close())
  app.tokenCache.deserialize(another.tokenCache.serialize())
  await interactively(app, stage.visit('alice'), { scopes: ['Mail.Read'] })
  tenant.requests.length = 0
  return { app, native }
}

const sign = {
  integrated: (app: PublicClientApplication, more = {}) =>
    app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES, ...more }),
  'federated password': (app: PublicClientApplication, more = {}) =>
    app.acquireTokenByUsernamePassword({ scopes: SCOPES, username: joe.username, password: joe.password, ...more }),
}

/** Fails in bounded time, leaves the cache as it was and no conversation open. */
async function failureOf(
  { app, native }: Awaited<ReturnType<typeof subject>>,
  call: () => Promise<unknown>,
): Promise<AuthError> {
  const before = app.tokenCache.serialize()
  const startedMs = performance.now()
  const error = await call().then(
    () => assert.fail('it went through'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof AuthError, String(error))
  assert.ok(performance.now() - startedMs < LONGEST_MS)
  assert.equal(app.tokenCache.serialize(), before, 'the cache has changed')
  assert.equal(native.unclosed, 0)
  assert.notEqual(error.steps.length, 0)
  return error
}

const flows = Object.keys(SIGN_INS) as (keyof typeof SIGN_INS)[]

for (const flow of flows) {
  for (const [name, { fault, codes, hint, hints, retryAfterSeconds }] of Object.entries(FAULTS)) {
    for (const [index, server] of SERVERS.entries()) {
      const code = codes[index] ?? assert.fail()
      test(`${flow} with ${name} at the ${server} endpoint: ${code}`, async t => {
        const there = await subject(t)
        // Whoever was asked for Negotiate before sends a token with the first request, and that is the one to hit.
        if (server === 'security token') await sign[flow](there.app)
        tenant.requests.length = 0
        const route = { metadata: 'mex', 'security token': SIGN_INS[flow], token: 'token' } as const
        tenant.scenario({ faults: { [route[server]]: fault } })
        const startedOn = Date.now()

        const error = await failureOf(there, () => sign[flow](there.app))

        assert.equal(error.code, code, error.message)
        assert.match(error.hint, hints?.[server] ?? hint)
        if (retryAfterSeconds !== undefined) {
          const { retryAfter } = (server === 'security token' ? error.cause : error) as { retryAfter?: Date }
          const seconds = ((retryAfter?.getTime() ?? 0) - startedOn) / 1000
          assert.ok(Math.abs(seconds - retryAfterSeconds) < LONGEST_MS / 1000, `Retry-After read as ${seconds} s`)
        }
        // Nobody is put before a directory twice, and an assertion is not sent twice.
        const sent = tenant.requests.filter(({ path }) => /\d\d\/(windowstransport|usernamemixed)|token$/.test(path))
        const proven = sent.filter(({ path, headers }) => !path.endsWith('windowstransport') || headers.authorization)
        assert.equal(proven.length, { metadata: 0, 'security token': 1, token: 2 }[server])
      })
    }
  }

  for (const [name, { origin, http, code, hint }] of Object.entries(UNREACHABLE)) {
    test(`${flow} with ${name} for the metadata: ${code}`, async t => {
      const there = await subject(t, http)
      const realmAnswer: ScenarioPatch['realmAnswer'] = { set: { federation_metadata_url: `${origin}/mex` } }
      tenant.scenario({ realmAnswer })
      const error = await failureOf(there, () => sign[flow](there.app))
      assert.equal(error.code, code, error.message)
      assert.match(error.hint, hint)
    })

    test(`${flow} with ${name} for the security token: ${code}`, async t => {
      const there = await subject(t, http)
      const { client, send } = testHttpClient({ ca: tenant.caPem, proxy: false })
      t.after(() => client.close())
      const { body } = await send(`${tenant.origin}/adfs/services/trust/mex`)
      const federationMetadata = body.replaceAll(tenant.origin, origin)
      const error = await failureOf(there, () => sign[flow](there.app, { federationMetadata }))
      assert.equal(error.code, code, error.message)
      assert.match(error.hint, hint)
      assert.match(error.steps.at(-1) ?? '', new RegExp(code))
    })
  }
}

test('a federation server whose clock is ahead of or behind this machine’s: refused with what to check, or taken', async t => {
  tenant.scenario({ clockOffsetSeconds: -600 })
  const { app, native } = await subject(t)
  const error = await failureOf({ app, native }, () => sign['federated password'](app))
  assert.equal(error.code, 'parsing_wstrust_response_failed')
  assert.match(error.message, /InvalidSecurity/)
  assert.match(error.hint, /time of this machine/)
})
