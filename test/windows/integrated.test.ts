/** Whole sign-ins by Kerberos: a ticket of a real KDC, and a federation server that asks a service outside what it is worth. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { NegotiateAcceptor } from 'latchkey/emulator'
import { asked } from '../flow/integrated-support.js'
import { setStage } from '../flow/support.js'
import { present } from '../kerberos/support/acceptor.js'
import { application, errorOf, JOE, signIn, withoutBindings } from './support/application.js'

const service = JSON.parse(process.env.LATCHKEY_ACCEPTOR ?? '{}') as { port: number; ca: string }

const AS_IT_IS = { path: '/', change: (token: Buffer): Uint8Array => token }
/** How a token gets to the service, and at which of its addresses. */
let way = AS_IT_IS
beforeEach(() => {
  way = AS_IT_IS
})

// The service is bound to another certificate than this server's; Wine leaves the bindings out, so that it need not know.
const acceptor: NegotiateAcceptor = {
  async accept(token) {
    const { status, body, reply } = await present(service, way.change(token), way.path)
    if (status !== 200) return { verdict: 'refuse' }
    return { verdict: 'accept', user: String(body.user), output: Buffer.from(reply) }
  },
}

const { tenant } = await setStage({ negotiate: acceptor })

const REALM = 'GET userrealm'
const MEX = 'GET mex'
const WINDOWS = 'POST 13/windowstransport'
const TOKEN = 'POST token'

for (const allowNtlm of [true, false]) {
  test(`the user of the ticket gets a token in five requests, then two, then none${allowNtlm ? '' : ', by Kerberos alone'}`, async t => {
    const app = application(t, tenant)
    const first = await signIn(app, { ...JOE, allowNtlm })
    assert.equal(first.account.username, 'joe@contoso.com')
    assert.deepEqual(asked(tenant), [REALM, MEX, `${WINDOWS} 401`, `${WINDOWS} 200`, TOKEN])
    tenant.requests.length = 0
    const { account, accessToken } = await signIn(app, { ...JOE, allowNtlm })
    assert.deepEqual(asked(tenant), [`${WINDOWS} 200`, TOKEN])
    const accepted = { scheme: 'Negotiate', outcome: 'accepted', user: 'joe@CONTOSO.TEST', bound: 'none' }
    assert.deepEqual(tenant.requests[0]?.notes.windows, accepted)
    const silent = await app.acquireTokenSilent({ scopes: ['User.Read'], account })
    assert.equal(silent.accessToken, accessToken)
    assert.equal(tenant.requests.length, 2)
  })
}

test('a server whose proof is wrong is not believed, and its assertion goes nowhere', async t => {
  way = { ...AS_IT_IS, path: '/forged' }
  const error = await errorOf(application(t, tenant))
  assert.equal(error.code, 'integrated_windows_authentication_failed', error.message)
  assert.match(error.message, /could not prove who it is/)
  assert.deepEqual(asked(tenant), [REALM, MEX, `${WINDOWS} 401`, `${WINDOWS} 200`])
})

test('a token that was changed on its way is refused, and nothing is tried anew', async t => {
  way = { ...AS_IT_IS, change: token => token.with(-1, Number(token.at(-1)) ^ 1) }
  const error = await errorOf(application(t, tenant))
  assert.equal(error.code, 'parsing_wstrust_response_failed', error.message)
  assert.match(error.hint, /setspn -Q HTTP\/localhost/)
  assert.deepEqual(asked(tenant), [REALM, MEX, `${WINDOWS} 401`, `${WINDOWS} 401`])
})

for (const allowNtlm of [true, false]) {
  test(`a service that the KDC does not know is in the error${allowNtlm ? '' : ', by Kerberos alone'}`, async t => {
    const app = application(t, tenant, allowNtlm ? withoutBindings() : undefined)
    const error = await errorOf(app, { ...JOE, servicePrincipalName: 'HTTP/unknown.contoso.test', allowNtlm })
    // Windows tells an unknown service by a number of its own, Wine does not.
    const code = allowNtlm ? 'negotiate_no_credentials' : 'integrated_windows_authentication_failed'
    assert.equal(error.code, code, error.message)
    assert.match(error.message, /HTTP\/unknown\.contoso\.test/)
    assert.deepEqual(asked(tenant), [REALM, MEX, `${WINDOWS} 401`])
  })
}
