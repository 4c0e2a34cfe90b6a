/** login, token, accounts and logout against a tenant: what each prints where, and how it ends. */
import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { startTenant, type Tenant } from '#lib/emulator/index.js'
import { ESC, latchkey, type SignInPlace, signInPlace, startProgram } from './support/latchkey.js'
import { inTerminal } from './support/terminal.js'

let tenant: Tenant

before(async () => {
  tenant = await startTenant()
})
after(() => tenant.close())

/** A place where alice, or the user of this name, has signed in. */
async function signedIn(name = 'alice'): Promise<SignInPlace> {
  const place = placeOf(name)
  const { code, stderr } = await latchkey(['login', ...place.options], place.env)
  assert.equal(code, 0, stderr)
  return place
}

function placeOf(name: string): SignInPlace {
  return signInPlace(
    tenant,
    tenant.users.find(({ username }) => username.startsWith(`${name}@`)),
  )
}

describe('latchkey login', () => {
  test('says what will happen, always shows the URL, and then who signed in; stdout stays empty', async () => {
    const { options, env, cacheFile } = placeOf('alice')
    const { code, stdout, stderr } = await latchkey(['login', ...options], env)
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '')
    const lines = stderr.split('\n')
    assert.equal(lines[0], 'No sign-in without a prompt: there is no Kerberos ticket.')
    assert.equal(lines[1], 'Opening your browser to sign in to contoso.onmicrosoft.com …')
    const url = new URL(`${lines.find(line => line.startsWith('  https://'))?.trim()}`)
    assert.equal(`${url.origin}/${tenant.domain}`, tenant.authority)
    assert.equal(url.searchParams.get('prompt'), 'select_account')
    assert.match(stderr, /^✓ Signed in as alice@contoso\.onmicrosoft\.com$/m)
    assert.ok(stderr.includes(`kept in   ${cacheFile}, not encrypted`))
    assert.equal(statSync(cacheFile).mode & 0o777, 0o600)
  })

  test('--json prints who signed in, without any token', async () => {
    const { options, env } = placeOf('alice')
    const { stdout } = await latchkey(
      ['login', '--json', '--username', 'alice@contoso.onmicrosoft.com', ...options],
      env,
    )
    assert.equal(stdout.split('\n').length, 2)
    const answer = JSON.parse(stdout)
    assert.deepEqual(Object.keys(answer), ['account', 'tenantId', 'scopes', 'expiresOn', 'correlationId'])
    assert.equal(answer.account.username, 'alice@contoso.onmicrosoft.com')
    assert.ok(!Number.isNaN(Date.parse(answer.expiresOn)))
    const hint = tenant.requests.findLast(({ path }) => path.endsWith('/authorize'))?.query.login_hint
    assert.equal(hint, 'alice@contoso.onmicrosoft.com')
  })

  test('passes prompt and scopes on', async () => {
    const { options, env } = placeOf('alice')
    const scopes = ['--scope', 'User.Read', '--scope', 'Mail.Read Mail.Send']
    await latchkey(['login', '--prompt', 'login', ...scopes, ...options], env)
    const query = tenant.requests.findLast(({ path }) => path.endsWith('/authorize'))?.query
    assert.equal(query?.prompt, 'login')
    assert.match(`${query?.scope}`, /^User\.Read Mail\.Read Mail\.Send /)
  })

  test('ends with the sign-in, whatever is still open, such as the watch over the browser', async () => {
    const { options, env } = placeOf('alice')
    const open = { NODE_OPTIONS: '--import=data:text/javascript,setInterval(Date.now,1e9)' }
    const { code, stderr } = await latchkey(['login', ...options], {
      ...env,
      ...open,
      BROWSER: `env -u NODE_OPTIONS ${env.BROWSER}`,
    })
    assert.equal(code, 0, stderr)
  })

  test('--if-needed asks nobody while an earlier sign-in is good, for these scopes and this person', async () => {
    const { options, env } = placeOf('alice')
    const pages = () => tenant.requests.filter(({ path }) => path.endsWith('/authorize')).length
    const run = async (...further: string[]) => {
      const before = pages()
      const { code, stderr } = await latchkey(['login', '--if-needed', ...further, ...options], env)
      assert.equal(code, 0, stderr)
      assert.match(stderr, /✓ Signed in as alice@/)
      return pages() - before
    }
    assert.ok((await run()) > 0)
    assert.equal(await run(), 0)
    assert.equal(await run('--scope', 'Mail.Read'), 0)
    assert.ok((await run('--username', 'somebody@contoso.onmicrosoft.com')) > 0)
    tenant.scenario({ users: { 'alice@contoso.onmicrosoft.com': { revoked: true } } })
    assert.ok((await run('--scope', 'Mail.Send')) > 0)
    tenant.scenario(null)
  })

  test('at --verbose nothing that the tenant issued is on stderr', async () => {
    const place = placeOf('alice')
    const runs = [
      await latchkey(['login', '--verbose', '--json', ...place.options], place.env),
      await latchkey(['token', '--verbose', '--force-refresh', ...place.options]),
      await latchkey(['logout', '--verbose', ...place.options]),
    ]
    for (const { code, stderr } of runs) {
      assert.equal(code, 0, stderr)
      assert.match(stderr, /^(verbose|info|warning): /m)
      for (const secret of tenant.issuedSecrets) assert.ok(!stderr.includes(secret))
    }
    assert.ok(!tenant.issuedSecrets.some(secret => runs[0]?.stdout.includes(secret)))
  })
})

describe('latchkey token', () => {
  test('prints the token and nothing else, without asking the tenant', async () => {
    const { options } = await signedIn()
    const requests = tenant.requests.length
    const { code, stdout, stderr } = await latchkey(['token', ...options])
    assert.equal(code, 0)
    assert.equal(stderr, '')
    assert.ok(tenant.issuedSecrets.includes(stdout.replace(/\n$/, '')))
    assert.equal(tenant.requests.length, requests)
  })

  test('--json prints one object, --force-refresh another token', async () => {
    const { options } = await signedIn()
    const kept = JSON.parse((await latchkey(['token', '--json', ...options])).stdout)
    const renewed = JSON.parse((await latchkey(['token', '--json', '--force-refresh', ...options])).stdout)
    assert.equal(kept.fromCache, true)
    assert.equal(kept.tokenType, 'Bearer')
    assert.deepEqual(Object.keys(kept.account), [
      'username',
      'name',
      'homeAccountId',
      'localAccountId',
      'environment',
      'tenantId',
    ])
    assert.equal(renewed.fromCache, false)
    assert.notEqual(renewed.accessToken, kept.accessToken)
  })

  test('--header prints what curl --header @- takes', async () => {
    const { options } = await signedIn()
    const { stdout } = await latchkey(['token', '--header', ...options])
    assert.equal(stdout, `Authorization: Bearer ${(await latchkey(['token', ...options])).stdout}`)
    assert.equal((await latchkey(['token', '--header', '--json', ...options])).code, 2)
  })

  test('exit code 3 names, in full, the login that makes it work', async () => {
    const place = placeOf('alice')
    const options = ['--scope', 'User.Read', ...place.options]
    const { code, stdout, stderr } = await latchkey(['token', ...options])
    assert.equal(code, 3)
    assert.equal(stdout, '')
    const [, command] = /^hint: Sign in first: (.*)$/m.exec(stderr) ?? []
    assert.match(`${command}`, /^node dist\/cli\/main\.js login .*--scope User\.Read/)
    assert.equal((await startProgram('sh', ['-c', `${command}`], place.env).done).code, 0)
    assert.equal((await latchkey(['token', ...options])).code, 0)
  })

  test('a user whose session was revoked gets exit code 3 and is named in the login', async () => {
    const { options } = await signedIn()
    tenant.scenario({ users: { 'alice@contoso.onmicrosoft.com': { revoked: true } } })
    const { code, stdout, stderr } = await latchkey(['token', '--force-refresh', ...options])
    tenant.scenario(null)
    assert.equal(code, 3)
    assert.equal(stdout, '')
    assert.match(stderr, /^error: AADSTS\d+: .* \[invalid_grant\]$/m)
    assert.match(stderr, /--username alice@contoso\.onmicrosoft\.com$/m)
  })

  test('--account takes a user name or a home id, and who is not there needs a login', async () => {
    const { options } = await signedIn()
    const [account] = JSON.parse((await latchkey(['accounts', '--json', ...options])).stdout)
    for (const name of [account.username.toUpperCase(), account.homeAccountId]) {
      assert.equal((await latchkey(['token', '--account', name, ...options])).code, 0)
    }
    const { code, stderr } = await latchkey(['token', '--account', 'bob@contoso.com', ...options])
    assert.equal(code, 3)
    assert.match(stderr, /\[no_account_for_login_hint\]\nhint: .* --username bob@contoso\.com\n$/)
  })
})

describe('several accounts', () => {
  let place: SignInPlace

  before(async () => {
    place = await signedIn('alice')
    const cara = placeOf('cara')
    const { code, stderr } = await latchkey(['login', ...place.options], cara.env)
    assert.equal(code, 0, stderr)
  })

  test('accounts prints an aligned table of user name, tenant and home id, and on stderr where it is from', async () => {
    const { code, stdout, stderr } = await latchkey(['accounts', ...place.options])
    assert.equal(code, 0)
    assert.equal(stderr, `Kept in ${place.cacheFile}, not encrypted\n`)
    const [header = '', ...rows] = stdout.trimEnd().split('\n')
    assert.match(header, /^USER NAME +TENANT +HOME ID$/)
    assert.equal(rows.length, 2)
    for (const row of rows) {
      assert.equal(row.indexOf(tenant.tenantId), header.indexOf('TENANT'))
      assert.match(row.slice(header.indexOf('HOME ID')), /^[0-9a-f-]{36}\.[0-9a-f-]{36}$/)
    }
  })

  test('on a terminal too narrow for the table each account is a block, in colour unless NO_COLOR or a dumb one', async () => {
    const args = ['accounts', ...place.options]
    const { transcript: stdout } = await inTerminal(args)
    assert.ok(stdout.includes(`${ESC}[1malice@contoso.onmicrosoft.com${ESC}[22m\r\n  ${ESC}[2mtenant `), stdout)
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const plain = (await inTerminal(args, env)).transcript
      assert.match(plain, /alice@/)
      assert.ok(!plain.includes(ESC), plain)
    }
  })

  test('token and logout ask which account is meant, and list them', async () => {
    for (const command of ['token', 'logout']) {
      const { code, stdout, stderr } = await latchkey([command, ...place.options])
      assert.equal(code, 2)
      assert.equal(stdout, '')
      assert.match(stderr, /several accounts are signed in/)
      assert.match(stderr, /^hint: .*--account: .*alice@contoso\.onmicrosoft\.com/m)
    }
  })

  test('logout removes the one that is named, then --all the rest, and says what and where', async () => {
    const unknown = await latchkey(['logout', '--account', 'bob@contoso.com', ...place.options])
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /nobody is signed in as bob@contoso\.com/)
    const one = await latchkey(['logout', '--account', 'cara@contoso.onmicrosoft.com', ...place.options])
    assert.equal(one.code, 0)
    assert.equal(one.stdout, '')
    assert.match(one.stderr, /✓ Removed cara@contoso\.onmicrosoft\.com and its tokens/)
    assert.ok(one.stderr.includes(`  from      ${place.cacheFile}, not encrypted\n`))
    const left = JSON.parse((await latchkey(['accounts', '--json', ...place.options])).stdout)
    assert.deepEqual(
      left.map(({ username }: { username: string }) => username),
      ['alice@contoso.onmicrosoft.com'],
    )
    assert.match((await latchkey(['logout', '--all', ...place.options])).stderr, /Removed alice@/)
    const none = await latchkey(['accounts', '--json', ...place.options])
    assert.equal(none.stdout, '[]\n')
    assert.match((await latchkey(['logout', ...place.options])).stderr, /Nobody is signed in; nothing was removed/)
    assert.equal((await latchkey(['token', ...place.options])).code, 3)
  })
})

test('asking about accounts makes no cache', async () => {
  const { options, cacheFile } = placeOf('alice')
  const { code, stdout, stderr } = await latchkey(['accounts', ...options])
  assert.equal(code, 0)
  assert.equal(stdout, '')
  assert.match(stderr, /Nobody is signed in\.\nTo sign in: node .* login .*\nLooked in /)
  assert.ok(!existsSync(cacheFile))
})
