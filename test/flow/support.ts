/** What the tests of whole sign-ins share: a tenant, applications on a clock of the test's own, and people with browsers. */
import assert from 'node:assert/strict'
import { beforeEach, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type AuthenticationResult,
  type Configuration,
  type DeviceCode,
  type InteractiveRequest,
  PublicClientApplication,
} from 'latchkey'
import type { RecordedRequest, Tenant, TenantOptions } from 'latchkey/emulator'
import type { ServiceOverrides } from '#lib/app/services.js'
import { type Browser, emulate, type Page } from '../emulator/support.js'
import { FakeClock } from '../fakes/fake-clock.js'

/** The second parameter is not in the public types. */
export const Application = PublicClientApplication as new (
  configuration: Configuration,
  overrides: ServiceOverrides,
) => PublicClientApplication

export const SCOPES = ['User.Read']

/** An application and the clock it lives by. */
export interface Subject {
  app: PublicClientApplication
  clock: FakeClock
}

/** What somebody types or presses on a page; `undefined` leaves the page as it is, for ever. */
type Deed = (page: Page) => Record<string, string> | undefined

/** Who sits at the browser, and what they do otherwise than fill in the truth, by the title of the page. */
interface Person {
  user: { username: string; password: string; otc: string }
  browser: Browser
  deeds?: Record<string, Deed>
}

/** A person's browser: pass `open` as `openBrowser`. */
export interface Visit {
  readonly open: (url: URL) => Promise<void>
  /** The authorize URLs that were opened. */
  readonly urls: URL[]
  /** The titles of the pages that were shown, in order. */
  readonly titles: string[]
  /** Where the browser ended, once it has. */
  end(): Promise<Place>
}

/** A page and the address it came from. */
export interface Place {
  url: URL
  page: Page
}

/** A tenant for one test file; each test finds it as it started. */
export interface Stage {
  tenant: Tenant
  user(name: string): Person['user']
  browser(): Browser
  /** An application of the tenant, closed after the test; `native` takes the place of the addon. */
  application(
    t: TestContext,
    configuration?: Partial<Configuration>,
    clock?: FakeClock,
    native?: ServiceOverrides['native'],
  ): Subject
  /** A person who signs in as the pages ask. */
  visit(name: string, options?: { browser?: Browser; deeds?: Record<string, Deed> }): Visit
  /** An application that somebody has signed in to. */
  signedIn(
    t: TestContext,
    name?: string,
    configuration?: Partial<Configuration>,
  ): Promise<Subject & { result: AuthenticationResult }>
  /** This test's requests to the token endpoint. */
  tokenRequests(): RecordedRequest[]
}

/** Starts the tenant. Call it once, at the top of a file. */
export async function setStage(options?: TenantOptions): Promise<Stage> {
  const { tenant, user, browser } = await emulate(options)
  beforeEach(() => {
    tenant.scenario(null)
    tenant.requests.length = 0
  })
  const application: Stage['application'] = (t, configuration, clock = new FakeClock(), native) => {
    const http = { ca: tenant.caPem, proxy: false as const, ...configuration?.http }
    const { clientId, authority } = tenant
    const knownAuthorities = [new URL(authority).host]
    const app = new Application(
      { clientId, authority, knownAuthorities, ...configuration, http },
      { clock, ...(native && { native }) },
    )
    t.after(() => app.close())
    return { app, clock }
  }
  const visit: Stage['visit'] = (name, { browser: own = browser(), deeds = {} } = {}) =>
    startVisit({ user: user(name), browser: own, deeds }, tenant.origin)
  return {
    tenant,
    user,
    browser,
    application,
    visit,
    async signedIn(t, name = 'alice', configuration = {}) {
      const subject = application(t, configuration)
      const result = await interactively(subject.app, visit(name))
      tenant.requests.length = 0
      return { ...subject, result }
    },
    tokenRequests: () => tenant.requests.filter(({ path }) => path.endsWith('/token')),
  }
}

function startVisit(person: Person, origin: string): Visit {
  const urls: URL[] = []
  const titles: string[] = []
  let ended: Promise<Place> | undefined
  const follow = async (opened: URL): Promise<Place> => {
    // Entra answers under any of its names, its own needs no proxy; what B2C and External ID are told by is their host.
    const isToldByHost = /\.(?:b2clogin|ciamlogin)\.com$/.test(opened.hostname)
    let url = isToldByHost ? opened : new URL(opened.pathname + opened.search, origin)
    const home = url.origin
    let page = await person.browser.open(url.href)
    for (let step = 0; step < 12; step++) {
      const { location } = page.answer.headers
      if (location !== undefined) {
        url = new URL(String(location), url)
        page = await person.browser.open(url.href)
        continue
      }
      titles.push(page.title)
      const fields = url.origin === home && page.action !== '' ? deedFor(person, page) : undefined
      if (fields === undefined) return { url, page }
      url = new URL(page.action, url)
      page = await page.submit(fields)
    }
    return assert.fail(`no end of pages: ${titles.join(', ')}`)
  }
  return {
    urls,
    titles,
    async open(url) {
      urls.push(url)
      ended = follow(url)
      await ended
    },
    end: () => ended ?? assert.fail('the browser was not opened'),
  }
}

const HABITS: Record<string, (user: Person['user'], page: Page) => Record<string, string>> = {
  // The address has the code in it, as a QR code's would.
  'Enter the code from your device': (_user, { answer }) => ({
    otc: /name="otc" value="([^"]*)"/.exec(answer.text)?.[1] ?? '',
  }),
  'Sign in': ({ username, password }) => ({ loginfmt: username, passwd: password }),
  'Pick an account': ({ username }) => ({ account: username }),
  'Sign in on your device?': () => ({ ucaccept: 'yes' }),
  'Enter your code': ({ otc }) => ({ otc }),
  'Permissions requested': () => ({ ucaccept: 'yes' }),
  'Returning to the app': () => ({}),
}

function deedFor({ user, deeds = {} }: Person, page: Page): Record<string, string> | undefined {
  const deed = deeds[page.title]
  if (deed) return deed(page)
  const habit = HABITS[page.title]
  assert.ok(habit, `nobody knows what to do on ${page.title}: ${page.answer.text.slice(0, 2_000)}`)
  return habit(user, page)
}

/** Signs in with this visitor's browser; resolves when the browser has its last page too. */
export async function interactively(
  app: PublicClientApplication,
  visit: Visit,
  { systemBrowser, ...request }: Partial<InteractiveRequest> = {},
): Promise<AuthenticationResult> {
  const options = { openBrowser: visit.open, ...systemBrowser }
  const result = await app.acquireTokenInteractive({ scopes: SCOPES, ...request, systemBrowser: options })
  await visit.end()
  return result
}

/** The address of a device code with the code in it, as a person would follow it. */
export function pageOf({ verificationUri, userCode }: DeviceCode): URL {
  const url = new URL(verificationUri)
  url.searchParams.set('otc', userCode)
  return url
}

/**
 * Lets the application's time pass, a second at a time, until the call has ended. It stands still while a request is under
 * way, when only the call's time limit is asleep: how long those take is this machine's business.
 */
export async function whileTimePasses<T>(clock: FakeClock, call: Promise<T>): Promise<T> {
  let isOver = false
  const settled = call.finally(() => {
    isOver = true
  })
  settled.catch(() => {})
  while (!isOver) {
    if (clock.sleeping > 1) await clock.advance(1_000)
    await delay(1)
  }
  return settled
}

/** Waits, in real time and at most ten seconds, for something that another part of the test brings about. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (isSo()) return
    await delay(10)
  }
  assert.fail(`waited in vain: ${what}`)
}
