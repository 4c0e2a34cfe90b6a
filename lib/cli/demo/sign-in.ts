/** The step of the demo in which a user signs in, followed by a script or by a person. */
import { createHash } from 'node:crypto'
import type { EmulatedUser } from '../../emulator/index.js'
import type { AuthenticationResult, PublicClientApplication } from '../../index.js'
import { tellingBrowserOpener } from '../browser-opener.js'
import { timeLeft } from '../text.js'
import { DemoFailure, expect } from './expect.js'
import type { Scene } from './scene.js'
import { scriptedBrowser } from './scripted-browser.js'
import { SCOPES } from './steps.js'
import type { Chapter } from './story.js'

/**
 * Signs alice in and looks, in the tenant's log, at whether PKCE did its work.
 *
 * @throws {DemoFailure} – somebody else signed in, or PKCE was not used.
 */
export async function signIn(scene: Scene, app: PublicClientApplication): Promise<AuthenticationResult> {
  const { context, story, tenant } = scene
  const byPerson = context.options.browser === true
  const [alice] = tenant.users
  if (alice === undefined) throw new DemoFailure('the tenant has no users')
  const chapter = story.chapter(`${byPerson ? 'You sign' : 'Alice signs'} in: authorization code with PKCE`)
  const { openBrowser, closed } = byPerson ? personsBrowser(scene, chapter, alice) : script(scene, chapter, alice)
  const result = await app.acquireTokenInteractive({
    scopes: SCOPES,
    systemBrowser: { openBrowser },
    signal: context.signal,
  })
  await closed()
  const took = chapter.total()
  expect(byPerson || result.account.username === alice.username, 'alice was the one who signed in')
  expect(!result.fromCache, 'the token came from the tenant')
  expectPkce(scene)
  chapter.say('in all', result.account.username, took)
  chapter.say('token', `${result.scopes.join(' ')}; good for ${timeLeft(result.expiresOn)}`)
  return result
}

interface Browser {
  openBrowser(url: URL): Promise<void>
  /** Resolves when the last page has been shown. */
  closed(): Promise<void>
}

function script({ tenant }: Scene, chapter: Chapter, user: EmulatedUser): Browser {
  const browse = scriptedBrowser({
    caPem: tenant.caPem,
    answers: user,
    onStep: ({ page, action }) => {
      const title = page.replace(/ – latchkey emulator$/, '')
      chapter.say(
        'browser',
        `${title}: ${action.replace(' user name and password', ' name and password')}`,
        chapter.lap(),
      )
    },
  })
  let visit: Promise<void> | undefined
  return {
    openBrowser: url => {
      visit = browse(url)
      return visit
    },
    closed: async () => visit,
  }
}

function personsBrowser({ context }: Scene, chapter: Chapter, user: EmulatedUser): Browser {
  const { stdout } = context
  chapter.say('user name', user.username)
  chapter.say('password', user.password)
  chapter.say('note', 'the browser does not know this CA and will warn: go on to localhost')
  stdout.line()
  return { openBrowser: tellingBrowserOpener(stdout), closed: async () => {} }
}

/** The challenge that went through the browser must be the hash of the verifier that came with the code. (RFC 7636 § 4.6) */
function expectPkce({ tenant }: Scene): void {
  const authorize = tenant.requests.find(({ path }) => path.endsWith('/oauth2/v2.0/authorize'))
  const redemption = tenant.requests.find(({ form }) => form.grant_type === 'authorization_code')
  const hash = createHash('sha256').update(`${redemption?.form.code_verifier}`).digest('base64url')
  expect(authorize?.query.code_challenge_method === 'S256', 'the sign-in page was asked for with a PKCE challenge')
  expect(authorize?.query.code_verifier === undefined, 'the verifier did not go through the browser')
  expect(authorize?.query.code_challenge === hash, 'the code was redeemed with the verifier of its challenge')
}
