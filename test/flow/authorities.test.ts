/** Every flow at every kind of authority: it signs in, it is silent from then on, and it can be renewed. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { AuthenticationResult, PublicClientApplication } from 'latchkey'
import { byAuthorizationCode } from './every-flow.js'
import { interactively, pageOf, type Subject, setStage, whileTimePasses } from './support.js'

const stage = await setStage()
const { tenant } = stage

interface Place {
  authority: string
  /** Who is at home there. */
  user: string
  scopes: string[]
  /** Where the hosts of Microsoft's are played. */
  proxied?: true
  devices?: false
  /** Of the requests that show pages, where another user flow has them. */
  withPages?: { authority: string }
}

const b2c = { user: 'alice', scopes: [tenant.clientId], devices: false as const }
const entra = { user: 'alice', scopes: ['User.Read'] }
const PLACES: Record<string, Place> = {
  'Entra ID': { ...entra, authority: tenant.authority },
  'a cloud like dSTS': { ...entra, authority: `${tenant.origin}/dstsv2/${tenant.tenantId}` },
  'AD FS': { authority: tenant.adfsAuthority, user: 'joe', scopes: ['openid'] },
  'B2C with tfp': {
    ...b2c,
    authority: tenant.b2cAuthority('b2c_1_ropc'),
    withPages: { authority: tenant.b2cAuthority('b2c_1_susi') },
  },
  'B2C without tfp': {
    ...b2c,
    authority: tenant.b2cAuthority('b2c_1_ropc').replace('/tfp', ''),
    withPages: { authority: tenant.b2cAuthority('b2c_1_susi').replace('/tfp', '') },
  },
  'B2C on its own host': {
    ...b2c,
    authority: 'https://contoso.b2clogin.com/tfp/contoso.onmicrosoft.com/b2c_1_ropc',
    withPages: { authority: 'https://contoso.b2clogin.com/tfp/contoso.onmicrosoft.com/b2c_1_susi' },
    proxied: true,
  },
  'External ID': { ...entra, authority: 'https://contoso.ciamlogin.com', proxied: true },
}

function applicationAt(t: TestContext, { authority, proxied }: Place): Subject {
  // Nothing but the proxy is configured for the hosts that Microsoft gives out.
  const reached = proxied ? { knownAuthorities: [], http: { proxy: tenant.proxyUrl } } : {}
  return stage.application(t, { authority, ...reached })
}

type Flow = (subject: Subject, place: Place) => Promise<AuthenticationResult>

const FLOWS: Record<string, Flow> = {
  interactive: ({ app }, { user, scopes, withPages }) =>
    interactively(app, stage.visit(user), { scopes, ...withPages }),
  'authorization code': ({ app }, { user, scopes, withPages }) =>
    byAuthorizationCode(app, stage.visit(user), { scopes, ...withPages }),
  'device code': ({ app, clock }, { user, scopes }) =>
    whileTimePasses(
      clock,
      app.acquireTokenByDeviceCode({ scopes, deviceCodeCallback: code => stage.visit(user).open(pageOf(code)) }),
    ),
  password: ({ app }, place) => withPassword(app, place),
}

function withPassword(app: PublicClientApplication, { user, scopes }: Place): Promise<AuthenticationResult> {
  const { username, password } = stage.user(user)
  return app.acquireTokenByUsernamePassword({ scopes, username, password })
}

for (const [name, place] of Object.entries(PLACES)) {
  describe(name, () => {
    for (const [flow, run] of Object.entries(FLOWS)) {
      if (place.devices === false && flow === 'device code') continue
      test(`${flow}, then silence`, async t => {
        const subject = applicationAt(t, place)
        await isSilentAfter(subject, place, await run(subject, place))
      })
    }

    test('refresh token, then silence', async t => {
      const { app } = applicationAt(t, place)
      await withPassword(app, place)
      const kept = JSON.parse(app.tokenCache.serialize()) as { RefreshToken: Record<string, { secret: string }> }
      const refreshToken = Object.values(kept.RefreshToken)[0]?.secret ?? assert.fail('no refresh token')
      const subject = applicationAt(t, place)
      const result = await subject.app.acquireTokenByRefreshToken({ scopes: place.scopes, refreshToken })
      await isSilentAfter(subject, place, result)
    })
  })
}

/** From the cache with no request, also in a new process with the same cache; renewed when it has expired; gone when removed. */
async function isSilentAfter({ app, clock }: Subject, place: Place, result: AuthenticationResult): Promise<void> {
  const { scopes } = place
  const sofar = tenant.requests.length
  const [account, ...others] = await app.getAccounts()
  assert.ok(account)
  assert.deepEqual([account.homeAccountId, others.length], [result.account.homeAccountId, 0])
  assert.equal(account.username, stage.user(place.user).username)
  for (const whose of [result.account, account]) {
    const { fromCache, accessToken } = await app.acquireTokenSilent({ scopes, account: whose })
    assert.deepEqual([fromCache, accessToken], [true, result.accessToken])
  }
  assert.equal(tenant.requests.length, sofar)

  await clock.advance(7_200_000)
  const renewed = await app.acquireTokenSilent({ scopes, account })
  assert.equal(renewed.fromCache, false)
  assert.equal(stage.tokenRequests().at(-1)?.form.grant_type, 'refresh_token')
  assert.equal(renewed.account.homeAccountId, account.homeAccountId)
  assert.equal((await app.getAccounts()).length, 1)

  await app.removeAccount(account)
  assert.deepEqual(await app.getAccounts(), [])
}
