/** `latchkey call` against the tenant's sample API: what is printed where, challenges, and when the user is needed. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { after, before, describe, type TestContext, test } from 'node:test'
import { startTenant, type Tenant } from '#lib/emulator/index.js'
import { ESC, latchkey, MAIN, type SignInPlace, signInPlace, start, startProgram } from './support/latchkey.js'
import { inTerminal } from './support/terminal.js'

let tenant: Tenant
let place: SignInPlace
let origin: string
let me: string

before(async () => {
  tenant = await startTenant()
  place = signInPlace(tenant, tenant.users[0])
  origin = new URL(tenant.authority).origin
  me = `${origin}/api/me`
  const { code, stderr } = await latchkey(['login', ...place.options], place.env)
  assert.equal(code, 0, stderr)
})
after(() => tenant.close())

const call = (...args: string[]) => latchkey(['call', ...args, ...place.options])
const apiRequests = () => tenant.requests.filter(({ path }) => path === '/api/me').length

/** An API on this machine, and its URL. */
async function api(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('latchkey call', () => {
  test('prints the answer and nothing else; the token is for the origin of the URL', async () => {
    const { code, stdout, stderr } = await call(me)
    assert.equal(code, 0, stderr)
    assert.equal(stderr, '')
    assert.equal(JSON.parse(stdout).userPrincipalName, 'alice@contoso.onmicrosoft.com')
    const asked = tenant.requests.findLast(({ path }) => path.endsWith('/token'))?.form.scope
    assert.match(`${asked}`, new RegExp(`^${origin}/\\.default `))
    assert.ok(!tenant.issuedSecrets.some(secret => stdout.includes(secret)))
  })

  test('--scope asks for another token', async () => {
    const { code, stdout } = await call(me, '--scope', 'User.Read')
    assert.equal(code, 0)
    assert.ok(JSON.parse(stdout).scopes.includes('User.Read'), stdout)
  })

  test('--json has the status, the headers and the body as one line', async () => {
    const { stdout } = await call(me, '--json')
    assert.equal(stdout.split('\n').length, 2)
    const { status, headers, body } = JSON.parse(stdout)
    assert.equal(status, 200)
    assert.match(headers['content-type'], /^application\/json/)
    assert.equal(body.userPrincipalName, 'alice@contoso.onmicrosoft.com')
  })

  test('a status of 400 or more is exit code 1, and the answer is on stdout all the same', async () => {
    const { code, stdout, stderr } = await call(me, '--scope', 'https://vault.example/.default')
    assert.equal(code, 1)
    assert.equal(JSON.parse(stdout).error.code, 'InvalidAuthenticationToken')
    assert.match(stderr, /^error: localhost:\d+ answered HTTP 401 \[http_401\]\nhint: .*--scope/)
    const missing = await call(`${origin}/nothing/here`, '--json')
    assert.equal(missing.code, 1)
    assert.equal(JSON.parse(missing.stdout).status, 404)
    const { error } = JSON.parse(missing.stderr)
    assert.deepEqual([error.code, error.status, error.exitCode], ['http_404', 404, 1])
  })

  test('a pipe gets the answer byte for byte, a terminal nothing that it would obey', async t => {
    const nasty = Buffer.from([0xff, 0, ...Buffer.from(`\n  {"a": "${ESC}]0;owned\u0007${ESC}[2J"}\r\nend`)])
    const at = await api(t, (_, response) => response.end(nasty))
    const args = ['call', at, '--scope', 'User.Read']
    const piped = startProgram(process.execPath, [MAIN, ...args, ...place.options])
    const chunks: Buffer[] = []
    piped.child.stdout?.setEncoding('latin1').on('data', (text: string) => chunks.push(Buffer.from(text, 'latin1')))
    assert.equal((await piped.done).code, 0)
    assert.deepEqual(Buffer.concat(chunks), nasty)
    const { transcript: stdout } = await inTerminal([...args, ...place.options])
    assert.ok(!stdout.includes(ESC) && !stdout.includes('\u0007'), stdout)
    assert.match(stdout, /^ {2}\{"a": " \]0;owned \[2J"\}\r\nend\r\n$/m)
    assert.deepEqual(JSON.parse((await latchkey([...args, '--json', ...place.options])).stdout).body, {
      base64: nasty.toString('base64'),
    })
  })

  test('a terminal that is said to be a typewriter gets nothing that it would obey either', async t => {
    const at = await api(t, (_, response) => response.end(`a${ESC}[2Jb`))
    const args = ['call', at, '--scope', 'User.Read', ...place.options]
    assert.equal((await inTerminal(args, { TERM: 'dumb' })).transcript, 'a [2Jb\r\n')
  })

  test('a redirect that is not followed, and an answer without an end, have hints of their own', async t => {
    const piece = Buffer.alloc(1024 * 1024)
    const at = await api(t, (request, response) => {
      if (request.url === '/redirect') response.writeHead(302, { location: 'ftp://localhost/' }).end()
      else pipeline(Readable.from(Array(65).fill(piece)), response, () => {})
    })
    const redirect = await call(`${at}redirect`, '--scope', 'User.Read')
    assert.equal(redirect.code, 1)
    assert.match(redirect.stderr, /redirects to ftp:.*\nhint: Call the URL that it leads to, if you trust it\.\n/)
    const endless = await call(`${at}endless`, '--scope', 'User.Read')
    assert.deepEqual([endless.code, endless.stdout], [1, ''])
    assert.match(endless.stderr, /\[response_too_large\]\nhint: Ask the API for less at once/)
  })

  test('what a full disk did not take is exit code 1, said on stderr; a full stderr is no failure', async () => {
    const program = (redirect: string) => {
      const shell = `"$0" "$@" ${redirect}`
      return startProgram('/bin/sh', ['-c', shell, process.execPath, MAIN, 'call', me, ...place.options]).done
    }
    const { code, stderr } = await program('> /dev/full')
    assert.equal(code, 1)
    assert.match(stderr, /^error: the output cannot be written: .* \[ENOSPC\]\n$/)
    assert.equal((await program('2> /dev/full')).code, 0)
  })

  test('Ctrl-C ends it', async () => {
    tenant.scenario({ latencyMs: 20_000 })
    const { child, done } = start(['call', me, ...place.options])
    setTimeout(() => child.kill('SIGINT'), 1_500)
    const { code, stderr } = await done
    tenant.scenario(null)
    assert.equal(code, 130)
    assert.match(stderr, /interrupted/)
  })

  test('--timeout bounds it', async () => {
    tenant.scenario({ latencyMs: 20_000 })
    const { code, stderr } = await call(me, '--timeout', '1')
    tenant.scenario(null)
    assert.equal(code, 1)
    assert.match(stderr, /\[request_timeout\]/)
  })
})

describe('a challenge of the API', () => {
  test('is answered once with a token that has the claims', async () => {
    const { username = '' } = tenant.users[0] ?? {}
    await call(me)
    tenant.scenario({ users: { [username]: { accessTokensRevoked: true } } })
    const before = apiRequests()
    const { code, stdout, stderr } = await call(me)
    tenant.scenario(null)
    assert.equal(code, 0, stderr)
    assert.equal(JSON.parse(stdout).userPrincipalName, username)
    assert.equal(apiRequests(), before + 2)
    assert.match(`${tenant.requests.findLast(({ path }) => path.endsWith('/token'))?.form.claims}`, /"nbf"/)
  })

  test('that the tenant will not meet without the user is exit code 3', async () => {
    const { username = '' } = tenant.users[0] ?? {}
    tenant.scenario({ users: { [username]: { apiDemands: 'c1' } } })
    const { code, stdout, stderr } = await call(me)
    tenant.scenario(null)
    assert.equal(code, 3, `${stdout}${stderr}`)
    assert.equal(stdout, '')
  })
})

describe('the user is needed', () => {
  test('exit code 3 says which login to run, with the scope that the URL asks for', async () => {
    const other = signInPlace(tenant, tenant.users[0])
    const requests = apiRequests()
    const { code, stdout, stderr } = await latchkey(['call', me, ...other.options])
    assert.equal(code, 3)
    assert.equal(stdout, '')
    assert.ok(stderr.includes(`--scope ${origin}/.default`), stderr)
    assert.match(stderr, /^hint: Sign in first: .* login --/m)
    assert.equal(apiRequests(), requests)
  })
})

describe('usage', () => {
  const cases: [what: string, args: string[], error: RegExp][] = [
    ['no URL', [], /call needs URL/],
    ['two URLs', [`https://a`, 'https://b'], /takes one argument/],
    ['what is no URL', ['graph.microsoft.com'], /graph\.microsoft\.com is not a URL/],
    [
      'http on another machine',
      ['http://192.0.2.1/', '--scope', 'User.Read'],
      /neither an https URL nor on this machine/,
    ],
    ['http on this machine without a scope', ['http://localhost:1/'], /no scope follows/],
    ['a password in the URL', ['https://a:hunter2@localhost/', '--scope', 'User.Read'], /must not hold a user name/],
  ]
  for (const [what, args, error] of cases) {
    test(`refuses ${what}`, async () => {
      const { code, stdout, stderr } = await call(...args)
      assert.equal(code, 2, stderr)
      assert.equal(stdout, '')
      assert.match(stderr, error)
      assert.doesNotMatch(stderr, /hunter2/)
    })
  }
})
