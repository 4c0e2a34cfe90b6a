/** A browser without a window, for the demo: it follows a sign-in as a person would, form by form, to the loopback. */
import http from 'node:http'
import https from 'node:https'
import { type PageForm, parsePage } from './html-page.js'

/** What {@link scriptedBrowser} trusts, types and tells. */
export interface ScriptedBrowserOptions {
  /** The certificate authority that the sign-in pages are trusted by, PEM. No other is. */
  caPem: string
  /** What to type. `otc` is the one-time code of a second factor. */
  answers: { username: string; password: string; otc?: string }
  /** Hears of each page: its title, and what was done on it. */
  onStep?: (step: { page: string; action: string }) => void
  /** For the whole of one sign-in. Default 30 000. */
  timeoutMs?: number
}

const MAX_STEPS = 30
const MAX_PAGE_BYTES = 256 * 1024

/** What is typed where: the field's name, what a person calls it, and the answer. */
const FIELDS = [
  { name: 'loginfmt', label: 'user name', answer: 'username' },
  { name: 'passwd', label: 'password', answer: 'password' },
  { name: 'otc', label: 'code', answer: 'otc' },
] as const

/** One navigation: what is asked for, and the page it was asked from. */
interface Navigation {
  url: URL
  body?: string
  from?: URL
}

interface Answer {
  status: number
  location: string | undefined
  html: string
}

/**
 * Follows a sign-in: opens the URL, fills in the forms it meets, submits them and follows redirects until the
 * answer has been delivered to the loopback and the page there has come. Cookies are kept from one sign-in to the next.
 * It goes only to the host it was sent to, by https, and to loopback addresses; it types answers into that host's forms only.
 *
 * The function returned rejects:
 * @throws {Error} – a page refused the answers, could not be read, led elsewhere, or nothing came in time; the message names the page.
 */
export function scriptedBrowser(options: ScriptedBrowserOptions): (url: URL) => Promise<void> {
  const cookies = new Cookies()
  return async start => {
    const signal = AbortSignal.timeout(options.timeoutMs ?? 30_000)
    let where = 'the first page'
    try {
      let next: Navigation = { url: start }
      for (let step = 0; step < MAX_STEPS; step++) {
        ensureAllowed(next.url, start)
        const delivered = next.url.origin !== start.origin
        const answer = await navigate(next, { caPem: options.caPem, cookies, signal })
        if (answer.location !== undefined) {
          const url = resolved(answer.location, next.url)
          // An app may send its user on to a page of its own. The answer has arrived; the rest is not ours to visit.
          if (delivered && url.origin !== next.url.origin) return
          next = { ...(next.from && { from: next.from }), url }
          continue
        }
        const page = parsePage(answer.html)
        where = `“${page.title}” at ${next.url.origin}${next.url.pathname}`
        if (answer.status !== 200) throw new Error(`the answer was ${answer.status} ${page.alert}`.trim())
        if (delivered) {
          options.onStep?.({ page: page.title, action: 'closes the window' })
          return
        }
        if (page.alert !== '') throw new Error(`the page says: ${page.alert}`)
        if (!page.form) throw new Error('there is no form to go on with')
        const submission = fillIn(page.form, { page: next.url, answers: options.answers })
        options.onStep?.({ page: page.title, action: submission.action })
        next = submission.navigation
      }
      throw new Error(`no end after ${MAX_STEPS} steps`)
    } catch (error) {
      const reason = signal.aborted ? 'nothing came in time' : error instanceof Error ? error.message : 'unknown'
      throw new Error(`The scripted browser stopped on ${where}: ${reason}`, { cause: error })
    }
  }
}

/** Types the answers, picks the button a person would, and says what it did. */
function fillIn(
  form: PageForm,
  view: { page: URL; answers: ScriptedBrowserOptions['answers'] },
): { navigation: Navigation; action: string } {
  const url = resolved(form.action, view.page)
  if (form.method !== 'post') throw new Error('the form does not post')
  const typed: string[] = []
  const body = new URLSearchParams()
  for (const { name, value } of form.fields) {
    const field = FIELDS.find(known => known.name === name)
    const answer = field && view.answers[field.answer]
    if (field && answer === undefined) throw new Error(`the page asks for a ${field.label} and none was given`)
    if (field) typed.push(field.label)
    body.append(name, answer ?? value)
  }
  if (typed.length > 0 && url.origin !== view.page.origin) throw new Error('the form would send answers elsewhere')
  const { username } = view.answers
  const button =
    form.buttons.find(({ name, value }) => name === 'account' && value.toLowerCase() === username.toLowerCase()) ??
    form.buttons.find(({ name, value }) => name === 'account' && value === '') ??
    form.buttons[0]
  if (button && button.name !== '') body.append(button.name, button.value)
  const action = [typed.length > 0 ? `types ${typed.join(' and ')}` : '', button ? `presses “${button.text}”` : '']
  return {
    navigation: { url, body: body.toString(), from: view.page },
    action: action.filter(part => part !== '').join(', '),
  }
}

function ensureAllowed(url: URL, start: URL): void {
  const loopback = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (loopback || (url.protocol === 'https:' && url.host === start.host)) return
  throw new Error(`it leads to ${url.origin}, which is neither ${start.host} nor this machine`)
}

/** As `new URL`, but without the address in the error: it may carry the authorization code. */
function resolved(reference: string, base: URL): URL {
  if (!URL.canParse(reference, base.href)) throw new Error('it leads to an address that cannot be read')
  return new URL(reference, base)
}

/** Sends one navigation with the headers a browser would send. */
function navigate(
  navigation: Navigation,
  context: { caPem: string; cookies: Cookies; signal: AbortSignal },
): Promise<Answer> {
  const { url, body, from } = navigation
  const sameOrigin = from?.origin === url.origin
  const headers: Record<string, string> = {
    Accept: 'text/html',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Dest': 'document',
    'Sec-Fetch-Site': from === undefined ? 'none' : sameOrigin ? 'same-origin' : 'cross-site',
  }
  const cookie = context.cookies.header(url)
  if (cookie !== '') headers.Cookie = cookie
  if (body !== undefined) {
    headers['Content-Type'] = 'application/x-www-form-urlencoded'
    headers['Content-Length'] = String(Buffer.byteLength(body))
    // Chromium hides the origin of a form that goes from https to http.
    headers.Origin = sameOrigin ? url.origin : 'null'
  }
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    agent: false,
    signal: context.signal,
  } as const
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? https.request(url, { ...options, ca: context.caPem, rejectUnauthorized: true })
        : http.request(url, options)
    request.on('error', reject)
    request.on('response', response => {
      context.cookies.keep(url, response.headers['set-cookie'] ?? [])
      readPage(response).then(resolve, error => {
        request.destroy()
        reject(error)
      })
    })
    request.end(body)
  })
}

async function readPage(response: http.IncomingMessage): Promise<Answer> {
  const status = response.statusCode ?? 0
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.length
    if (bytes > MAX_PAGE_BYTES) throw new Error(`the page is larger than ${MAX_PAGE_BYTES} bytes`)
    chunks.push(chunk)
  }
  const { location } = response.headers
  const redirected = (status === 302 || status === 303) && location !== undefined
  return { status, location: redirected ? location : undefined, html: Buffer.concat(chunks).toString('utf8') }
}

/** Cookies by origin. Paths and expiry dates are not looked at; `Max-Age=0` and an empty value delete. */
class Cookies {
  readonly #byOrigin = new Map<string, Map<string, string>>()

  keep(url: URL, lines: readonly string[]): void {
    const jar = this.#byOrigin.get(url.origin) ?? new Map<string, string>()
    this.#byOrigin.set(url.origin, jar)
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map(part => part.trim())
      const equals = pair.indexOf('=')
      if (equals <= 0) continue
      const value = pair.slice(equals + 1)
      const deleted = value === '' || attributes.some(attribute => /^max-age=(0|-\d+)$/i.test(attribute))
      if (deleted) jar.delete(pair.slice(0, equals))
      else jar.set(pair.slice(0, equals), value)
    }
  }

  header(url: URL): string {
    return [...(this.#byOrigin.get(url.origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}
