/** Pages in an app window that want the answer for themselves: whatever they do, it is not sent to any server. */
import assert from 'node:assert/strict'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createAppWindow } from '#lib/browser/app-window/app-window.js'
import { withPrivateProfile } from '#lib/browser/app-window/profile.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { WHOLE_FILE } from '../support/machine.js'
import { makeCertificate } from '../support/tls.js'
import { ARGS, processes } from './app-window-support.js'
import { Desktop } from './support.js'

await Desktop.start()

const ANSWER = 'code=SECRET&state=s'
const NATIVE = 'https://login.contoso.com/nativeclient'
const script = (code: string) => `<title>page</title><script>${code}</script>`
const goTo = (url: string) => `location = ${JSON.stringify(url)}`
const post = (url: string) => `<title>page</title><form method="post" action="${url}">
  <input name="code" value="SECRET"><input name="state" value="s"></form><script>document.forms[0].submit()</script>`

/** Pages by their path; one that begins with `>` redirects. */
const PAGES: Record<string, string> = {
  '/to-native': `>${NATIVE}?${ANSWER}`,
  '/to-http': `>http://app.contoso.com/back?${ANSWER}`,
  '/to-localhost': `>http://localhost/back?${ANSWER}`,
  '/hash-to-native': `>${NATIVE}#${ANSWER}`,
  '/post-to-native': post(NATIVE),
  '/post-to-localhost': post('http://localhost/back'),
  '/to-forged': '>http://localhost/back?code=FORGED&state=s',
  '/insecure': '>http://insecure.contoso.com/x',
  '/insecure-link': script(
    `${goTo('http://insecure.contoso.com/x')}; setTimeout(() => { ${goTo('/to-localhost')} }, 500)`,
  ),
  '/worker.js': `self.addEventListener('install', () => self.skipWaiting())
    self.addEventListener('activate', event => event.waitUntil(clients.claim()))
    self.addEventListener('fetch', event => {
      const { pathname, search } = new URL(event.request.url)
      if (pathname !== '/nativeclient') return
      event.respondWith(new Response('taken'))
      fetch('/taken' + search)
    })`,
  '/worker': script(`navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)
    .then(() => setTimeout(() => { ${goTo('/to-native')} }, 500))`),
  '/prefetch': `<script type="speculationrules">
      {"prefetch":[{"source":"list","urls":["/to-native"],"eagerness":"immediate"}]}
    </script>${script(`setTimeout(() => { ${goTo('/to-native')} }, 1_500)`)}`,
  '/opener': script(`window.open('http://localhost/back?${ANSWER}'); window.open("/seen-in-a-popup")
    setTimeout(() => { ${goTo('/to-localhost')} }, 1_000)`),
  '/return': script(`setTimeout(() => { history.back(); setTimeout(() => { ${goTo('/to-localhost')} }, 700) }, 700)`),
  '/forged-frame': `<iframe src="http://localhost/back?code=FORGED&state=s"></iframe>
    <iframe src="/to-forged"></iframe>${script(`setTimeout(() => { ${goTo('/to-localhost?mine')} }, 1_000)`)}`,
}

const seen: string[] = []
const answer: RequestListener = (request, response) => {
  seen.push(`${'encrypted' in request.socket ? 'https' : 'http'}://${request.headers.host}${request.url}`)
  const page = PAGES[new URL(request.url ?? '', 'https://x').pathname] ?? 'nothing here'
  if (page.startsWith('>')) return void response.writeHead(302, { Location: page.slice(1) }).end()
  const isScript = request.url?.endsWith('.js')
  response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' }).end(page)
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  WHOLE_FILE.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const https = await listen(createHttpsServer(await makeCertificate('login.contoso.com', 'app.contoso.com'), answer))
const http = await listen(createHttpServer(answer))
// As if these hosts were on the network, and anybody's server on port 80 of this machine.
const rules = ['login', 'app', 'insecure'].flatMap(host => [
  `MAP ${host}.contoso.com:443 127.0.0.1:${https}`,
  `MAP ${host}.contoso.com:80 127.0.0.1:${http}`,
])
const hosts = `--host-resolver-rules=${[...rules, `MAP localhost:80 127.0.0.1:${http}`].join(',')}`

function open(page: string, redirectUri: string, signal = AbortSignal.timeout(20_000)): Promise<URL> {
  seen.length = 0
  const appWindow = createAppWindow({
    options: { args: [...ARGS, hosts] },
    withProfile: withPrivateProfile(SILENT_LOGGER),
    parent: undefined,
    clock: SYSTEM_CLOCK,
    logger: SILENT_LOGGER,
  })
  return appWindow.acquireAuthorizationCode(new URL(`https://login.contoso.com${page}`), new URL(redirectUri), signal)
}

const TABLE: ReadonlyArray<[what: string, page: string, redirectUri: string]> = [
  ['a redirect URI that is https', '/to-native', NATIVE],
  ['one that is http, and that Chromium would rather have as https', '/to-http', 'http://app.contoso.com/back'],
  ['one on this machine', '/to-localhost', 'http://localhost/back'],
  ['an answer in the fragment', '/hash-to-native', NATIVE],
  ['an answer that is posted', '/post-to-native', NATIVE],
  ['one that is posted to this machine', '/post-to-localhost', 'http://localhost/back'],
  ['a service worker of its host', '/worker', NATIVE],
  ['a page that is fetched beforehand', '/prefetch', NATIVE],
  ['windows that the page opens', '/opener', 'http://localhost/back'],
  ['a link to an address that is not https', '/insecure-link', 'http://localhost/back'],
  ['a way back to the empty page', '/return', 'http://localhost/back'],
  ['frames that answer', '/forged-frame', 'http://localhost/back'],
]

for (const [what, page, redirectUri] of TABLE) {
  test(`the answer is sent nowhere: ${what}`, async () => {
    const { searchParams } = await open(page, redirectUri)
    assert.deepEqual([searchParams.get('code'), searchParams.get('state')], ['SECRET', 's'])
    assert.deepEqual(
      seen.filter(url => /SECRET|popup|insecure\.contoso/.test(url)),
      [],
    )
    assert.ok(seen.some(url => url.endsWith(page)))
    assert.deepEqual(await processes(), [])
  })
}

test('a redirect to an address that is not https ends it, before anything is sent there', async () => {
  await assert.rejects(open('/insecure', 'http://localhost/back'), { code: 'non_https_redirect_failed' })
  assert.deepEqual(seen, ['https://login.contoso.com/insecure'])
})
