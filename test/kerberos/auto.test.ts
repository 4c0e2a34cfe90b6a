/** login --flow auto with real tickets: whose it takes, what it goes on with after which failure, and what it never does. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { start } from '../cli/support/latchkey.js'
import { startDomain } from './support/domain.js'
import { withKdc } from './support/kdc.js'

describe('auto with tickets', withKdc, async () => {
  const { kdc, tenant, noTicket, newPlace, lastAuthorize, login } = await startDomain()

  test('auto takes the ticket before it opens a page, and says whose it is', async () => {
    const { code, stderr, pages: opened } = await login([])
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^Signing in to contoso\.onmicrosoft\.com as joe@CONTOSO\.TEST, without a prompt …$/m)
    assert.match(stderr, /✓ Signed in as joe@contoso\.test/)
    assert.equal(opened, 0)
  })

  test('auto where nobody is takes it too, unless somebody signed in before', async () => {
    const nobody = { ...kdc.env, LATCHKEY_NO_USER: '1' }
    const first = await login([], nobody)
    assert.match(first.stderr, /✓ Signed in as joe@contoso\.test/)
    assert.equal(first.posts.length, 2)
    const second = await login([], nobody, first.place)
    assert.deepEqual([second.code, second.posts.length], [0, 0])
  })

  test('auto never takes NTLM, which could count as a wrong password, and asks a server that only has that once', async () => {
    tenant.scenario({ federation: { schemes: ['NTLM'] } })
    const ntlm = await login(['--verbose'])
    tenant.scenario(null)
    const good = await login(['--verbose'])
    assert.match(good.stderr, /Negotiate: HTTP\/localhost, bound to the TLS connection, without NTLM$/m)
    assert.match(good.stderr, /✓ Signed in as joe@contoso\.test/)
    assert.match(ntlm.stderr, /^It did not work: .*HTTP 401.* \[parsing_wstrust_response_failed\]\nsteps:\n {2}1\. /m)
    assert.deepEqual(
      ntlm.posts.map(({ status }) => status),
      [401],
    )
    assert.match(ntlm.stderr, /✓ Signed in as alice@/)
  })

  test('auto goes on for the same user where consent is missing, and for anybody where the ticket is refused', async () => {
    tenant.scenario({ users: { 'joe@contoso.test': { consentNeeded: true } } })
    const consent = await login([])
    assert.match(consent.stderr, /^Somebody has to consent first: AADSTS65001: .*\[invalid_grant\]$/m)
    assert.equal(lastAuthorize()?.login_hint, 'joe@CONTOSO.TEST')
    tenant.scenario({ users: { 'joe@contoso.test': { consentNeeded: false, disabled: true } } })
    const refused = await login([])
    tenant.scenario(null)
    assert.match(refused.stderr, /^It did not work: Federated service at .* \[parsing_wstrust_response_failed\]$/m)
    assert.equal(lastAuthorize()?.login_hint, undefined)
    assert.deepEqual(
      refused.posts.map(({ status }) => status),
      [401, 401],
    )
  })

  test('auto hands the claims on to a device code too', async () => {
    tenant.scenario({ users: { 'joe@contoso.test': { conditionalAccess: 'challenge' } } })
    const place = newPlace()
    const { child, done, seen } = start(['login', ...place.options], { ...kdc.env, SSH_TTY: '/dev/pts/1' })
    await seen('stderr', /type this code there/)
    child.kill('SIGINT')
    const { stderr } = await done
    tenant.scenario(null)
    assert.match(
      stderr,
      /^More proof is asked for: .*\n.*\nSigning in to \S+ with a code, .* this is an SSH session\.$/m,
    )
    const form = tenant.requests.findLast(({ path: where }) => where.endsWith('/devicecode'))?.form
    assert.match(`${form?.claims}`, /^\{.*access_token/)
  })

  test('auto without a ticket says so and goes on with the browser', async () => {
    const { code, stderr, posts } = await login([], noTicket)
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^No sign-in without a prompt: there is no Kerberos ticket\.\nOpening your browser/)
    assert.match(stderr, /✓ Signed in as alice@/)
    assert.equal(posts.length, 0)
  })

  test('auto does not take the ticket of somebody else than who is meant', async () => {
    for (const [args, why] of [
      [
        ['--username', 'alice@contoso.onmicrosoft.com'],
        /the system knows joe@CONTOSO\.TEST, not alice@.*--flow integrated\.$/m,
      ],
      [
        ['--domain', 'contoso.onmicrosoft.com'],
        /the system knows joe@CONTOSO\.TEST, who is not of contoso\.onmicrosoft\.com\.$/m,
      ],
    ] as const) {
      const { code, stderr, posts } = await login(args)
      assert.equal(code, 0, stderr)
      assert.match(stderr, why)
      assert.match(stderr, /✓ Signed in as alice@/)
      assert.equal(posts.length, 0)
    }
    for (const args of [
      ['--username', 'JOE@contoso.test'],
      ['--domain', '@contoso.test'],
    ]) {
      assert.match((await login(args)).stderr, /✓ Signed in as joe@contoso\.test/)
    }
  })

  test('auto goes on with the claims that the service asked for, for the same user', async () => {
    tenant.scenario({ users: { 'joe@contoso.test': { conditionalAccess: 'challenge' } } })
    const { code, stderr } = await login([])
    tenant.scenario(null)
    assert.match(
      stderr,
      /^More proof is asked for: AADSTS\d+: .*\[\w+\]\n\d steps until then; --verbose shows each\nOpening/m,
    )
    assert.equal(code, 0, stderr)
    const query = lastAuthorize()
    assert.equal(query?.login_hint, 'joe@CONTOSO.TEST')
    assert.match(`${query?.claims}`, /^\{.*access_token/)
  })

  test('auto goes on after an expired ticket, an unknown service and a realm without a KDC, and says which it was', async () => {
    const old = `FILE:${kdc.folder}/old.ccache`
    await kdc.kinit('joe', 'Passw0rd!', { cache: old, options: ['-l', '1s'] })
    await new Promise(resolve => setTimeout(resolve, 1_500))
    const expired = await login([], { ...kdc.env, KRB5CCNAME: old })
    assert.match(expired.stderr, /^No sign-in without a prompt: the ticket of joe@CONTOSO\.TEST has expired\.\nOpening/)
    const away = `${kdc.folder}/away.conf`
    writeFileSync(
      away,
      `[libdefaults]\n default_realm = CONTOSO.TEST\n dns_lookup_kdc = false\n dns_canonicalize_hostname = false\n rdns = false\n[realms]\n CONTOSO.TEST = {\n kdc = 127.0.0.1:1\n }\n[domain_realm]\n localhost = CONTOSO.TEST\n`,
    )
    const fresh = `FILE:${kdc.folder}/fresh.ccache`
    await kdc.kinit('joe', 'Passw0rd!', { cache: fresh })
    const down = await login([], { ...kdc.env, KRB5_CONFIG: away, KRB5CCNAME: fresh })
    assert.match(down.stderr, /^It did not work: No domain controller answers: .*\[negotiate_kdc_unreachable\]$/m)
    for (const { code, stderr } of [expired, down]) {
      assert.equal(code, 0, stderr)
      assert.match(stderr, /✓ Signed in as alice@/)
    }
  })

  test('auto gives a server that does not answer ten seconds and no more', async () => {
    tenant.scenario({ faults: { mex: { kind: 'hang' } } })
    const started = performance.now()
    const { code, stderr } = await login([])
    tenant.scenario(null)
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^It did not work: It was not done within 10 s\. \[authentication_timeout\]$/m)
    const seconds = (performance.now() - started) / 1000
    assert.ok(seconds > 10 && seconds < 20, `${seconds} s`)
  })
})
