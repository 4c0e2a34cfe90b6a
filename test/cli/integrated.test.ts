/** login without a prompt where the system knows nobody: what auto says, what ends where, and whose options are whose. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hintOfCode, inOptions } from '#lib/cli/hints.js'
import { FEDERATION_CODES } from '#lib/error-codes/federation.js'
import { ERROR_CODES } from '#lib/error-codes.js'
import { AADSTS_HINTS } from '#lib/token/aadsts.js'
import { joinStateHint } from '#lib/wstrust/join-state.js'
import { emulate } from '../emulator/support.js'
import { latchkey, signInPlace } from './support/latchkey.js'
import { startInTerminal } from './support/terminal.js'

const { tenant, user } = await emulate()
const alice = user('alice')
const newPlace = () => signInPlace(tenant, alice)
const common = () => {
  const place = newPlace()
  return place.options.map(word => (word === tenant.authority ? `${tenant.origin}/common` : word))
}

const PASSED_OVER = /^No sign-in without a prompt: there is no Kerberos ticket\.$/m

describe('auto', () => {
  test('says in one line that nobody is known, then what it does instead; stdout is for programs', async () => {
    const { options, env } = newPlace()
    const { code, stdout, stderr } = await latchkey(['login', '--json', ...options], env)
    assert.equal(code, 0, stderr)
    assert.equal(JSON.parse(stdout).account.username, alice.username)
    const [passed, next] = stderr.split('\n')
    assert.match(`${passed}`, PASSED_OVER)
    assert.match(`${next}`, /^Opening your browser/)
    assert.equal(stderr.match(/without a prompt/g)?.length, 1)
  })

  test('says both reasons where there is neither a ticket nor a browser', async () => {
    const { done, seen } = startInTerminal(['login', '--timeout', '1', ...newPlace().options], {
      SSH_TTY: '/dev/pts/1',
    })
    await seen(
      /no Kerberos ticket\.\r\nSigning in to \S+ with a code, on any device\. No browser here: this is an SSH session\./,
    )
    assert.equal((await done).code, 1)
  })

  for (const args of [
    ['--flow', 'interactive'],
    ['--prompt', 'login'],
  ]) {
    test(`with ${args.join(' ')} nothing is tried before`, async () => {
      const { options, env } = newPlace()
      const { code, stderr } = await latchkey(['login', ...args, ...options], env)
      assert.equal(code, 0, stderr)
      assert.doesNotMatch(stderr, /without a prompt/)
    })
  }

  test('where nobody is says why not either, and exit code 3', async () => {
    const { code, stderr } = await latchkey(['login', ...newPlace().options], { LATCHKEY_NO_USER: '1' })
    assert.equal(code, 3)
    assert.match(stderr, PASSED_OVER)
    assert.match(stderr, /^hint: Sign in where somebody is/m)
  })
})

describe('--flow integrated', () => {
  test('ends with what is missing and asks nobody', async () => {
    for (const env of [{}, { LATCHKEY_NO_USER: '1' }]) {
      const place = newPlace()
      const before = tenant.requests.length
      const { code, stdout, stderr } = await latchkey(['login', '--flow', 'integrated', ...place.options], {
        ...place.env,
        ...env,
      })
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(
        stderr,
        /^error: The system does not say who is signed in \[unknown_user\]\nhint: Get a Kerberos ticket with kinit, or name a keytab or credential cache with --client-keytab or --credential-cache; /m,
      )
      assert.equal(tenant.requests.length, before)
    }
  })

  test('over common is a value that cannot be used', async () => {
    const { code, stderr } = await latchkey(['login', '--flow', 'integrated', ...common()])
    assert.equal(code, 2, stderr)
    assert.match(stderr, /AADSTS90010.* \[invalid_request\]\nhint: .*organizations/)
  })

  test('with another user name but no ticket shows where it ended', async () => {
    const { code, stderr } = await latchkey([
      ...['login', '--flow', 'integrated', '--verbose', '--username', user('joe').username],
      ...newPlace().options,
    ])
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^Signing in to contoso\.onmicrosoft\.com as joe@contoso\.com by Windows or Kerberos, without a prompt\.$/m,
    )
    assert.match(
      stderr,
      /\[negotiate_no_credentials\]\nhint: Get a ticket with kinit, name a keytab in --client-keytab, /,
    )
    assert.match(stderr, /^steps:\n {2}1\. user realm: localhost:\d+ says federated/m)
    assert.match(stderr, /^ {2}\d\. Negotiate: HTTP\/localhost, bound to the TLS connection$/m)
    assert.match(
      stderr,
      /^ {2}\d\. security token request: POST \S+windowstransport failed \(negotiate_no_credentials\) after 401, offers Negotiate, NTLM$/m,
    )
  })

  const implying = [
    ['--client-keytab', '/nonexistent'],
    ['--credential-cache', 'MEMORY:x'],
    ['--principal', 'x@Y'],
    ['--service-principal-name', 'HTTP/x'],
    ['--no-ntlm'],
    ['--desktop-sso'],
  ]
  for (const option of implying) {
    test(`is implied by ${option[0]}, which no other flow takes`, async () => {
      const { options } = newPlace()
      const implied = await latchkey(['login', ...option, ...options])
      assert.equal(implied.code, 1)
      assert.match(implied.stderr, /by Windows or Kerberos, without a prompt\.$/m)
      const other = await latchkey(['login', '--flow', 'device-code', ...option, ...options])
      assert.equal(other.code, 2)
      assert.match(other.stderr, /goes with --flow integrated, not with device-code/)
    })
  }

  test('shares --federation-metadata with passwords alone', async () => {
    const { options } = newPlace()
    const run = async (...args: string[]) =>
      (await latchkey(['login', ...args, '--federation-metadata', '/nonexistent.xml', ...options])).stderr
    assert.match(await run(), /--federation-metadata \/nonexistent\.xml cannot be read/)
    assert.match(await run('--password-stdin', '--username', 'x'), /--federation-metadata .* cannot be read/)
    assert.match(await run('--qr'), /goes with --flow integrated or password, not with device-code/)
  })

  test('refuses a service name that is none', async () => {
    const { code, stderr } = await latchkey(['login', '--service-principal-name', 'adfs', ...newPlace().options])
    assert.equal(code, 2, stderr)
    assert.match(stderr, /HTTP\/<host> \[invalid_request\]/)
  })
})

describe('hints', () => {
  const FIELDS =
    /acquireTokenInteractive|desktopSso|servicePrincipalName|federationMetadata|kerberos\.|allowNtlm|in kerberos|ass username|at steps|knownAuthorities|http\.[a-z]|timeoutSeconds|as clientId|openBrowser/

  test('name options, wherever the library names fields', () => {
    const rows = Object.entries(ERROR_CODES).map(([code, { hint }]) => hintOfCode(code, hint))
    const joined = (['domain', 'hybrid', 'entra', 'workplace', 'none'] as const).map(joinStateHint)
    for (const hint of [
      ...rows,
      ...[...joined, ...[...AADSTS_HINTS.values()].map(({ hint }) => hint)].map(inOptions),
    ]) {
      assert.doesNotMatch(hint, FIELDS)
    }
    // The library does name them, or nothing would have been shown.
    const named = Object.values(FEDERATION_CODES).filter(({ hint }) => FIELDS.test(hint))
    assert.ok(named.length > 6)
  })

  test('stay as they are otherwise', () => {
    assert.equal(inOptions('Check the network.'), 'Check the network.')
    const { hint } = ERROR_CODES.network_error
    assert.equal(hintOfCode('network_error', hint), 'Check the network and the proxy settings (HTTPS_PROXY, NO_PROXY).')
  })

  test('of an error that has its own are said in place of those of its code', () => {
    const own =
      'Check the authority for a typing error; if login.contoso.example is right, list it in knownAuthorities.'
    assert.equal(
      hintOfCode('invalid_instance', own),
      'Check the authority for a typing error; if login.contoso.example is right, pass --known-authority HOST.',
    )
    assert.equal(hintOfCode('network_error', 'Sign in to the proxy.'), 'Sign in to the proxy.')
    const again = 'Call again with the same deviceCode, which is good until 2026-11-27T18:00:00.000Z, or wait longer.'
    assert.equal(hintOfCode('authentication_timeout', again), 'Try again; --timeout sets how many seconds to wait.')
  })
})
