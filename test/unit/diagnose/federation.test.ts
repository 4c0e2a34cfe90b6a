/** The checks of the way to the federation server: what is asked of whom, and each trouble with its hint. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DiagnoseOptions, DiagnosisName } from '#lib/diagnose/diagnosis.js'
import { runChecks } from '#lib/diagnose/run-checks.js'
import type { ScenarioPatch } from '#lib/emulator/index.js'
import { emulate } from '../../emulator/support.js'
import { FakeNegotiate } from '../../fakes/fake-negotiate.js'
import { startOrigin, startProxy } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'
import { scratchFolder } from './support.js'

const { tenant, user } = await emulate()
const joe = user('joe').username
const { host } = new URL(tenant.origin)

async function found(options: DiagnoseOptions = {}, principal?: string, env: NodeJS.ProcessEnv = {}) {
  const native = new FakeNegotiate()
  if (principal !== undefined) native.status = { principal, expiresOn: 0, encryptionType: 0 }
  const defaults = { authority: tenant.authority, http: { ca: tenant.caPem }, timeoutSeconds: 5 }
  const before = tenant.requests.length
  const all = await runChecks(
    { ...defaults, cache: { name: 'x', directory: scratchFolder() }, ...options },
    { platform: process.platform, env, root: '/', addon: native.addon },
  )
  assert.deepEqual([native.targets, native.steps], [[], 0], 'no ticket was got')
  const asked = tenant.requests.slice(before)
  assert.ok(asked.every(({ method, headers }) => method === 'GET' && headers.authorization === undefined))
  const check = (name: DiagnosisName) => all.find(each => each.check === name) ?? assert.fail(name)
  return {
    authority: check('authority'),
    federation: check('federation'),
    spn: check('spn'),
    paths: asked.map(({ path }) => path).sort(),
  }
}

test('names the server, whether it is trusted, the way to it, and the service, without any proof of who the user is', async () => {
  for (const { federation, spn, paths } of [await found({ username: joe }), await found({}, joe)]) {
    assert.deepEqual(federation, {
      check: 'federation',
      ok: true,
      detail: `contoso.com signs in at ${host}, metadata at ${tenant.origin}/adfs/services/trust/mex, its certificate is trusted, no proxy`,
    })
    assert.deepEqual(spn, {
      check: 'spn',
      ok: true,
      detail: `HTTP/localhost, for ${tenant.origin}/adfs/services/trust/13/windowstransport (WS-Trust 1.3)`,
    })
    assert.deepEqual(
      paths.filter(path => !path.includes('.well-known')),
      ['/adfs/services/trust/mex', `/common/userrealm/${encodeURIComponent(joe)}`],
    )
  }
})

test('names the proxy that is in between', async t => {
  const proxy = await startProxy()
  t.after(() => proxy.close())
  const { federation } = await found({ username: joe }, undefined, {
    HTTPS_PROXY: `http://a:b@127.0.0.1:${proxy.port}`,
  })
  assert.ok(federation.detail.endsWith(`through http://127.0.0.1:${proxy.port}`), federation.detail)
  assert.equal(federation.ok, true)
})

for (const [what, options, principal] of [
  ['no user', {}, undefined],
  ['no authority', { authority: undefined, username: joe, http: { proxy: 'http://127.0.0.1:1' } }, undefined],
  ['an authority of any account', { authority: `${tenant.origin}/common`, username: joe }, undefined],
  ['an authority of another kind', { authority: tenant.adfsAuthority }, joe],
] as const) {
  test(`with ${what} nothing is asked`, async () => {
    const { federation, spn, paths } = await found(options as DiagnoseOptions, principal)
    assert.deepEqual(
      paths.filter(path => /userrealm|mex/.test(path)),
      [],
    )
    assert.match(federation.detail, /^not looked at: /)
    assert.deepEqual([federation.ok, spn.ok, federation.hint, spn.hint], [true, true, undefined, undefined])
  })
}

test('a user who has no federation server gets told what is needed then', async () => {
  const { federation, spn } = await found({ username: user('alice').username })
  assert.equal(federation.detail, 'none: contoso.onmicrosoft.com signs in at the service itself')
  assert.match(`${federation.hint}`, /seamless/)
  assert.match(spn.detail, /^none/)
})

test('a domain that the service does not know fails where it was given, and is advice where it is that of a ticket', async () => {
  const { username } = user('uma')
  const given = await found({ username })
  assert.equal(given.federation.ok, false)
  assert.match(given.federation.detail, /\[unknown_user_type\]$/)
  assert.match(`${given.spn.hint}`, /federation/)
  const guessed = await found({}, username)
  assert.equal(guessed.federation.ok, true)
  assert.match(guessed.federation.detail, /knows no domain nowhere\.example, that of the ticket$/)
  assert.match(`${guessed.federation.hint}`, /Pass the user name/)
})

const troubles: [what: string, federation: ScenarioPatch['federation'], detail: RegExp][] = [
  [
    'a server that takes no Windows sign-ins',
    { disabledEndpoints: ['13/windowstransport', '2005/windowstransport'] },
    /\[wstrust_endpoint_not_found\]$/,
  ],
  ['metadata by http', { metadataScheme: 'http' }, /not an https URL.*\[accessing_ws_metadata_exchange_failed\]$/],
  ['metadata that is none', { metadata: 'malformed' }, /\[parsing_ws_metadata_exchange_failed\]$/],
]
for (const [what, switches, detail] of troubles) {
  test(`${what} fails with its hint`, async () => {
    tenant.scenario({ federation: { ...switches } })
    const { federation, spn } = await found({ username: joe })
    tenant.scenario(null)
    assert.equal(federation.ok, false)
    assert.match(federation.detail, detail)
    assert.match(`${federation.hint}`, /\.$/)
    assert.deepEqual([spn.ok, spn.detail], [true, 'not known'])
  })
}

test('a federation server that nobody trusts is told apart from the authority', async t => {
  const server = await startOrigin(await makeCertificate('localhost'), () => {})
  t.after(() => server.close())
  const set = { federation_metadata_url: `${server.origin}/adfs/services/trust/mex` }
  tenant.scenario({ realmAnswer: { set } })
  const { authority, federation } = await found({ username: joe })
  tenant.scenario(null)
  assert.deepEqual([authority.ok, federation.ok], [true, false])
  assert.ok(federation.detail.includes(new URL(server.origin).host), federation.detail)
  assert.match(federation.detail, /not trusted.*\[tls_error\]$/)
})
