/** The bridge from HTTP to the system: what is passed on, and what each failure of the system becomes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ClientError } from '#lib/errors.js'
import type { NativeFailureCode, SecretFailureCode, WindowFailureCode } from '#lib/native/contract.js'
import { createNegotiator, type NegotiatorOptions, servicePrincipalNameOf } from '#lib/wstrust/negotiator.js'
import { Steps } from '#lib/wstrust/steps.js'
import { FakeNegotiate, nativeFailure } from '../../fakes/fake-negotiate.js'
import { MemoryLogger } from '../../fakes/memory-logger.js'

const SPN = 'HTTP/fs.example'
const BINDINGS = new TextEncoder().encode('tls-server-end-point:hash')

function bridge(native: FakeNegotiate, options: Partial<NegotiatorOptions> = {}) {
  const logger = new MemoryLogger()
  const negotiator = createNegotiator({
    native,
    servicePrincipalName: SPN,
    kerberos: {},
    allowNtlm: true,
    steps: new Steps(logger),
    correlationId: 'request-id',
    ...options,
  })
  return { negotiator, logger }
}

describe('what is passed on', () => {
  test('the name, the bindings, and nobody’s credentials where none are named', async () => {
    const native = new FakeNegotiate()
    const { negotiator } = bridge(native)
    const context = await negotiator.open(BINDINGS)
    const { output, mechanism } = await context.step(new Uint8Array())
    assert.equal(output[0], 0x60)
    assert.equal(mechanism, 'kerberos')
    assert.deepEqual(native.targets, [
      {
        servicePrincipalName: SPN,
        channelBindings: BINDINGS,
        allowNtlm: true,
        credentials: {
          clientKeytab: '',
          credentialCache: '',
          principal: '',
          username: '',
          domain: '',
          password: new Uint8Array(),
        },
      },
    ])
    context.close()
    assert.equal(native.unclosed, 0)
  })

  test('a keytab, a cache, a principal, and that NTLM is not wanted', async () => {
    const native = new FakeNegotiate()
    const kerberos = { clientKeytab: 'FILE:/k', credentialCache: 'MEMORY:c', principal: 'svc@CONTOSO.TEST' }
    await bridge(native, { kerberos, allowNtlm: false }).negotiator.open(BINDINGS)
    const [target] = native.targets
    assert.equal(target?.allowNtlm, false)
    const { clientKeytab, credentialCache, principal } = target.credentials
    assert.deepEqual({ clientKeytab, credentialCache, principal }, kerberos)
  })

  test('the name of a service has no port, and no dot at its end', () => {
    assert.equal(servicePrincipalNameOf(new URL('https://fs.contoso.com./adfs')), 'HTTP/fs.contoso.com')
    assert.equal(servicePrincipalNameOf(new URL('https://FS.Contoso.com:8443/adfs')), 'HTTP/fs.contoso.com')
  })
})

describe('a failure', () => {
  const TABLE: Record<Exclude<NativeFailureCode, 'BUSY' | SecretFailureCode | WindowFailureCode>, [string, RegExp]> = {
    NO_CREDENTIALS: ['negotiate_no_credentials', /kinit/],
    EXPIRED: ['negotiate_credentials_expired', /kinit.*time of this machine/],
    UNKNOWN_SERVICE: ['negotiate_unknown_service', /setspn.*servicePrincipalName/],
    UNREACHABLE: ['negotiate_kdc_unreachable', /krb5\.conf/],
    UNAVAILABLE: ['native_unavailable', /kerberos.*is for Linux/],
    DENIED: ['integrated_windows_authentication_failed', /keytab/],
    FAILED: ['integrated_windows_authentication_failed', /steps/],
    NOT_FOUND: ['integrated_windows_authentication_failed', /steps/],
  }
  for (const [code, [expected, hint]] of Object.entries(TABLE)) {
    for (const where of ['open', 'step'] as const) {
      test(`${code} at ${where} becomes ${expected}, with the name that was asked for and the system’s words`, async () => {
        const native = new FakeNegotiate()
        const failure = nativeFailure(code as NativeFailureCode, 'Server not found in Kerberos database')
        if (where === 'open') native.openFailure = failure
        else native.stepFailure = failure
        const { negotiator, logger } = bridge(native)
        const call = async () => (await negotiator.open(BINDINGS)).step(new Uint8Array())
        await assert.rejects(call, (error: unknown) => {
          assert.ok(error instanceof ClientError)
          assert.equal(error.code, expected)
          assert.match(error.message, /HTTP\/fs\.example/)
          assert.match(error.message, /Server not found in Kerberos database/)
          assert.match(error.message, /851968\/-1765328377/)
          assert.match(error.hint, hint)
          assert.equal(error.cause, failure)
          assert.equal(error.correlationId, 'request-id')
          return true
        })
        const { message, pii = '' } = logger.lines.at(-1) ?? assert.fail()
        assert.match(pii, new RegExp(`HTTP/fs.example: gss_init_sec_context: Server not .*${code} 851968`))
        // The system's words may name the user.
        assert.equal(message, `Negotiate: HTTP/fs.example: gss_init_sec_context (${code} 851968/-1765328377)`)
      })
    }
  }

  test('to load the library says which package has it', async () => {
    const native = new FakeNegotiate()
    native.openFailure = nativeFailure('UNAVAILABLE', 'no such file', { call: 'dlopen', status: 0, minorStatus: 0 })
    await assert.rejects(bridge(native).negotiator.open(BINDINGS), {
      code: 'native_unavailable',
      message: /cannot be loaded.*dlopen: no such file/,
      hint: /libgssapi-krb5-2/,
    })
  })

  test('that is not the system’s is passed on as it is', async () => {
    const native = new FakeNegotiate()
    const { negotiator } = bridge(native)
    const bug = new TypeError('a bug')
    native.openFailure = bug as never
    await assert.rejects(negotiator.open(BINDINGS), bug)
  })
})
