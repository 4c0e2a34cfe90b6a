/** Whole conversations with a service that checks the ticket and the channel bindings: MIT's acceptor behind TLS. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NativeSecurityContext } from '#lib/native/contract.js'
import { WHOLE_FILE } from '../support/machine.js'
import { present, startAcceptor } from './support/acceptor.js'
import { withKdc } from './support/kdc.js'
import { failsWith, firstToken, kdcOfThisFile, negotiate, target } from './support/negotiate.js'

describe('a conversation', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.kinit('joe', 'Passw0rd!')
  const keytab = await kdc.keytab('http', 'HTTP/localhost')
  const demanding = await startAcceptor(WHOLE_FILE, kdc, keytab)
  const { bindings: channelBindings } = demanding

  test('proves who the user is, bound to the channel, and that the service is who it should be', async () => {
    const context = await negotiate.open(target({ channelBindings }))
    const first = await context.step(new Uint8Array())
    assert.equal(first.complete, false)
    assert.equal(first.mutual, false)
    const { status, body, reply } = await present(demanding, first.output)
    assert.equal(status, 200)
    assert.deepEqual(body, {
      user: 'joe@CONTOSO.TEST',
      bound: true,
      delegated: false,
      mechanism: '1.2.840.113554.1.2.2',
    })
    assert.deepEqual(await context.step(reply), {
      output: Buffer.alloc(0),
      complete: true,
      mechanism: 'kerberos',
      mutual: true,
    })
    context.close()
  })

  test('is refused by the service when it is bound to another channel', async () => {
    const other = Buffer.from(channelBindings)
    other.writeUInt8(other.readUInt8(60 - 8) ^ 1, 60 - 8)
    const { status, body } = await present(demanding, await firstToken({ channelBindings: other }))
    assert.equal(status, 401)
    assert.equal(body.error, 'BadChannelBindingsError')
  })

  test('is refused by a service that demands bindings when it has none', async () => {
    const { status, body } = await present(demanding, await firstToken())
    assert.equal(status, 401)
    assert.equal(body.error, 'channel bindings are missing')
  })

  test('without bindings is accepted where they are not demanded', async () => {
    const allowing = await startAcceptor(WHOLE_FILE, kdc, keytab, 'allow')
    const { status, body } = await present(allowing, await firstToken())
    assert.equal(status, 200)
    assert.equal(body.bound, false)
  })

  test('ends in a failure when the service proves to be another one', async () => {
    const context = await negotiate.open(target({ channelBindings }))
    const { output } = await context.step(new Uint8Array())
    const { status, reply } = await present(demanding, output, '/forged')
    assert.equal(status, 200)
    // GSS_S_FAILURE; SPNEGO has no number of its own for it.
    await assert.rejects(context.step(reply), { code: 'FAILED', call: 'gss_init_sec_context', status: 13 << 16 })
    await assert.rejects(context.step(reply), { code: 'FAILED', message: /conversation is over/ })
  })

  test('ends in a failure when the service answers nonsense', async () => {
    const context = await negotiate.open(target({ channelBindings }))
    await context.step(new Uint8Array())
    await assert.rejects(context.step(Buffer.from('nonsense')), {
      code: 'FAILED',
      call: 'gss_init_sec_context',
      status: 9 << 16,
    })
  })

  test('takes a service name with its realm as it is', async () => {
    const token = await firstToken({ channelBindings, servicePrincipalName: 'HTTP/localhost@CONTOSO.TEST' })
    assert.equal((await present(demanding, token)).status, 200)
  })

  test('asks for Kerberos only, unless NTLM is allowed', async () => {
    const ntlm = Buffer.from('060a2b06010401823702020a', 'hex')
    const token = Buffer.from(await firstToken({ channelBindings }))
    assert.equal(token.includes(ntlm), false)
    // There is no NTLM on this machine, so what is allowed changes nothing.
    assert.equal((await present(demanding, await firstToken({ channelBindings, allowNtlm: true }))).status, 200)
  })

  test('is over after its last step', async () => {
    const context = await negotiate.open(target({ channelBindings }))
    const { output } = await context.step(new Uint8Array())
    await context.step((await present(demanding, output)).reply)
    await assert.rejects(context.step(new Uint8Array()), { code: 'FAILED', call: 'step' })
  })

  test('refuses a step while another one is under way', async () => {
    const context = await negotiate.open(target())
    const first = context.step(new Uint8Array())
    await assert.rejects(context.step(new Uint8Array()), failsWith('BUSY'))
    assert.equal((await first).complete, false)
    context.close()
  })

  test('can be closed more than once, and is over then', async () => {
    const context = await negotiate.open(target())
    context.close()
    context.close()
    await assert.rejects(context.step(new Uint8Array()), { code: 'FAILED', call: 'step' })
  })

  test('lends its methods to no other object', async () => {
    const context = await negotiate.open(target())
    const Context = context.constructor as new () => NativeSecurityContext
    const input = new Uint8Array()
    for (const other of [{}, negotiate, Context.prototype]) {
      assert.throws(() => context.step.call(other as NativeSecurityContext, input), TypeError)
      assert.throws(() => context.close.call(other as NativeSecurityContext), TypeError)
    }
    assert.throws(() => new Context().step(input), TypeError)
    new Context().close()
    assert.ok((await context.step(input)).output.length > 0)
    context.close()
  })
})
