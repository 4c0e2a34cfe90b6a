/** The step of the demo in which a user signs in whose password only the federation server of the organization knows. */
import { findSystemUser, type PublicClientApplication } from '../../index.js'
import { DemoFailure, expect } from './expect.js'
import type { Scene } from './scene.js'
import { SCOPES } from './steps.js'

/** What a request is for, by the end of its path. */
const PURPOSES: ReadonlyArray<readonly [RegExp, string, string]> = [
  [/\/userrealm\//, 'realm', 'asked where joe is at home'],
  [/\/trust\/mex$/, 'metadata', 'AD FS said what it offers'],
  [/\/usernamemixed$/, 'AD FS', 'took the password, gave a signed assertion'],
  [/\/token$/, 'token', 'the tenant took the assertion, gave tokens'],
]

/**
 * Signs joe in by his password and finds him silently. Says whether a ticket could have done it, without using one: the
 * service it would be for is none of a real domain.
 *
 * @throws {DemoFailure} – the password went anywhere but to the federation server, or silence cost a request.
 */
export async function signInFederated({ context, story, tenant }: Scene, app: PublicClientApplication): Promise<void> {
  const joe = tenant.users.find(({ kind }) => kind === 'federated')
  if (joe === undefined) throw new DemoFailure('the tenant has no federated users')
  const chapter = story.chapter('Joe signs in at his company’s AD FS, through WS-Trust')
  const before = tenant.requests.length
  const { username, password } = joe
  const { signal } = context
  const result = await app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password, signal })
  const took = chapter.total()
  const made = tenant.requests.slice(before)
  const told = PURPOSES.map(([path, label, text]) => {
    const at = made.findIndex(request => path.test(request.path))
    expect(at !== -1 && made[at]?.status === 200, `the request was made and answered: ${text}`)
    chapter.say(label, text)
    return at
  })
  expect(
    told.every((at, index) => index === 0 || at > (told[index - 1] ?? 0)),
    'they came in this order',
  )
  expect(result.account.username === username, 'joe was the one who signed in')
  const others = made.filter(({ path }) => !path.endsWith('/usernamemixed'))
  expect(!JSON.stringify(others).includes(password), 'nobody else was sent the password')
  expect(tenant.passwordChecks[username.toLowerCase()] === 1, 'the password was used once')
  chapter.say('in all', username, took)
  const { account } = result
  const again = await app.acquireTokenSilent({ scopes: SCOPES, account, signal })
  expect(again.fromCache && tenant.requests.length === before + made.length, 'silence cost no request')
  chapter.say('again', 'the same token, 0 requests')
  const { username: known, whyNot } = await findSystemUser({ signal })
  // Asking for a real ticket would leave this machine, which the demo promises not to do.
  chapter.say('by ticket', whyNot === undefined ? `${known} has one: login --flow integrated` : `not here: ${whyNot}`)
}
