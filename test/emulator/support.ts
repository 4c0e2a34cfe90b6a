/** What the emulator's tests share: a tenant, an HTTPS client that trusts it, and a browser without script. */
import { createHash, randomBytes } from 'node:crypto'
import { after } from 'node:test'
import { startTenant, type Tenant, type TenantOptions } from 'latchkey/emulator'
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  json: Record<string, unknown>
}

/** A tenant and the ways to talk to it. */
export interface Emulation {
  tenant: Tenant
  user(name: string): { username: string; password: string; otc: string; id: string }
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>
  /** Posts a body of any other type. */
  postText(path: string, body: string, type: string, headers?: Record<string, string>): Promise<Answer>
  token(form: Record<string, string>, segment?: string): Promise<Answer>
  password(name: string, more?: Record<string, string>): Promise<Answer>
  browser(): Browser
}

/** Starts a tenant for one test file and ends it after the file's tests. */
export async function emulate(options?: TenantOptions): Promise<Emulation> {
  const tenant = await startTenant(options)
  const agent = new Agent({ connect: { ca: tenant.caPem } })
  const proxied = new ProxyAgent({ uri: tenant.proxyUrl, requestTls: { ca: tenant.caPem } })
  after(async () => {
    await Promise.all([agent.destroy(), proxied.destroy()])
    await tenant.close()
  })
  const user = (name: string) => {
    const found = tenant.users.find(candidate => candidate.username.split('@')[0] === name)
    if (!found) throw new Error(`no user ${name}`)
    return found
  }
  const send = (path: string, init: Partial<Dispatcher.RequestOptions>) =>
    exchange(agent, new URL(path, tenant.origin), init)
  const post: Emulation['post'] = (path, form, headers = {}) =>
    send(path, { method: 'POST', body: encode(form), headers: { ...FORM, ...headers } })
  const token: Emulation['token'] = (form, segment = tenant.tenantId) =>
    post(`/${segment}/oauth2/v2.0/token`, { client_id: tenant.clientId, ...form })
  return {
    tenant,
    user,
    get: (path, headers = {}) => send(path, { headers }),
    post,
    postText: (path, body, type, headers = {}) =>
      send(path, { method: 'POST', body, headers: { 'content-type': type, ...headers } }),
    token,
    password: (name, more = {}) => {
      const { username, password } = user(name)
      const scope = 'User.Read openid profile offline_access'
      return token({ grant_type: 'password', username, password, scope, ...more })
    },
    browser: () => new Browser(agent, proxied, tenant),
  }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

function encode(form: Record<string, string>): string {
  return new URLSearchParams(form).toString()
}

async function exchange(agent: Dispatcher, url: URL, init: Partial<Dispatcher.RequestOptions>): Promise<Answer> {
  const response = await request(url, { method: 'GET', dispatcher: agent, ...init })
  const text = await response.body.text()
  return { status: response.statusCode, headers: response.headers, text, json: parse(text) }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** A browser as the pages need it: cookies and forms. Hosts that are not of this machine it reaches through the tenant's proxy. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #agent: Dispatcher
  readonly #proxied: Dispatcher
  readonly #tenant: Tenant

  constructor(agent: Dispatcher, proxied: Dispatcher, tenant: Tenant) {
    this.#agent = agent
    this.#proxied = proxied
    this.#tenant = tenant
  }

  /** Opens an authorize URL with these parameters over the usual ones. */
  async authorize(parameters: Record<string, string | undefined> = {}, segment = this.#tenant.tenantId): Promise<Page> {
    const usual = {
      client_id: this.#tenant.clientId,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: SCOPE,
      state: 'st',
    }
    const given = Object.entries({ ...usual, ...parameters }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    )
    return this.open(`/${segment}/oauth2/v2.0/authorize?${new URLSearchParams(given)}`)
  }

  async open(path: string, form?: Record<string, string>): Promise<Page> {
    const cookie = [...this.cookies].map(pair => pair.join('=')).join('; ')
    const url = new URL(path, this.#tenant.origin)
    const answer = await exchange(/\.com$/.test(url.hostname) ? this.#proxied : this.#agent, url, {
      headers: { cookie, ...(form ? FORM : {}) },
      ...(form ? { method: 'POST', body: encode(form) } : {}),
    })
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      this.cookies.set(name, value)
    }
    return new Page(this, url, answer)
  }
}

export const REDIRECT_URI = 'http://localhost:53682'
export const SCOPE = 'User.Read openid profile offline_access'

/** A page with its one form, or the redirect that took its place. */
export class Page {
  readonly answer: Answer
  readonly #browser: Browser
  readonly #url: URL

  constructor(browser: Browser, url: URL, answer: Answer) {
    this.#browser = browser
    this.#url = url
    this.answer = answer
  }

  get title(): string {
    return (/<title>([^<]*)/.exec(this.answer.text)?.[1] ?? '').split(' – ')[0] ?? ''
  }

  get alert(): string | undefined {
    return /role="alert">([^<]*)/.exec(this.answer.text)?.[1]
  }

  get action(): string {
    return unescapeHtml(/<form method="post" action="([^"]*)"/.exec(this.answer.text)?.[1] ?? '')
  }

  get hidden(): Record<string, string> {
    const inputs = [...this.answer.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
    return Object.fromEntries(inputs.map(([, name = '', value = '']) => [unescapeHtml(name), unescapeHtml(value)]))
  }

  /** What the app was handed: on the redirect's query or fragment, or in the form_post form. */
  get handed(): Record<string, string> {
    if (this.answer.status !== 302) return this.hidden
    const { search, hash } = new URL(String(this.answer.headers.location))
    return Object.fromEntries(new URLSearchParams(search || hash.slice(1)))
  }

  submit(fields: Record<string, string>): Promise<Page> {
    return this.#browser.open(new URL(this.action, this.#url).href, { ...this.hidden, ...fields })
  }

  signIn(user: { username: string; password: string }): Promise<Page> {
    return this.submit({ loginfmt: user.username, passwd: user.password })
  }
}

function unescapeHtml(text: string): string {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => names[name] ?? '')
}

/** A PKCE pair. */
export function pkce(): {
  code_verifier: string
  challenge: { code_challenge: string; code_challenge_method: string }
} {
  const code_verifier = randomBytes(32).toString('base64url')
  const code_challenge = createHash('sha256').update(code_verifier).digest('base64url')
  return { code_verifier, challenge: { code_challenge, code_challenge_method: 'S256' } }
}

/** The claims of a JWT, unverified. */
export function claimsOf(jwt: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
}
