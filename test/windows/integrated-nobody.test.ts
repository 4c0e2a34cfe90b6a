/** Sign-ins in a Windows that has neither credentials nor a user principal name: what the caller is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asked } from '../flow/integrated-support.js'
import { setStage } from '../flow/support.js'
import { application, errorOf, JOE, withoutBindings } from './support/application.js'

const { tenant } = await setStage()

for (const allowNtlm of [true, false]) {
  test(`without credentials nobody is put before the server, ${allowNtlm ? 'with' : 'without'} NTLM`, async t => {
    const app = application(t, tenant, allowNtlm ? withoutBindings() : undefined)
    const error = await errorOf(app, { ...JOE, allowNtlm })
    assert.equal(error.code, 'negotiate_no_credentials', error.message)
    assert.match(error.message, /There is no ticket or Windows sign-in to use: asked for HTTP\/localhost/)
    assert.match(error.hint, /sign in to the Windows domain/)
    assert.match(error.steps.at(-1) ?? '', /failed \(negotiate_no_credentials\) after 401, offers Negotiate, NTLM$/)
    assert.deepEqual(asked(tenant), ['GET userrealm', 'GET mex', 'POST 13/windowstransport 401'])
  })
}

test('a user of whom Windows knows no user principal name has to be named', async t => {
  const error = await errorOf(application(t, tenant), {})
  assert.equal(error.code, 'get_user_name_failed', error.message)
  assert.match(error.message, /GetUserNameExW: .+ \(NOT_FOUND 1332\)$/)
  // Wine is in a workgroup.
  assert.match(error.message, /this device is in no domain and not joined to Entra/)
  assert.match(error.hint, /in no domain.*join it to the domain or to Entra, pass username, such as joe@contoso\.com/)
  assert.equal(tenant.requests.length, 0)
})
