/** login --flow integrated and diagnose with real tickets, against a federation server that takes nothing else. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { latchkey, type Outcome, scratchFolder } from '../cli/support/latchkey.js'
import { inTerminal } from '../cli/support/terminal.js'
import { startDomain } from './support/domain.js'
import { withKdc } from './support/kdc.js'

describe('the command line and tickets', withKdc, async () => {
  const { kdc, tenant, noTicket, newPlace, login } = await startDomain()
  await kdc.addPrincipal('robot', '-randkey')
  const robotKeytab = await kdc.keytab('robot', 'robot')

  function assertNoSecrets({ stdout, stderr }: Outcome): void {
    assert.doesNotMatch(stdout + stderr, /YII|eyJ|Assertion/)
    for (const secret of tenant.issuedSecrets) assert.ok(!(stdout + stderr).includes(secret))
  }

  test('--flow integrated signs in whom the ticket is for, where nobody is asked, and token is silent then', async () => {
    // By its GUID: which tenant a domain is of, another program would have to find out.
    const place = newPlace(`${tenant.origin}/${tenant.tenantId}`)
    const outcome = await login(['--flow', 'integrated', '--json'], { ...kdc.env, LATCHKEY_NO_USER: '1' }, place)
    assert.equal(outcome.code, 0, outcome.stderr)
    assert.equal(JSON.parse(outcome.stdout).account.username, 'joe@contoso.test')
    assert.equal(outcome.pages, 0)
    assert.deepEqual(
      outcome.posts.map(({ status }) => status),
      [401, 200],
    )
    const { windows } = outcome.posts.at(-1)?.notes ?? {}
    assert.deepEqual([windows?.user, windows?.bound], ['joe@CONTOSO.TEST', 'this'])
    const before = tenant.requests.length
    const token = await latchkey(['token', ...outcome.place.options])
    assert.ok(tenant.issuedSecrets.includes(token.stdout.trim()), token.stderr)
    assert.deepEqual(tenant.requests.slice(before), [])
  })

  test('a terminal gets each step at --verbose in words, and nothing that is secret', async () => {
    const place = newPlace()
    const { code, transcript } = await inTerminal(['login', '--flow', 'integrated', '--verbose', ...place.options], {
      ...place.env,
      ...kdc.env,
    })
    assert.equal(code, 0, transcript)
    for (const step of [
      /user realm: localhost:\d+ says federated, metadata at https:/,
      /federation metadata: GET \S+ answered 200/,
      /Negotiate: HTTP\/localhost, bound to the TLS connection/,
      /answered 401, offers Negotiate, NTLM; \d+ bytes of kerberos: 200, offers Negotiate, and the server has proved who it is/,
    ]) {
      assert.match(transcript, step)
    }
    assertNoSecrets({ code, stdout: transcript, stderr: '' })
  })

  test('a service takes its keytab, with no ticket and nobody there', async () => {
    const args = [
      '--client-keytab',
      robotKeytab,
      '--credential-cache',
      'MEMORY:robot',
      '--principal',
      'robot@CONTOSO.TEST',
    ]
    const { code, stderr } = await login(args, { ...noTicket, LATCHKEY_NO_USER: '1' })
    assert.equal(code, 0, stderr)
    assert.match(stderr, /✓ Signed in as robot@contoso\.test/)
  })

  test('--flow integrated ends where it fails, with the hint in terms of options, and no page', async () => {
    const cases: [args: string[], env: NodeJS.ProcessEnv, code: string, hint: RegExp][] = [
      [[], noTicket, 'unknown_user', /kinit, or name .* with --client-keytab or --credential-cache/],
      [['--username', 'joe@contoso.test'], noTicket, 'negotiate_no_credentials', /--client-keytab/],
      [
        ['--service-principal-name', 'HTTP/elsewhere'],
        kdc.env,
        'negotiate_unknown_service',
        /--service-principal-name/,
      ],
      [
        ['--username', 'alice@contoso.onmicrosoft.com'],
        kdc.env,
        'integrated_windows_auth_not_supported_managed_user',
        /--desktop-sso/,
      ],
    ]
    for (const [args, env, code, hint] of cases) {
      const outcome = await login(['--flow', 'integrated', ...args], env)
      assert.equal(outcome.code, 1, outcome.stderr)
      assert.equal(outcome.pages, 0)
      const [, last] = /\[(\w+)\]\nhint: /.exec(outcome.stderr) ?? []
      assert.equal(last, code, outcome.stderr)
      assert.match(outcome.stderr, new RegExp(`^hint: .*${hint.source}`, 'm'))
      assert.doesNotMatch(outcome.stderr, /acquireToken|desktopSso|servicePrincipalName|clientKeytab/)
    }
  })

  test('a failure shows its steps at --verbose, in text and in JSON, and else says that there are some', async () => {
    const args = ['--flow', 'integrated', '--service-principal-name', 'HTTP/elsewhere']
    const [plain, verbose, json] = [
      await login(args),
      await login([...args, '--verbose']),
      await login([...args, '--verbose', '--json']),
    ]
    assert.match(plain.stderr, /^\d steps until then; --verbose shows each$/m)
    assert.doesNotMatch(plain.stderr, /^steps:/m)
    assert.match(verbose.stderr, /^steps:\n {2}1\. user name: from the system/m)
    assert.match(
      verbose.stderr,
      /^ {2}\d\. federation metadata: GET https:\/\/localhost:\d+\/adfs\/services\/trust\/mex answered 200$/m,
    )
    assert.match(
      verbose.stderr,
      /^ {2}\d\. Negotiate: HTTP\/elsewhere: gss_init_sec_context: .*\(UNKNOWN_SERVICE \d+\/-\d+\)$/m,
    )
    const { steps } = JSON.parse(json.stderr.trim().split('\n').at(-1) ?? '').error
    assert.ok(steps.some((step: string) => step.includes('UNKNOWN_SERVICE')))
    for (const outcome of [plain, verbose, json]) assertNoSecrets(outcome)
  })

  test('what takes a person is said as the login to run', async () => {
    tenant.scenario({ users: { 'joe@contoso.test': { mfa: true } } })
    const { code, stderr } = await login(['--flow', 'integrated'])
    tenant.scenario(null)
    assert.equal(code, 3, stderr)
    assert.match(
      stderr,
      /^hint: Windows or Kerberos alone is not enough here\. Sign in with more than that: node \S+ login /m,
    )
  })

  test('--federation-metadata takes the place of what would be fetched', async () => {
    const file = path.join(scratchFolder(), 'mex.xml')
    const args = ['--federation-metadata', file]
    assert.equal((await login(args)).code, 2)
    writeFileSync(file, '<no-mex/>')
    const { code, stderr } = await login(args)
    assert.equal(code, 1)
    assert.match(stderr, /The document in federationMetadata is no MEX document/)
  })

  test('diagnose shows the ticket, the federation server and the service, and gets no ticket for it', async () => {
    const { options } = newPlace()
    const issued = await kdc.issued('TGS')
    const cache = await kdc.kinit('joe', 'Passw0rd!', { cache: `FILE:${kdc.folder}/diagnose.ccache` })
    const { code, stdout, stderr } = await latchkey(['diagnose', ...options], { ...kdc.env, KRB5CCNAME: cache })
    assert.equal(code, 0, stdout + stderr)
    assert.match(stdout, /^✓ ticket +joe@CONTOSO\.TEST, good for 24 hours, until \S+, aes256-cts-hmac-sha1-96$/m)
    assert.match(
      stdout,
      /^✓ federation +contoso\.test signs in at localhost:\d+, metadata at \S+, its certificate is trusted/m,
    )
    assert.match(stdout, /^✓ spn +HTTP\/localhost, for https:\S+\/13\/windowstransport \(WS-Trust 1\.3\)$/m)
    assert.equal(await kdc.issued('TGS'), issued)
    const none = await latchkey(['diagnose', '--client-keytab', '/nonexistent', ...options], noTicket)
    assert.equal(none.code, 1)
    assert.match(none.stdout, /^✗ ticket +none: /m)
  })
})
