/** How the command line says that something went wrong: error, hint, with --verbose causes and ids, nothing a terminal would obey. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { startTenant, type Tenant } from '#lib/emulator/index.js'
import { startProxy } from '../support/server.js'
import { ESC, latchkey, type SignInPlace, signInPlace, start, startProgram } from './support/latchkey.js'
import { startInTerminal } from './support/terminal.js'

let tenant: Tenant
let place: SignInPlace

before(async () => {
  tenant = await startTenant()
  place = signInPlace(tenant, tenant.users[0])
  const { code, stderr } = await latchkey(['login', ...place.options], place.env)
  assert.equal(code, 0, stderr)
})
after(() => tenant.close())

const refresh = (...further: string[]) => latchkey(['token', '--force-refresh', ...further, ...place.options])

describe('failures', () => {
  test('what the service says is told on one line, without what a terminal would obey', async () => {
    const nasty = `AADSTS90002: gone\r\n${ESC}]0;owned\u0007${ESC}[2J\u009b31m \u202edenial`
    tenant.scenario({ aadsts: 90002, errorAnswer: { set: { error_description: nasty } } })
    const { code, stdout, stderr } = await refresh()
    tenant.scenario(null)
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /^error: AADSTS90002: gone \]0;owned \[2J 31m +denial \[\w+\]\nhint: [^\n]+\n$/)
  })

  test('a terminal gets it broken between words, below its beginning', async () => {
    const args = ['token', '--force-refresh', ...place.options]
    tenant.scenario({
      aadsts: 90002,
      errorAnswer: { set: { error_description: 'AADSTS90002: gone and away '.repeat(9) } },
    })
    const [piped, { rows }] = [await latchkey(args), await startInTerminal(args, {}, { columns: 60 }).done]
    tenant.scenario(null)
    assert.ok(rows.length > 6)
    assert.ok(
      rows.every(row => row === '' || /^(error:|hint:) \w|^ {6,7}\S/.test(row)),
      rows.join('\n'),
    )
    assert.equal(
      rows
        .map(row => row.trim())
        .join(' ')
        .trim(),
      piped.stderr.replaceAll('\n', ' ').trim(),
    )
  })

  test('missing consent comes with the pages where it can be given, each on a line of its own', async () => {
    tenant.scenario({ aadsts: 65001 })
    const { code, stdout, stderr } = await refresh()
    tenant.scenario(null)
    assert.deepEqual([code, stdout], [3, ''])
    const [consentUrl, adminConsentUrl] = ['consentUrl', 'adminConsentUrl'].map(name => {
      const [, href = ''] = new RegExp(`^${name}: (https://\\S+)$`, 'm').exec(stderr) ?? []
      return new URL(href)
    })
    assert.equal(consentUrl?.pathname, `/${tenant.domain}/oauth2/v2.0/authorize`)
    assert.equal(consentUrl.searchParams.get('client_id'), tenant.clientId)
    assert.equal(adminConsentUrl?.pathname, `/${tenant.domain}/adminconsent`)
  })

  test('--verbose adds the ids that support asks for', async () => {
    tenant.scenario({ aadsts: 90002 })
    const [plain, verbose] = [await refresh(), await refresh('--verbose')]
    tenant.scenario(null)
    assert.doesNotMatch(plain.stderr, /correlation id/)
    assert.match(verbose.stderr, /^correlation id: [0-9a-f-]{36}$/m)
    assert.match(verbose.stderr, /^trace id: [0-9a-f-]{36}$/m)
    assert.match(verbose.stderr, /^http status: 400$/m)
  })

  test('a certificate that is not trusted is said to need --ca, and --verbose shows the cause', async () => {
    const options = place.options.filter((word, at) => word !== '--ca' && place.options[at - 1] !== '--ca')
    const { code, stderr } = await latchkey(['token', '--force-refresh', '--verbose', ...options])
    assert.equal(code, 1)
    assert.match(stderr, /^error: .* \[tls_error\]$/m)
    assert.match(stderr, /^hint: .*--ca FILE/m)
    assert.match(stderr, /^cause: .*\[\w+\]$/m)
  })

  test('a hint that an error has of its own is said, not that of its code', async t => {
    const proxy = await startProxy({ authorization: 'Basic right' })
    t.after(() => proxy.close())
    const { code, stderr } = await latchkey(['token', '--force-refresh', ...place.options], {
      HTTPS_PROXY: proxy.origin,
    })
    assert.equal(code, 1)
    assert.match(stderr, /\[network_error\]\nhint: The proxy wants a user name and password: /)
  })

  test('nobody signed in is said so, with the command that signs in', async () => {
    const { code, stderr } = await latchkey(['token', ...place.options, '--cache-name', 'nobody'])
    assert.equal(code, 3)
    assert.match(stderr, /^error: Nobody is signed in yet\. \[user_null\]\nhint: Sign in first: .* login /)
  })

  test('a server that does not answer is given up after --timeout', async () => {
    tenant.scenario({ faults: { token: { kind: 'hang' } } })
    const { code, stderr } = await refresh('--timeout', '1')
    tenant.scenario(null)
    assert.equal(code, 1)
    assert.match(stderr, /\[request_timeout\]\nhint: .*--timeout/)
  })

  test('a page that nobody finishes is given up after --timeout', async () => {
    const { code, stderr } = await latchkey(['login', '--timeout', '1', ...place.options], { BROWSER: 'true' })
    assert.equal(code, 1)
    assert.match(stderr, /\[authentication_timeout\]\nhint: .*--timeout/)
  })

  test('login --prompt none is wrong usage: a sign-in without a prompt is what token does', async () => {
    const { code, stderr } = await latchkey(['login', '--prompt', 'none', ...place.options], place.env)
    assert.equal(code, 2, stderr)
    assert.match(stderr, /select_account, consent, login, no_prompt, create/)
  })

  test('a reader that has seen enough is no failure', async () => {
    const { child, done } = start(['help'])
    child.stdout?.destroy()
    const { code, stderr } = await done
    assert.equal(code, 0)
    assert.equal(stderr, '')
  })
})

describe('no browser', () => {
  test('in an SSH session the URL and the port to forward are shown, and the sign-in waits', async () => {
    const { env } = place
    const { done, seen } = start(['login', '--flow', 'interactive', ...place.options], { SSH_TTY: '/dev/pts/7' })
    await seen('stderr', /^Waiting for you; Ctrl-C gives up\.$/m)
    const [, url = ''] = await seen('stderr', /^ {2}(https:\S+)$/m)
    const { port } = new URL(`${new URL(url).searchParams.get('redirect_uri')}`)
    await seen('stderr', /^No browser here: this is an SSH session\.$/m)
    await seen('stderr', new RegExp(`^ {2}ssh -L ${port}:localhost:${port} `, 'm'))
    // The person opens the URL by other means.
    const [program = '', ...args] = `${env.BROWSER}`.split(' ')
    assert.equal((await startProgram(program, [...args, url], env).done).code, 0)
    assert.equal((await done).code, 0)
  })

  test('a browser that fails is said to, and the sign-in waits', async () => {
    const { child, done, seen } = start(['login', ...place.options], { BROWSER: 'false', PATH: '/nowhere' })
    await seen('stderr', /^No browser here: /m)
    child.kill('SIGINT')
    assert.equal((await done).code, 130)
  })
})

describe('interrupted', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} while the browser is open closes the listener and exits with 130`, async () => {
      const { child, done, seen } = start(['login', ...place.options], { BROWSER: 'true' })
      const [, port] = await seen('stderr', /redirect_uri=http%3A%2F%2Flocalhost%3A(\d+)/)
      const address = `http://127.0.0.1:${port}/`
      assert.equal((await fetch(address)).status, 404)
      child.kill(signal)
      const { code, stdout, stderr } = await done
      assert.equal(code, 130)
      assert.equal(stdout, '')
      assert.match(stderr, /\ninterrupted\n$/)
      await assert.rejects(fetch(address))
    })
  }

  test('SIGINT while another program has the lock of the cache ends soon as well', async () => {
    const lockFile = `${place.cacheFile}.lockfile`
    // As msal-node leaves it: no lock of the system's, only a file with the number of a process that lives.
    writeFileSync(lockFile, `${process.pid} node\n`)
    const { child, done } = start(['logout', ...place.options])
    setTimeout(() => child.kill('SIGINT'), 1_000)
    assert.equal((await done).code, 130)
  })
})
