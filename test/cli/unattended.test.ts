/** LATCHKEY_NO_USER, and what a sign-in says to whom: nobody is asked, or they are told by whom and for what. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { emulate } from '../emulator/support.js'
import { ESC, latchkey, type SignInPlace, scratchFolder, signInPlace, start } from './support/latchkey.js'
import { startInTerminal } from './support/terminal.js'

const { tenant, user } = await emulate()
const alice = user('alice')
const NOBODY = { LATCHKEY_NO_USER: '1' }
const newPlace = () => signInPlace(tenant, alice)

async function signedIn(name = 'alice', at = newPlace()): Promise<SignInPlace> {
  const { env } = signInPlace(tenant, user(name))
  const { code, stderr } = await latchkey(['login', ...at.options], env)
  assert.equal(code, 0, stderr)
  return at
}

const lastAuthorize = () => tenant.requests.findLast(({ path: where }) => where.endsWith('/authorize'))?.query

describe('LATCHKEY_NO_USER=1', () => {
  const FLOWS = [
    ['--flow', 'auto'],
    ['--flow', 'interactive'],
    ['--flow', 'device-code'],
    ['--flow', 'password', '--username', 'alice@contoso.onmicrosoft.com'],
    ['--prompt', 'login'],
    ['--qr'],
  ]
  for (const flow of FLOWS) {
    test(`login ${flow.join(' ')} asks nobody and nothing, and exit code 3 names the login to run`, async () => {
      const { options, env } = newPlace()
      const requests = tenant.requests.length
      const { code, transcript, isRestored } = await startInTerminal(['login', ...flow, ...options], {
        ...env,
        ...NOBODY,
      }).done
      assert.equal(code, 3, transcript)
      assert.equal(tenant.requests.length, requests)
      assert.doesNotMatch(transcript, /Opening your browser|type this code|Password/)
      assert.match(transcript, /Sign in where somebody is, without LATCHKEY_NO_USER: node/)
      assert.ok(isRestored)
    })
  }

  test('0 and nothing mean that somebody is there', async () => {
    for (const value of ['0', '']) {
      const { options, env } = newPlace()
      const { code, stderr } = await latchkey(['login', ...options], { ...env, LATCHKEY_NO_USER: value })
      assert.equal(code, 0, stderr)
    }
  })

  test('an earlier sign-in is enough, renewed if it has to be', async () => {
    const { options } = await signedIn()
    const { code, stdout, stderr } = await latchkey(['login', '--json', ...options], NOBODY)
    assert.equal(code, 0, stderr)
    assert.equal(JSON.parse(stdout).account.username, alice.username)
    const requests = tenant.requests.length
    const other = await latchkey(['login', '--scope', 'Mail.Read', ...options], NOBODY)
    assert.equal(other.code, 0, other.stderr)
    assert.ok(tenant.requests.slice(requests).every(({ path: where }) => !where.endsWith('/authorize')))
  })

  test('a sign-in that has ended is exit code 3, on one line for programs', async () => {
    const { options } = await signedIn()
    tenant.scenario({ users: { [alice.username]: { revoked: true } } })
    const { code, stdout, stderr } = await latchkey(['login', '--json', '--scope', 'Mail.Read', ...options], NOBODY)
    tenant.scenario(null)
    assert.deepEqual([code, stdout], [3, ''])
    const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')
    assert.deepEqual([error.code, error.exitCode], ['invalid_grant', 3])
    assert.match(error.hint, / login /)
  })

  test('of several accounts one has to be named, by user or by domain', async () => {
    const place = await signedIn()
    const second = await latchkey(['login', ...place.options], signInPlace(tenant, user('joe')).env)
    assert.match(second.stderr, /^Next: .* token .*--account joe@contoso\.com$/m, 'token would not know whose')
    const everybody = JSON.parse((await latchkey(['accounts', '--json', ...place.options])).stdout)
    const joe = everybody.find((account: { username: string }) => account.username === 'joe@contoso.com')
    const several = await latchkey(['login', ...place.options], NOBODY)
    assert.equal(several.code, 3)
    assert.match(several.stderr, /\[multiple_accounts_for_login_hint\]\nhint: .*--username/)
    for (const name of [
      ['--username', 'JOE@contoso.com'],
      ['--domain', 'contoso.com'],
      ['--account', 'JOE@contoso.com'],
      ['--account', joe.homeAccountId],
    ]) {
      const { code, stdout, stderr } = await latchkey(['login', '--json', ...name, ...place.options], NOBODY)
      assert.equal(code, 0, stderr)
      assert.equal(JSON.parse(stdout).account.username, 'joe@contoso.com')
    }
  })

  test('who has not signed in yet is named, and the login to run names them too', async () => {
    const { options } = await signedIn()
    for (const [name, who, shown] of [
      ['--username', 'zoe@contoso.com', 'zoe@contoso.com'],
      ['--domain', 'fabrikam.com', '@fabrikam.com'],
      ['--account', 'an-id.of-nobody', 'an-id.of-nobody'],
    ] as const) {
      const { code, stderr } = await latchkey(['login', name, who, ...options], NOBODY)
      assert.equal(code, 3)
      assert.ok(stderr.includes(`Nobody has signed in as ${shown} yet.`), stderr)
      assert.match(stderr, new RegExp(`^hint: .* login .*${name} ${who}$`, 'm'))
    }
  })

  test('the demo opens no browser, and says how it runs alone', async () => {
    const { code, stdout, stderr } = await latchkey(['demo', '--browser'], { ...NOBODY, BROWSER: 'true' })
    assert.deepEqual([code, stdout], [3, ''])
    assert.match(stderr, /^hint: .*: node \S+ demo$/m)
  })

  test('a password from a pipe asks nobody, and is taken', async () => {
    const { options } = newPlace()
    const args = ['login', '--username', alice.username, '--password-stdin', ...options]
    const { child, done } = start(args, NOBODY, 'pipe')
    child.stdin?.end(alice.password)
    assert.equal((await done).code, 0)
  })
})

describe('--prompt-hint', () => {
  test('is shown with the prompt of every flow, on one line and without what a terminal would obey', async () => {
    const note = `nightly\r\nbuild${ESC}[2J\u202e of ${'x'.repeat(300)}`
    for (const flow of [['interactive'], ['device-code'], ['password', '--username', alice.username]]) {
      const { options } = newPlace()
      const args = ['login', '--timeout', '1', '--prompt-hint', note, '--flow', ...flow, ...options]
      const { stderr } = await latchkey(args, { BROWSER: 'true' })
      const [, shown = ''] = /^Note from the caller: (.*)$/m.exec(stderr) ?? []
      assert.match(shown, /^nightly build \[2J of x+…$/, stderr)
      assert.equal(shown.length, 200)
    }
  })

  test('an empty one shows nothing', async () => {
    const { options } = newPlace()
    const args = ['login', '--prompt-hint=\u202e', '--timeout', '1', ...options]
    assert.doesNotMatch((await latchkey(args, { BROWSER: 'true' })).stderr, /Note/)
  })
})

describe('--domain', () => {
  test('login passes it on, so that the sign-in page knows where the user belongs', async () => {
    const { options, env } = newPlace()
    await latchkey(['login', '--domain', '@Contoso.COM', ...options], env)
    assert.equal(lastAuthorize()?.domain_hint, 'contoso.com')
  })

  test('accounts, token and logout see only the users of it', async () => {
    const place = await signedIn()
    await signedIn('joe', place)
    const run = (...args: string[]) => latchkey([...args, ...place.options])
    const found = await run('accounts', '--json', '--domain', 'contoso.com')
    assert.deepEqual(
      JSON.parse(found.stdout).map(({ username }: { username: string }) => username),
      ['joe@contoso.com'],
    )
    assert.match(
      (await run('accounts', '--domain', 'fabrikam.com')).stderr,
      /^Nobody of fabrikam\.com is signed in\.$/m,
    )
    assert.equal((await run('token')).code, 2)
    assert.equal((await run('token', '--domain', 'contoso.com')).code, 0)
    const nobody = await run('token', '--domain', 'fabrikam.com')
    assert.equal(nobody.code, 3)
    assert.match(nobody.stderr, /^hint: Sign in first: .* login .*--domain fabrikam\.com$/m)
    assert.match((await run('logout', '--domain', 'contoso.com')).stderr, /Removed joe@contoso\.com/)
    assert.equal((await run('token')).code, 0)
  })

  test('what is no domain is refused', async () => {
    for (const command of ['login', 'accounts']) {
      const { code, stderr } = await latchkey([command, '--domain', 'a b', ...newPlace().options])
      assert.equal(code, 2, stderr)
      assert.match(stderr, /--domain a b is no domain/)
    }
  })
})

test('a profile chooses the flow, and what is typed chooses another', async () => {
  const folder = scratchFolder()
  const { options } = newPlace()
  writeFileSync(path.join(folder, 'profiles.json'), JSON.stringify({ profiles: { far: { flow: 'device-code' } } }), {
    mode: 0o600,
  })
  const env = { LATCHKEY_CONFIG_DIR: folder, LATCHKEY_PROFILE: 'far', BROWSER: 'true' }
  const ofProfile = await latchkey(['login', '--timeout', '1', ...options], env)
  assert.match(ofProfile.stderr, /^Signing in to .* with a code, on any device\.$/m)
  const typed = await latchkey(['login', '--timeout', '1', '--flow', 'interactive', ...options], env)
  assert.match(typed.stderr, /^Opening your browser to sign in/m)
})
