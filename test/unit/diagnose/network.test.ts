/** The checks of the way to the authority, each against a server that has the trouble. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { DiagnoseOptions, Diagnosis, DiagnosisName } from '#lib/diagnose/diagnosis.js'
import { runChecks } from '#lib/diagnose/run-checks.js'
import { startTenant, type Tenant } from '#lib/emulator/index.js'
import { startOrigin, startProxy } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'
import { scratchFolder } from './support.js'

let tenant: Tenant
before(async () => {
  tenant = await startTenant()
})
after(() => tenant.close())

async function found(options: DiagnoseOptions = {}, env: NodeJS.ProcessEnv = {}) {
  const cache = { name: 'x', directory: scratchFolder() }
  const defaults = { authority: tenant.authority, http: { ca: tenant.caPem }, cache, timeoutSeconds: 5 }
  const all = await runChecks({ ...defaults, ...options }, { platform: process.platform, env, root: '/' })
  const byName = new Map(all.map(diagnosis => [diagnosis.check, diagnosis]))
  return (name: DiagnosisName): Diagnosis => byName.get(name) ?? assert.fail(`no check ${name}`)
}

describe('diagnose: the network', () => {
  test('all is well with a tenant that answers', async () => {
    const check = await found()
    for (const name of ['proxy', 'certificates', 'authority', 'clock'] as const) {
      assert.equal(check(name).ok, true, JSON.stringify(check(name)))
      assert.equal(check(name).hint, undefined, JSON.stringify(check(name)))
    }
    const { host } = new URL(tenant.authority)
    assert.match(check('authority').detail, new RegExp(`^${host} answered HTTP 200 in \\d+ ms$`))
    assert.equal(check('proxy').detail, `none for ${host}`)
  })

  test('sends one request, without any credential', async () => {
    const before = tenant.requests.length
    await found()
    const asked = tenant.requests.slice(before)
    assert.equal(asked.length, 1)
    assert.match(`${asked[0]?.path}`, /\/v2\.0\/\.well-known\/openid-configuration$/)
    assert.equal(asked[0]?.headers.authorization, undefined)
  })

  test('a certificate that nobody trusts', async () => {
    const check = await found({ http: {} })
    assert.equal(check('certificates').ok, false)
    assert.match(check('certificates').detail, /not trusted/)
    assert.equal(check('authority').ok, false)
    assert.match(`${check('clock').hint}`, /authority/)
  })

  test('NODE_EXTRA_CA_CERTS that cannot be read, or holds no certificate, or does', async () => {
    const file = path.join(scratchFolder(), 'ca.pem')
    const missing = (await found({}, { NODE_EXTRA_CA_CERTS: file }))('certificates')
    assert.equal(missing.ok, false)
    assert.match(missing.detail, /cannot be read: ENOENT/)
    writeFileSync(file, 'nothing')
    assert.match((await found({}, { NODE_EXTRA_CA_CERTS: file }))('certificates').detail, /holds no PEM certificate/)
    writeFileSync(file, tenant.caPem)
    const good = (await found({}, { NODE_EXTRA_CA_CERTS: file }))('certificates')
    assert.equal(good.ok, true)
    assert.match(good.detail, /^1 in NODE_EXTRA_CA_CERTS/)
  })

  test('a proxy is named without its user name and password, and a broken one is said to be', async t => {
    const proxy = await startProxy()
    t.after(() => proxy.close())
    const { port } = proxy
    const check = await found({}, { HTTPS_PROXY: `http://carol:hunter2@127.0.0.1:${port}` })
    assert.equal(
      check('proxy').detail,
      `http://127.0.0.1:${port}, with a user name, for ${new URL(tenant.authority).host}`,
    )
    assert.equal(check('authority').ok, true)
    const broken = await found({}, { HTTPS_PROXY: 'socks5://carol:hunter2@[' })
    assert.equal(broken('proxy').ok, false)
    assert.doesNotMatch(JSON.stringify([broken('proxy'), broken('authority')]), /carol|hunter2/)
  })

  for (const [offset, ok, advice, detail] of [
    [-10, true, false, /^1[01] seconds ahead of the authority$/],
    [120, true, true, /^2 minutes behind the authority$/],
    [-600, false, true, /^10 minutes ahead of the authority$/],
  ] as const) {
    test(`a clock that the authority sees ${-offset} s ahead`, async () => {
      tenant.scenario({ clockOffsetSeconds: offset })
      const clock = (await found())('clock')
      tenant.scenario(null)
      assert.match(clock.detail, detail)
      assert.deepEqual([clock.ok, clock.hint !== undefined], [ok, advice])
    })
  }

  test('a tenant that does not exist, a host that is not there, and what is no authority', async () => {
    const { origin } = new URL(tenant.authority)
    const missing = (await found({ authority: `${origin}/nobody.example` }))('authority')
    assert.equal(missing.ok, false)
    assert.match(missing.detail, /answered HTTP 4\d\d/)
    const away = (await found({ authority: 'https://localhost:1/x' }))('authority')
    assert.match(away.detail, /ECONNREFUSED.*\[network_error\]/)
    const nonsense = await found({ authority: 'http://localhost/x' })
    assert.match(nonsense('authority').detail, /https.*\[invalid_authority\]/)
    assert.equal(nonsense('node').ok, true)
  })

  test('a proxy that says nothing is named, without its password', async t => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    t.after(() => silent.close())
    const { port } = silent.address() as AddressInfo
    const env = { HTTPS_PROXY: `http://carol:hunter2@127.0.0.1:${port}` }
    const { ok, detail, hint } = (await found({ timeoutSeconds: 0.5 }, env))('authority')
    assert.equal(ok, false)
    assert.match(detail, /\[request_timeout\]$/)
    assert.match(`${hint}`, new RegExp(`^Check the proxy \\(http://127\\.0\\.0\\.1:${port}, with a user name`))
    assert.doesNotMatch(detail + hint, /carol|hunter2/)
  })

  test('a server that never answers costs each check its time and no more', async t => {
    const certificate = await makeCertificate('localhost')
    const server = await startOrigin(certificate, () => {})
    t.after(() => server.close())
    const started = performance.now()
    const silent = { authority: `${server.origin}/x`, http: { ca: certificate.ca }, timeoutSeconds: 0.5 }
    const check = await found(silent)
    assert.ok(performance.now() - started < 4_000)
    assert.match(check('authority').detail, /request_timeout/)
    assert.match(`${check('authority').hint}`, /firewall/)
    assert.equal(check('node').ok, true)
    const reason = new Error('enough')
    await assert.rejects(
      found({ ...silent, timeoutSeconds: 60, signal: AbortSignal.timeout(300) }),
      /TimeoutError|aborted/,
    )
    await assert.rejects(found({ ...silent, signal: AbortSignal.abort(reason) }), error => error === reason)
  })
})
