/** The app's own page or address at the end of a sign-in, in a real chromium, after success and after a failure. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { type TestContext, test } from 'node:test'
import type { SystemBrowserOptions } from 'latchkey'
import { setStage } from '../flow/support.js'
import { type Desk, endsAt, fillIn, heading, signIn, startChromium } from './support.js'

const stage = await setStage()
const openDesk = await startChromium()

const PIXEL = 'data:image/gif;base64,R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs='
const STYLE = `<style>
body { font: 20px sans-serif; margin: 60px; background: #eef; } h1 { color: rgb(1, 2, 3) } img { width: 40px; height: 40px }
@media (min-width: 1px){main{border:3px solid rgb(4, 5, 6)}}</style>`
/** A page as an app would write it, and then some. */
const page = (title: string, rest: string) => `<!doctype html><title>Contoso</title>${STYLE}
<main><h1>${title}</h1><img id="inline" src="${PIXEL}" alt=""><img id="web" src="${stage.tenant.origin}/logo.gif" alt="">
<p style="color: rgb(7, 8, 9)">${rest}</p></main><script>document.title = 'a script has run'</script>`

/** Signs in, or cancels, with these options; `look` is what is held against the page at the end. */
async function end(
  t: TestContext,
  how: 'success' | 'failure',
  options: SystemBrowserOptions,
  look: (desk: Desk) => Promise<void>,
) {
  const { app } = stage.application(t)
  const desk = await openDesk(t)
  // The logo of the company, somewhere on the web.
  await desk.page.route('**/logo.gif', route =>
    route.fulfill({ contentType: 'image/gif', body: Buffer.from(PIXEL.split(',')[1] ?? '', 'base64') }),
  )
  const call = signIn(
    app,
    desk,
    async () => {
      if (how === 'success') await fillIn(desk.page, stage.user('alice'))
      else await desk.page.getByRole('button', { name: 'Cancel' }).click()
      await look(desk)
    },
    { systemBrowser: options },
  )
  if (how === 'success') await call
  else await assert.rejects(call, { code: 'authentication_canceled' })
}

/** What the browser has made of {@link page}. */
async function assertIsStyled({ page, complaints }: Desk): Promise<void> {
  const facts = await page.evaluate(`({
    heading: getComputedStyle(document.querySelector('h1')).color,
    inMedia: getComputedStyle(document.querySelector('main')).borderTopColor,
    inline: getComputedStyle(document.querySelector('p')).color,
    pictures: [...document.images].map(image => image.complete && image.naturalWidth),
    title: document.title,
  })`)
  assert.deepEqual(facts, {
    heading: 'rgb(1, 2, 3)',
    inMedia: 'rgb(4, 5, 6)',
    inline: 'rgb(7, 8, 9)',
    pictures: [1, 1],
    title: 'Contoso',
  })
  // The script, and nothing else.
  assert.equal(complaints.length, 1, complaints.join('\n'))
  assert.match(complaints[0] ?? '', /script/)
}

test("the app's success page is shown with its styles and pictures, and its scripts do not run", async t => {
  const htmlMessageSuccess = page('Welcome to Contoso', 'Braces {0} {{stay}} as they are.')
  await end(t, 'success', { htmlMessageSuccess }, async desk => {
    await heading(desk.page, 'Welcome to Contoso')
    await endsAt(desk.page, '/signed-in')
    await assertIsStyled(desk)
    assert.equal(await desk.page.locator('p').textContent(), 'Braces {0} {{stay}} as they are.')
    await desk.picture('app-success')
  })
})

test("the app's error page gets error and description, and neither of them is markup", async t => {
  const hostile = '<img src=x onerror="document.title=1"><h1>gotcha</h1>'
  stage.tenant.scenario({ authorizeAnswer: { set: { error_description: hostile }, drop: ['error_subcode'] } })
  const { app } = stage.application(t)
  const htmlMessageError = page('No luck', '{0}: {1} {{1}} {2}')
  const desk = await openDesk(t)
  await desk.page.route('**/logo.gif', route =>
    route.fulfill({ contentType: 'image/gif', body: Buffer.from(PIXEL.split(',')[1] ?? '', 'base64') }),
  )
  const steps = async () => {
    await desk.page.getByRole('button', { name: 'Cancel' }).click()
    await heading(desk.page, 'No luck')
    await endsAt(desk.page, '/not-signed-in')
    await assertIsStyled(desk)
    assert.equal(await desk.page.locator('p').textContent(), `access_denied: ${hostile} {${hostile}} {2}`)
    assert.equal(await desk.page.locator('h1').count(), 1)
    await desk.picture('app-error')
  }
  await assert.rejects(signIn(app, desk, steps, { systemBrowser: { htmlMessageError } }), { code: 'access_denied' })
})

/** A site of the app's, where its users end. */
async function startSite(t: TestContext) {
  const visits: Array<{ url: string; headers: IncomingHttpHeaders }> = []
  const server = createServer(({ url = '', headers }, response) => {
    visits.push({ url, headers })
    response.setHeader('Content-Type', 'text/html').end(`<title>Contoso</title><h1>${url}</h1>`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  const { port } = server.address() as { port: number }
  return { at: (path: string) => new URL(`http://127.0.0.1:${port}${path}`), visits }
}

test('redirects go before pages, each for its own end, and carry nothing of the answer along', async t => {
  const { at, visits } = await startSite(t)
  const options = {
    htmlMessageSuccess: 'not shown',
    htmlMessageError: 'not shown',
    browserRedirectSuccess: at('/welcome?from=app#top'),
    browserRedirectError: at('/sorry?{0}'),
  }
  await end(t, 'success', options, async ({ page, picture }) => {
    await page.waitForURL(url => url.href === options.browserRedirectSuccess.href)
    await heading(page, '/welcome?from=app')
    await picture('app-redirect-success')
  })
  await end(t, 'failure', options, async ({ page, picture }) => {
    await page.waitForURL(url => url.href === options.browserRedirectError.href)
    await heading(page, '/sorry?{0}')
    await picture('app-redirect-error')
  })
  const seen = visits.filter(({ url }) => !url.includes('favicon'))
  assert.deepEqual(
    seen.map(({ url, headers }) => [url, headers.referer]),
    [
      ['/welcome?from=app', undefined],
      ['/sorry?{0}', undefined],
    ],
  )
})

test('a redirect for one end leaves the page of the other end alone', async t => {
  const { at } = await startSite(t)
  const onlyError = { htmlMessageSuccess: '<h1>Welcome</h1>', browserRedirectError: at('/sorry') }
  await end(t, 'success', onlyError, ({ page }) => heading(page, 'Welcome'))
  const onlySuccess = { htmlMessageError: '<h1>{0}</h1>', browserRedirectSuccess: at('/welcome') }
  await end(t, 'failure', onlySuccess, ({ page }) => heading(page, 'authentication_canceled'))
})
