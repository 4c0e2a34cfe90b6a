/** The real MSAL.NET judges the committed caches of other libraries after latchkey has loaded them, signed a user in and written them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { builtPeer } from './support/dotnet-build.js'
import type { Outcome, Step } from './support/job.js'
import { ourClient, signInOurs } from './support/our-client.js'
import { msalNet, runPeer, tokenIn } from './support/peers.js'
import { setStage } from './support/stage.js'

const stage = await setStage()

before(builtPeer)

// The client of the fixtures, which the tenant knows as a member of the app family.
const clientId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const ORGANIZATIONS = 'https://login.microsoftonline.com/organizations'
const ALICE = 'alice@contoso.onmicrosoft.com'
const ZOE_GUEST = "zoë.o'neil+test@fabrikam.example"
const ZOE = "zoë.o'neil+test@contoso.onmicrosoft.com"

interface Fixture {
  file: string
  authority?: string
  accounts: string[]
  /** By user name, the scope to ask for and the token to find. */
  tokens: Record<string, [scope: string, token: string]>
}

const aliceOfNet = { [ALICE]: ['User.Read', `access-token-1-for-${ALICE}`] } satisfies Fixture['tokens']
const aliceOfOthers = { [ALICE]: ['User.Read', 'access-token-for-alice'] } satisfies Fixture['tokens']
const fixtures: Fixture[] = [
  { file: 'msal.net-4.92-one-account', accounts: [ALICE], tokens: aliceOfNet },
  { file: 'msal.net-4.21-one-account', accounts: [ALICE], tokens: aliceOfNet },
  {
    file: 'msal.net-4.92-two-accounts',
    accounts: [ALICE, ZOE_GUEST],
    tokens: { ...aliceOfNet, [ZOE_GUEST]: ['Calendars.Read', `access-token-2-for-${ZOE_GUEST}`] },
  },
  { file: 'msal-node-7.2.1', accounts: [ALICE], tokens: aliceOfOthers },
  { file: 'msal-python-1.21', accounts: [ALICE], tokens: aliceOfOthers },
  { file: 'adal.net-5.3', accounts: [ALICE, ZOE], tokens: {} },
  {
    file: 'msal.net-4.92-adfs',
    authority: 'https://fs.contoso.example/adfs',
    accounts: [ALICE],
    tokens: { [ALICE]: ['openid', `access-token-1-for-${ALICE}`] },
  },
]

function judge(cache: string, { authority = ORGANIZATIONS, tokens }: Fixture): Promise<Outcome> {
  const silent = Object.entries(tokens).map(
    ([username, [scope]]): Step => ({ do: 'silent', scopes: [scope], username }),
  )
  return runPeer(msalNet, stage, { clientId, authority, cache, steps: [{ do: 'accounts' }, ...silent] })
}

const usernamesIn = (outcome: Outcome) => outcome.results[0]?.accounts?.map(({ username }) => username).sort()

describe('MSAL.NET finds all users and tokens, without a request, that it found before latchkey wrote the cache', () => {
  for (const fixture of fixtures) {
    test(`of ${fixture.file}`, async () => {
      const original = readFileSync(new URL(`../../test/fixtures/cache/${fixture.file}.json`, import.meta.url), 'utf8')
      await using ours = ourClient(stage, { clientId, authority: ORGANIZATIONS, cache: original })
      const added = await signInOurs(ours, stage, { user: 'mia', scopes: ['User.Read'] })
      const rewritten = ours.tokenCache.serialize()

      const asked = stage.watch()
      const [was, is] = [await judge(original, fixture), await judge(rewritten, fixture)]
      assert.deepEqual(asked(), [])
      // An AD FS shows no users of the cloud, and the other way round.
      const mia = fixture.authority === undefined ? [added.account.username] : []
      assert.deepEqual(usernamesIn(was), fixture.accounts.toSorted())
      assert.deepEqual(usernamesIn(is), [...fixture.accounts, ...mia].sort())
      for (const [index, [, token]] of Object.values(fixture.tokens).entries()) {
        assert.equal(tokenIn(was, index + 1).accessToken, token)
        assert.deepEqual(is.results[index + 1], was.results[index + 1])
      }
    })
  }
})
