/** login --flow password through a pipe: whose secret stays one, what is refused, and what each refusal of the service asks for. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { emulate } from '../emulator/support.js'
import {
  latchkey,
  type Outcome,
  type Running,
  type SignInPlace,
  signInPlace,
  start,
  startProgram,
} from './support/latchkey.js'

const { tenant, user } = await emulate()
const alice = user('alice')
const place = () => signInPlace(tenant, undefined)

function startLogin({ options }: SignInPlace, username: string, ...further: string[]): Running {
  const args = ['login', '--username', username, '--password-stdin', ...further, ...options]
  return start(args, { BROWSER: 'false' }, 'pipe')
}

function login(username: string, input: string | Buffer, ...further: string[]): Promise<Outcome> {
  const { child, done } = startLogin(place(), username, ...further)
  child.stdin?.end(input)
  return done
}

describe('--password-stdin', () => {
  for (const [what, end] of Object.entries({ 'no end of the line': '', LF: '\n', CRLF: '\r\n' })) {
    test(`signs in with what came, with ${what} after it`, async () => {
      const { code, stdout, stderr } = await login(alice.username, `${alice.password}${end}`)
      assert.deepEqual([code, stdout], [0, ''], stderr)
      const [first, second] = stderr.split('\n')
      assert.equal(first, `Signing in to contoso.onmicrosoft.com as ${alice.username} with a password.`)
      assert.equal(second, `✓ Signed in as ${alice.username}`)
    })
  }

  test('neither the password nor a token is on stderr or stdout, nor in what other users see of the process', async () => {
    const { child, done, seen } = startLogin(place(), alice.username, '--json', '--verbose')
    await seen('stderr', /with a password\.$/m)
    child.stdin?.write(alice.password)
    const [seenByOthers, files] = [`/proc/${child.pid}/cmdline`, `/proc/${child.pid}/environ`].map(file =>
      process.platform === 'linux' ? readFileSync(file, 'utf8') : '',
    )
    child.stdin?.end()
    const { code, stdout, stderr } = await done
    assert.equal(code, 0, stderr)
    for (const text of [stdout, stderr, seenByOthers, files]) {
      assert.ok(!text?.includes(alice.password))
      for (const secret of tenant.issuedSecrets) assert.ok(!text?.includes(secret))
    }
    assert.equal(JSON.parse(stdout).account.username, alice.username)
  })

  test('token then answers without asking anybody', async () => {
    const where = place()
    const { child, done } = startLogin(where, alice.username)
    child.stdin?.end(alice.password)
    assert.equal((await done).code, 0)
    const requests = tenant.requests.length
    assert.equal((await latchkey(['token', ...where.options])).code, 0)
    assert.equal(tenant.requests.length, requests)
  })

  const REFUSED: [what: string, input: string | Buffer, error: RegExp][] = [
    ['nothing', '', /got nothing.*\nhint: .*pipe/],
    ['an empty line', '\n', /got nothing/],
    ['a second line', 'hunter2\nhunter3\n', /got more than one line/],
    ['a NUL', 'hunter2\0', /got more than one line/],
    ['what is not UTF-8', Buffer.from([0x68, 0xff]), /not UTF-8/],
    ['more than any password has', 'hunter2'.repeat(1_000), /more than 4096 bytes/],
  ]
  for (const [what, input, error] of REFUSED) {
    test(`${what} is refused before the service is asked`, async () => {
      const requests = tenant.requests.length
      const { code, stdout, stderr } = await login(alice.username, input)
      assert.deepEqual([code, stdout], [2, ''], stderr)
      assert.match(stderr, error)
      assert.doesNotMatch(stderr, /hunter/)
      assert.equal(tenant.requests.length, requests)
    })
  }

  test('an input that never ends is given up after --timeout', async () => {
    const { done } = startLogin(place(), alice.username, '--timeout', '1')
    const { code, stderr } = await done
    assert.equal(code, 1)
    assert.match(stderr, /^error: No password came within 1 s\. \[authentication_timeout\]$/m)
  })

  test('SIGINT while it waits is exit code 130', async () => {
    const { child, done, seen } = startLogin(place(), alice.username)
    await seen('stderr', /with a password\.$/m)
    child.kill('SIGINT')
    assert.equal((await done).code, 130)
  })
})

describe('what a password needs', () => {
  const cases: [what: string, args: string[], error: RegExp][] = [
    [
      'a terminal or --password-stdin',
      ['--flow', 'password', '--username', 'a@b.c'],
      /no terminal .*\nhint: .*--password-stdin/,
    ],
    ['a user name', ['--flow', 'password'], /needs the user name .*\nhint: .*--username USER/],
    ['its own flow', ['--password-stdin', '--flow', 'device-code'], /--password-stdin goes with --flow password/],
  ]
  for (const [what, args, error] of cases) {
    test(what, async () => {
      const { code, stdout, stderr } = await latchkey(['login', ...args, ...place().options])
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, error)
    })
  }

  test('and no option for the password itself', async () => {
    const { code, stderr } = await latchkey(['login', '--password', 'hunter2', ...place().options])
    assert.equal(code, 2)
    assert.match(stderr, /^error: unknown option --password .*\nhint: Did you mean --password-stdin\?$/m)
    assert.doesNotMatch(stderr, /hunter/)
  })
})

describe('a password that does not do', () => {
  // What the user got wrong, or cannot mend, no other login can either.
  const WRONG: [what: string, name: string, password: string, error: RegExp][] = [
    ['a wrong password', 'alice', 'wrong', /AADSTS50126: .*\nhint: Ask for the user name and the password again/],
    ['a locked account', 'lou', user('lou').password, /AADSTS50053: .*\nhint: Wait before the next try/],
    ['a disabled account', 'dan', user('dan').password, /AADSTS50057: .*\nhint: Ask the administrator/],
  ]
  for (const [what, name, password, error] of WRONG) {
    test(`${what} is exit code 3 and what to do about it, and nothing is kept`, async () => {
      const where = place()
      const { child, done } = startLogin(where, user(name).username)
      child.stdin?.end(password)
      const { code, stdout, stderr } = await done
      assert.deepEqual([code, stdout], [3, ''])
      assert.match(stderr, error)
      assert.doesNotMatch(stderr, /latchkey login|main\.js login/)
      assert.equal((await latchkey(['accounts', '--json', ...where.options])).stdout, '[]\n')
    })
  }

  test('an expired password names the login that changes it', async () => {
    const eve = await login(user('eve').username, user('eve').password)
    assert.equal(eve.code, 3)
    assert.match(eve.stderr, /^hint: Change the password while you sign in with: .* login .*--username eve@\S+$/m)
  })

  test('a federated one goes to the federation server, once; a wrong one says where it was refused', async () => {
    const { username, password } = user('joe')
    const checks = () => tenant.passwordChecks[username] ?? 0
    const good = await login(username, password)
    assert.equal(good.code, 0, good.stderr)
    assert.match(good.stderr, /✓ Signed in as joe@contoso\.com/)
    assert.equal(checks(), 1)
    const wrong = await login(username, 'wrong')
    assert.equal(wrong.code, 1)
    assert.match(wrong.stderr, /ID3242.* \[parsing_wstrust_response_failed\]\nhint: Ask for the user name and the pass/)
    assert.match(wrong.stderr, /^\d steps until then; --verbose shows each$/m)
    assert.equal(checks(), 2)
  })

  test('a user with a second factor gets exit code 3 and the login that gives it', async () => {
    const mia = user('mia')
    const where = place()
    const { child, done } = startLogin(where, mia.username)
    child.stdin?.end(mia.password)
    const { code, stderr } = await done
    assert.equal(code, 3)
    const [, command = ''] =
      /^hint: A password is not enough here\. Sign in with more than that: (.*)$/m.exec(stderr) ?? []
    assert.match(command, / login .*--username mia@contoso\.onmicrosoft\.com$/)
    // The hint can be pasted: it signs mia in, with her second factor.
    const { env } = signInPlace(tenant, mia)
    const pasted = await startProgram('sh', ['-c', command], env).done
    assert.equal(pasted.code, 0, pasted.stderr)
  })

  test('a user who has to consent gets exit code 3, the login and, once, the page', async () => {
    const cara = user('cara')
    const { code, stderr } = await login(cara.username, cara.password)
    assert.equal(code, 3)
    assert.match(stderr, /^hint: Somebody has to consent first, once\. Do it with: .* login .*--username cara@\S+$/m)
    assert.equal(stderr.match(/https:\S+\/oauth2\/v2\.0\/authorize\?\S+/g)?.length, 1)
  })
})
