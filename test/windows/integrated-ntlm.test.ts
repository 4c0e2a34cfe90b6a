/** Whole sign-ins by NTLM with a password, whose response the federation server verifies: three legs on one connection. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NegotiateAcceptor, NegotiateConnection } from 'latchkey/emulator'
import { asked } from '../flow/integrated-support.js'
import { setStage } from '../flow/support.js'
import { application, errorOf, JOE, signIn, withoutBindings } from './support/application.js'
import { explicit } from './support/negotiate.js'
import { challengeMessage, checkAuthenticateMessage } from './support/ntlm.js'

const PASSWORD = 'Pässwörd 𝄞'

const challenged = new WeakSet<NegotiateConnection>()
const acceptor: NegotiateAcceptor = {
  accept(token, { connection }) {
    if (token.readUInt32LE(8) === 1) {
      challenged.add(connection)
      return { verdict: 'continue', output: challengeMessage('CONTOSO') }
    }
    const { user, domain, verifies } = checkAuthenticateMessage(token, PASSWORD)
    const isOfThisConnection = challenged.delete(connection)
    return verifies && isOfThisConnection ? { verdict: 'accept', user: `${domain}\\${user}` } : { verdict: 'refuse' }
  },
}
const { tenant } = await setStage({ negotiate: acceptor })

const REALM = 'GET userrealm'
const MEX = 'GET mex'
const WINDOWS = 'POST 13/windowstransport'
const TOKEN = 'POST token'

const withPassword = (password: string) => withoutBindings(explicit('joe', 'CONTOSO', password))

test('costs six requests, then three, each exchange on one connection', async t => {
  const app = application(t, tenant, withPassword(PASSWORD))
  const { account } = await signIn(app)
  assert.equal(account.username, 'joe@contoso.com')
  assert.deepEqual(asked(tenant), [REALM, MEX, `${WINDOWS} 401`, `${WINDOWS} 401`, `${WINDOWS} 200`, TOKEN])
  const accepted = { scheme: 'Negotiate', outcome: 'accepted', user: 'CONTOSO\\joe', bound: 'none' }
  assert.deepEqual(tenant.requests[4]?.notes.windows, accepted)
  const first = new Set(tenant.requests.slice(2, 5).map(({ connection }) => connection))
  assert.equal(first.size, 1)
  tenant.requests.length = 0
  await signIn(app)
  assert.deepEqual(asked(tenant), [`${WINDOWS} 401`, `${WINDOWS} 200`, TOKEN])
  assert.equal(tenant.requests[0]?.connection, tenant.requests[1]?.connection)
  tenant.requests.length = 0
  await app.acquireTokenSilent({ scopes: ['User.Read'], account })
  assert.equal(tenant.requests.length, 0)
})

test('a wrong password counts once', async t => {
  const app = application(t, tenant, withPassword('wrong'))
  const error = await errorOf(app)
  assert.equal(error.code, 'parsing_wstrust_response_failed', error.message)
  assert.match(error.steps.at(-2) ?? '', /\d+ bytes of ntlm: 401, offers Negotiate; \d+ bytes of ntlm: 401/)
  assert.deepEqual(asked(tenant), [REALM, MEX, `${WINDOWS} 401`, `${WINDOWS} 401`, `${WINDOWS} 401`])
})

test('is not used where it is not allowed', async t => {
  const app = application(t, tenant, withPassword(PASSWORD))
  const error = await errorOf(app, { ...JOE, allowNtlm: false })
  assert.equal(error.code, 'integrated_windows_authentication_failed', error.message)
  assert.match(error.message, /AcquireCredentialsHandleW/)
  assert.deepEqual(asked(tenant), [REALM, MEX, `${WINDOWS} 401`])
})
