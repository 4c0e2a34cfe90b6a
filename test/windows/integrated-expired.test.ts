/** Sign-ins in a Windows whose ticket is over: what the caller is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asked } from '../flow/integrated-support.js'
import { setStage } from '../flow/support.js'
import { application, errorOf, JOE, withoutBindings } from './support/application.js'

const { tenant } = await setStage()

// Wine takes a ticket that is over for a failure of its own, or for none; Windows has a number for it.
for (const [allowNtlm, code] of [
  [true, 'negotiate_no_credentials'],
  [false, 'integrated_windows_authentication_failed'],
] as const) {
  test(`nobody is put before the server with it, ${allowNtlm ? 'with' : 'without'} NTLM`, async t => {
    const app = application(t, tenant, allowNtlm ? withoutBindings() : undefined)
    const error = await errorOf(app, { ...JOE, allowNtlm })
    assert.equal(error.code, code, error.message)
    assert.match(error.message, /asked for HTTP\/localhost; InitializeSecurityContextW: /)
    assert.match(error.steps.at(-1) ?? '', new RegExp(`failed \\(${code}\\) after 401, offers Negotiate, NTLM$`))
    assert.deepEqual(asked(tenant), ['GET userrealm', 'GET mex', 'POST 13/windowstransport 401'])
  })
}
