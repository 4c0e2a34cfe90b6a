/** The real MSAL.NET signs a Windows user in with a ticket from a real KDC, unchanged; the emulator's AD FS has a real acceptor check it. */
import assert from 'node:assert/strict'
import { before, beforeEach, describe, test } from 'node:test'
import { startJudge } from '../kerberos/support/judge.js'
import { Kdc, withKdc } from '../kerberos/support/kdc.js'
import { WHOLE_FILE } from '../support/machine.js'
import { builtPeer } from './support/dotnet-build.js'
import type { Outcome } from './support/job.js'
import { msalNet, runPeer, tokenIn } from './support/peers.js'
import { setStage } from './support/stage.js'

const scopes = ['User.Read']

describe('MSAL.NET, integrated', withKdc, async () => {
  const kdc = await Kdc.start(WHOLE_FILE)
  const negotiate = await startJudge(WHOLE_FILE, kdc, await kdc.keytab('http', 'HTTP/localhost'))
  const stage = await setStage({ negotiate })
  const { tenant } = stage
  const { username } = stage.user('joe')

  before(builtPeer)
  beforeEach(() => {
    tenant.scenario(null)
    // .NET asks DNS for the host of the federation server, behind a proxy too, so it has to be one that is there.
    const realmAnswer = { set: { federation_metadata_url: `${tenant.origin}/adfs/services/trust/mex` } }
    tenant.scenario({ realmAnswer, federation: { extendedProtection: 'require' } })
    tenant.requests.length = 0
  })

  const CLOUD = `https://login.microsoftonline.com/${tenant.tenantId}`
  const OWN = `${tenant.origin}/${tenant.tenantId}`

  /** Each sign-in after the other, in one process. */
  const signIn = (authority: string, cache: string, times = 1): Promise<Outcome> => {
    const { clientId } = tenant
    const steps = Array.from({ length: times }, () => ({ do: 'integrated' as const, scopes, username }))
    return runPeer(msalNet, stage, { clientId, authority, steps, environment: { ...kdc.env, KRB5CCNAME: cache } })
  }
  const asked = () =>
    tenant.requests.map(({ method, path, status }) => {
      const short = /(discovery\/instance|userrealm|mex|13\/windowstransport|token)/.exec(path)?.[1] ?? path
      return `${method} ${short} ${status}`
    })
  const EACH = [
    'GET userrealm 200',
    'GET mex 200',
    'POST 13/windowstransport 401',
    'POST 13/windowstransport 200',
    'POST token 200',
  ]

  for (const [where, authority, host, first] of [
    ['login.microsoftonline.com', CLOUD, 'login.microsoftonline.com', ['GET discovery/instance 200']],
    ['its own origin', OWN, new URL(OWN).host, []],
  ] as const) {
    test(`signs in at ${where}, bound to the connection: ${first.length + EACH.length} requests, and ${EACH.length} each next time`, async () => {
      const outcome = await signIn(authority, await kdc.kinit('joe', 'Passw0rd!'), 2)
      for (const step of [0, 1]) {
        const result = tokenIn(outcome, step)
        assert.deepEqual([result.username, result.tenantId, result.source], [username, tenant.tenantId, 'service'])
      }
      assert.deepEqual(asked(), [...first, ...EACH, ...EACH])
      const windows = tenant.requests.filter(({ path }) => path.endsWith('windowstransport'))
      assert.equal(tenant.requests.at(-1)?.host, host)
      const admitted = { scheme: 'Negotiate', outcome: 'accepted', user: 'joe@CONTOSO.TEST', bound: 'this' }
      assert.deepEqual(windows.at(-1)?.notes.windows, admitted)
    })
  }

  test('finds the token in its cache afterwards', async () => {
    const cache = await kdc.kinit('joe', 'Passw0rd!')
    const { cache: kept } = await signIn(CLOUD, cache)
    tenant.requests.length = 0
    const { clientId } = tenant
    const steps = [{ do: 'silent' as const, scopes, username }]
    const again = await runPeer(msalNet, stage, { clientId, authority: CLOUD, cache: kept, steps })
    assert.equal(tokenIn(again, 0).source, 'cache')
  })

  test('without a ticket it asks once and says what it says of every trouble there', async () => {
    const { results } = await signIn(CLOUD, `FILE:${kdc.folder}/nobody.ccache`)
    assert.equal(results[0]?.error, 'parsing_wstrust_response_failed')
    assert.match(results[0]?.message ?? '', /federated_service_returned_error|401/)
    assert.deepEqual(asked().slice(-1), ['POST 13/windowstransport 401'])
    assert.equal(asked().filter(line => line.startsWith('POST')).length, 1)
  })

  test('reports what Entra says of the assertion, and what the federation server says of the user', async () => {
    const cache = await kdc.kinit('joe', 'Passw0rd!')
    tenant.scenario({ users: { [username]: { mfa: true } } })
    assert.match((await signIn(CLOUD, cache)).results[0]?.message ?? '', /AADSTS50076/)
    tenant.scenario({ users: { [username]: { mfa: false, trustFault: 'MSIS7068' } } })
    const { error, message } = (await signIn(CLOUD, cache)).results[0] ?? {}
    assert.equal(error, 'parsing_wstrust_response_failed')
    assert.match(message ?? '', /MSIS7068/)
  })
})
