/** The web UI in a real Electron: where a sign-in can end, what a page cannot do, and what nobody gets to see. */
import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, relative } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder, until, WHOLE_FILE } from '../support/machine.js'
import { Program } from '../support/program.js'
import { startOrigin } from '../support/server.js'
import { makeCertificate } from '../support/tls.js'
import type { Order, Outcome } from './programs/lab.js'
import { Display } from './support/display.js'
import { ELECTRON, FLAGS, Pages, PRELUDE } from './support/electron.js'

type Route = (response: ServerResponse, request: IncomingMessage) => void

const page =
  (body: string): Route =>
  response => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><title>A page of somebody's</title>${body}`)
  }
const redirect =
  (location: string): Route =>
  response =>
    void response.writeHead(302, { location }).end()

const certificate = await makeCertificate('localhost')
const routes = new Map<string, Route>()
const asked: string[] = []
const origin = await startOrigin(certificate, (request, response) => {
  const [path = ''] = (request.url ?? '').split('?')
  asked.push(path)
  const route = routes.get(path)
  if (route) route(response, request)
  else response.writeHead(404).end()
})
after(() => origin.close())

const folder = await temporaryFolder(WHOLE_FILE)
const display = await Display.start(WHOLE_FILE)
const lab = await startLab()
const pages = new Pages(WHOLE_FILE, () => lab.errors)

async function startLab(): Promise<Program> {
  const home = join(folder, 'home')
  await mkdir(home)
  const main = relative(folder, fileURLToPath(new URL('./programs/lab.js', import.meta.url)))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'lab', main }))
  await writeFile(join(folder, 'ca.pem'), certificate.ca)
  return Program.start(WHOLE_FILE, ELECTRON, [...FLAGS, folder], {
    ...process.env,
    HOME: home,
    TMPDIR: home,
    DISPLAY: display.name,
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    LATCHKEY_TEST_PRELUDE: PRELUDE,
    LATCHKEY_TEST_DATA: join(folder, 'data'),
  })
}

const REDIRECT = 'http://localhost/back'

function begin(order: Partial<Order> = {}): void {
  lab.send(JSON.stringify({ url: `${origin.origin}/start`, redirectUri: REDIRECT, ...order }))
}

async function outcome(): Promise<Outcome> {
  return JSON.parse(await lab.line())
}

beforeEach(() => {
  routes.clear()
  asked.length = 0
})

test('an answer is taken from every kind of address and of going there, and nothing is asked of that address', async () => {
  const addresses = [
    REDIRECT,
    'http://127.0.0.1:1/',
    `${origin.origin}/native`,
    'msal1234://auth',
    'com.contoso.app:/back',
  ]
  for (const redirectUri of addresses) {
    const answer = `${redirectUri}?code=abc&state=xyz`
    const ways: Record<string, Route> = {
      redirect: redirect(answer),
      'redirect of a form': page(`<form method=post action=/post></form><script>document.forms[0].submit()</script>`),
      script: page(`<script>location = ${JSON.stringify(answer)}</script>`),
      'two redirects': redirect('/again'),
    }
    for (const [way, start] of Object.entries(ways)) {
      routes.set('/start', start).set('/post', redirect(answer)).set('/again', redirect(answer))
      begin({ redirectUri })
      const { answer: got, windows, shown } = await outcome()
      assert.equal(got && new URL(got).href, new URL(answer).href, `${way} to ${redirectUri}`)
      assert.deepEqual([windows, shown], [0, 1])
    }
  }
  assert.ok(!asked.includes('/native'))
})

test('a page gets nothing of Node, no window, no device, no download, and can neither leave https nor keep its window', async () => {
  routes.set('/file', response => {
    response.writeHead(200, { 'content-disposition': 'attachment; filename=trap.txt' }).end('a trap')
  })
  routes.set(
    '/start',
    page(`<a id=download href=/file>file</a> <a id=plain href="http://localhost:${origin.port}/plain">plain</a>
      <a id=mail href="mailto:a@contoso.com">mail</a> <a id=local href="file:///etc/passwd">local</a>
      <script>onbeforeunload = event => event.preventDefault()</script>`),
  )
  begin({ options: { title: 'Sign in to Contoso' } })
  const start = await pages.find(`${origin.origin}/start`)
  assert.deepEqual(await start.evaluate('[typeof require, typeof process, typeof module, typeof electron]'), [
    'undefined',
    'undefined',
    'undefined',
    'undefined',
  ])
  assert.equal(await start.evaluate(`window.open('/elsewhere')`), null)
  const permission = `navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'granted', error => error.name)`
  assert.match(`${await start.evaluate(permission)}`, /Error$/)
  assert.equal(await start.evaluate(`Notification.requestPermission()`), 'denied')
  for (const id of ['download', 'plain', 'mail', 'local'])
    await start.evaluate(`document.querySelector('#${id}').click()`)
  await until(() => asked.includes('/file'))
  assert.equal(start.url(), `${origin.origin}/start`)
  assert.equal((await pages.addresses()).length, 1)
  // The page's own title is not believed.
  assert.match(await display.properties(`Sign in to Contoso – ${new URL(origin.origin).host}`), /WM_NAME/)
  await start.evaluate('window.close()')
  assert.deepEqual(await outcome(), {
    code: 'authentication_canceled',
    message: 'The user cancelled the sign-in.',
    windows: 0,
    shown: 1,
  })
  assert.ok(!(await readdir(join(folder, 'data'))).includes('trap.txt'))
  assert.ok(!asked.includes('/plain') && !asked.includes('/elsewhere'))
})

test('a redirect to plain http, a server that is away and a certificate of somebody else end it, each in its own way', async () => {
  routes.set('/start', redirect(`http://localhost:${origin.port}/plain`))
  begin()
  assert.equal((await outcome()).code, 'non_https_redirect_failed')
  const other = await startOrigin(await makeCertificate('localhost'), () => {})
  begin({ url: `${other.origin}/?secret` })
  const untrusted = await outcome()
  assert.deepEqual([untrusted.code, untrusted.windows], ['tls_error', 0])
  assert.doesNotMatch(`${untrusted.message}`, /secret/)
  await other.close()
  begin({ url: `${other.origin}/` })
  assert.equal((await outcome()).code, 'network_error')
})

test('the signal closes the window', async () => {
  routes.set('/start', page('<p>Take your time.'))
  begin()
  await pages.find(`${origin.origin}/start`)
  lab.send('abort')
  const { code, windows } = await outcome()
  assert.deepEqual([code, windows], ['ABORTED', 0])
})

test('prompt=none is seen by nobody, whatever comes of it', async () => {
  const url = `${origin.origin}/start?prompt=none`
  routes.set('/start', redirect(`${REDIRECT}?error=login_required&state=xyz`))
  begin({ url })
  assert.deepEqual(await outcome(), { answer: `${REDIRECT}?error=login_required&state=xyz`, windows: 0, shown: 0 })
  routes.set('/start', page('<p>Your password, please.'))
  begin({ url })
  const { code, windows, shown } = await outcome()
  assert.deepEqual([code, windows, shown], ['no_prompt_failed', 0, 0])
})

test('a private partition forgets, a persistent one remembers', async () => {
  const cookies: unknown[] = []
  routes.set('/start', (response, request) => {
    cookies.push(request.headers.cookie)
    response.setHeader('set-cookie', 'session=1; Secure; Max-Age=3600')
    redirect(`${REDIRECT}?code=abc`)(response, request)
  })
  for (const partition of [undefined, undefined, 'persist:sign-in', 'persist:sign-in']) {
    begin(partition ? { options: { partition } } : {})
    assert.ok((await outcome()).answer)
  }
  assert.deepEqual(cookies, [undefined, undefined, undefined, 'session=1'])
})

test('Electron ends well', async () => {
  lab.process.stdin?.end()
  await lab.ended()
})
