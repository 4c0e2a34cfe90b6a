/** The demo's scripted browser against a sign-in of two small servers: what it fills in, sends, keeps and refuses. */
import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, test } from 'node:test'
import { scriptedBrowser } from '#lib/cli/demo/scripted-browser.js'
import {
  accountPickerPage,
  consentPage,
  errorPage,
  formPostPage,
  mfaPage,
  signInPage,
} from '#lib/emulator/pages/index.js'

interface Received {
  method: string
  path: string
  headers: http.IncomingHttpHeaders
  body: URLSearchParams
}

type Reply =
  | { html: string; status?: number; cookies?: string[] }
  | { redirect: string; status?: number; cookies?: string[] }

/** A server on the loopback that answers each path with what `replies` has for it, and remembers what it was asked. */
async function serve(replies: Record<string, (received: Received) => Reply | undefined>) {
  const received: Received[] = []
  const server = http.createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { pathname } = new URL(`http://x${request.url}`)
    const one = {
      method: `${request.method}`,
      path: `${request.url}`,
      headers: request.headers,
      body: new URLSearchParams(body),
    }
    received.push(one)
    const reply = replies[pathname]?.(one)
    // No reply is a server that never answers.
    if (!reply) return
    response.setHeader('Set-Cookie', reply.cookies ?? [])
    if ('redirect' in reply) response.writeHead(reply.status ?? 302, { Location: reply.redirect }).end()
    else response.writeHead(reply.status ?? 200, { 'Content-Type': 'text/html; charset=utf-8' }).end(reply.html)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, received, url: (path: string) => new URL(path, origin) }
}

const answers = { username: 'mia@contoso.com', password: `p&=+ä"`, otc: '123456' }
const view = (action: string) => ({
  form: { action, hidden: { canary: `<c'"&>` } },
  appName: 'Mail',
  tenantName: 'Contoso',
  username: 'mia@contoso.com',
  cancelName: 'cancel',
})
const done = { html: '<!doctype html><title>Signed in</title><p>Done' }

describe('a sign-in', () => {
  test('goes through password, code, consent and form_post to the loopback, and says each step', async () => {
    const loopback = await serve({ '/': () => ({ redirect: '/done', status: 303 }), '/done': () => done })
    const tenant = await serve({
      '/authorize': () => ({ html: signInPage(view('/login')), cookies: ['a=1; Path=/; HttpOnly', 'b=2'] }),
      '/login': () => ({ html: mfaPage(view('mfa')), cookies: ['b=; Max-Age=0', 'ESTSAUTH=s=1'] }),
      '/mfa': () => ({ html: consentPage({ ...view(`${tenant.origin}/consent`), resources: [] }) }),
      '/consent': () => ({
        html: formPostPage({ action: `${loopback.origin}/`, fields: { code: 'c', state: 's&"' } }),
      }),
    })
    const steps: string[] = []
    const browse = scriptedBrowser({
      caPem: '',
      answers,
      onStep: ({ page, action }) => steps.push(`${page.split(' –')[0]}: ${action}`),
    })
    await browse(tenant.url('/authorize?client_id=1'))

    assert.deepEqual(steps, [
      'Sign in: types user name and password, presses “Sign in”',
      'Enter your code: types code, presses “Verify”',
      'Permissions requested: presses “Accept”',
      'Returning to the app: presses “Continue”',
      'Signed in: closes the window',
    ])
    const [authorize, login, mfa, consent] = tenant.received
    assert.equal(authorize?.path, '/authorize?client_id=1')
    assert.equal(authorize?.headers['sec-fetch-site'], 'none')
    assert.deepEqual(Object.fromEntries(login?.body ?? []), {
      canary: `<c'"&>`,
      loginfmt: answers.username,
      passwd: answers.password,
    })
    assert.equal(login?.headers.origin, tenant.origin)
    assert.equal(login?.headers.cookie, 'a=1; b=2')
    assert.equal(mfa?.headers.cookie, 'a=1; ESTSAUTH=s=1')
    assert.equal(mfa?.body.get('otc'), '123456')
    assert.equal(consent?.body.get('ucaccept'), 'yes')
    const [delivery, clean] = loopback.received
    assert.deepEqual([delivery?.method, delivery?.path, `${delivery?.body}`], ['POST', '/', 'code=c&state=s%26%22'])
    assert.deepEqual([clean?.method, clean?.path, `${clean?.body}`], ['GET', '/done', ''])
    assert.equal(delivery?.headers.origin, 'null')
    assert.equal(delivery?.headers.cookie, undefined)
    assert.equal(delivery?.headers['sec-fetch-site'], 'cross-site')
    for (const { headers } of [...tenant.received, ...loopback.received]) {
      assert.equal(headers['sec-fetch-mode'], 'navigate')
      assert.equal(headers['sec-fetch-dest'], 'document')
    }
  })

  test('by redirect reaches the loopback too, and the next one brings the cookies back', async () => {
    const loopback = await serve({ '/cb': () => done })
    const tenant = await serve({ '/authorize': () => ({ redirect: `${loopback.origin}/cb?code=1`, cookies: ['s=1'] }) })
    const browse = scriptedBrowser({ caPem: '', answers })
    await browse(tenant.url('/authorize'))
    await browse(tenant.url('/authorize'))
    assert.deepEqual(
      tenant.received.map(({ headers }) => headers.cookie),
      [undefined, 's=1'],
    )
    assert.equal(loopback.received[1]?.path, '/cb?code=1')
  })

  test('picks its own account where there are several, and another one where it is not among them', async () => {
    const loopback = await serve({ '/': () => done })
    const picker = (...usernames: string[]) => {
      const accounts = usernames.map(username => ({ username, name: 'N', signedIn: true }))
      return { html: accountPickerPage({ ...view('/picked'), accounts }) }
    }
    const tenant = await serve({
      '/known': () => picker('alice@contoso.com', 'MIA@contoso.com'),
      '/unknown': () => picker('alice@contoso.com'),
      '/picked': () => ({ redirect: loopback.origin }),
    })
    const browse = scriptedBrowser({ caPem: '', answers })
    await browse(tenant.url('/known'))
    await browse(tenant.url('/unknown'))
    const picked = tenant.received.filter(({ path }) => path === '/picked').map(({ body }) => body.get('account'))
    assert.deepEqual(picked, ['MIA@contoso.com', ''])
  })

  test('is over when the app sends its user on to a page elsewhere, which is not visited', async () => {
    const loopback = await serve({ '/': () => ({ redirect: 'https://contoso.invalid/welcome' }) })
    const tenant = await serve({ '/': () => ({ redirect: loopback.origin }) })
    await scriptedBrowser({ caPem: '', answers })(tenant.url('/'))
    assert.equal(loopback.received.length, 1)
  })
})

describe('a sign-in that cannot go on', () => {
  const page = (html: string) => ({ '/': () => ({ html }) })
  const cases: [string, Record<string, (received: Received) => Reply | undefined>, RegExp][] = [
    [
      'a refusal',
      page(signInPage({ ...view('/'), error: 'Wrong password' })),
      /“Sign in – .*: the page says: Wrong password$/,
    ],
    [
      'an error page',
      page(errorPage({ title: 'No', message: 'AADSTS50011', details: {} })),
      /the page says: AADSTS50011$/,
    ],
    ['a page with nothing to do', page('<title>Empty</title>'), /“Empty” at .*no form to go on with/],
    ['a failing server', { '/': () => ({ html: '<title>Oops</title>', status: 500 }) }, /“Oops” at .*answer was 500$/],
    [
      'a redirect elsewhere',
      { '/': () => ({ redirect: 'https://evil.invalid/?code=1' }) },
      /leads to https:\/\/evil\.invalid, which/,
    ],
    [
      'a redirect by http',
      { '/': () => ({ redirect: 'http://contoso.invalid/' }) },
      /leads to http:\/\/contoso\.invalid, which/,
    ],
    ['a redirect to nowhere', { '/': () => ({ redirect: 'http://[?code=1' }) }, /an address that cannot be read$/],
    ['a password form for elsewhere', page(signInPage(view('http://127.0.0.1:9/'))), /would send answers elsewhere$/],
    [
      'a form that would put answers in the URL',
      page('<form action="/"><input name="passwd"></form>'),
      /does not post$/,
    ],
    ['redirects in a circle', { '/': () => ({ redirect: '/' }) }, /no end after 30 steps$/],
    ['a page without end', page('x'.repeat(256 * 1024 + 1)), /larger than 262144 bytes$/],
    ['a broken page', page('<title>x</title><form "'), /not well-formed at character 16$/],
    ['a server that never answers', { '/': () => undefined }, /the first page: nothing came in time$/],
  ]
  for (const [name, replies, message] of cases) {
    test(`ends at ${name}, and says where`, async () => {
      const tenant = await serve(replies)
      const browse = scriptedBrowser({ caPem: '', answers, timeoutMs: 1000 })
      await assert.rejects(browse(tenant.url('/?state=secret')), error => {
        assert.ok(error instanceof Error)
        assert.match(error.message, message)
        assert.match(error.message, /^The scripted browser stopped on /)
        assert.doesNotMatch(error.message, /secret|code=1/)
        return true
      })
    })
  }

  test('ends where a code is asked for and none was given', async () => {
    const tenant = await serve(page(mfaPage(view('/'))))
    const browse = scriptedBrowser({ caPem: '', answers: { username: 'u', password: 'p' } })
    await assert.rejects(browse(tenant.url('/')), /“Enter your code.*asks for a code and none was given$/)
  })

  test('never starts at a plain http address off this machine', async () => {
    const browse = scriptedBrowser({ caPem: '', answers })
    await assert.rejects(browse(new URL('http://contoso.invalid/')), /neither contoso\.invalid nor this machine$/)
  })
})
