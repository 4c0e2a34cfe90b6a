/** Kerberos through SSPI against a KDC and a service outside, which checks the tickets: LATCHKEY_ACCEPTOR says where it is. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { NativeSecurityContext } from '#lib/native/contract.js'
import { present } from '../kerberos/support/acceptor.js'
import { explicit, firstStep, NOTHING, negotiate, target } from './support/negotiate.js'

const acceptor = JSON.parse(process.env.LATCHKEY_ACCEPTOR ?? '{}') as { port: number; ca: string; bindings: string }

/** What the service makes of the first token, and the conversation, which may go on. */
async function converse(parts: Parameters<typeof target>[0] = {}, path = '/') {
  const context = await negotiate.open(target(parts))
  const first = await context.step(NOTHING)
  assert.equal(first.complete, false)
  assert.equal(first.mechanism, 'kerberos')
  return { context, ...(await present(acceptor, first.output, path)) }
}

async function finish({ context, reply }: { context: NativeSecurityContext; reply: Uint8Array }): Promise<void> {
  const last = await context.step(reply)
  assert.deepEqual(
    { ...last, output: last.output.length },
    { output: 0, complete: true, mechanism: 'kerberos', mutual: true },
  )
  context.close()
}

describe('a conversation with a ticket', () => {
  for (const allowNtlm of [false, true]) {
    test(`proves who both sides are, ${allowNtlm ? 'where NTLM would be allowed too' : 'by Kerberos alone'}`, async () => {
      const conversation = await converse({ allowNtlm })
      assert.equal(conversation.status, 200)
      assert.equal(conversation.body.user, 'joe@CONTOSO.TEST')
      assert.equal(conversation.body.delegated, false)
      await finish(conversation)
    })
  }

  test('goes on with channel bindings, which Wine leaves out', async () => {
    const conversation = await converse({ channelBindings: Buffer.from(acceptor.bindings, 'base64') })
    assert.equal(conversation.status, 200)
    await finish(conversation)
  })

  test('ends in a failure when the reply of the service is forged', async () => {
    const { context, status, reply } = await converse({}, '/forged')
    assert.equal(status, 200)
    await assert.rejects(context.step(reply), { code: 'FAILED', call: 'InitializeSecurityContextW' })
    await assert.rejects(context.step(reply), { code: 'FAILED', call: 'step' })
  })

  test('ends in a failure when the service sends nothing back', async () => {
    const { context } = await converse()
    await assert.rejects(context.step(NOTHING), { code: 'FAILED', call: 'InitializeSecurityContextW' })
  })

  test('with a service that the KDC does not know ends in a failure', async () => {
    const servicePrincipalName = 'HTTP/unknown.contoso.test'
    await assert.rejects(firstStep({ servicePrincipalName }), { call: 'InitializeSecurityContextW' })
  })

  test('takes one step at a time', async () => {
    const context = await negotiate.open(target())
    const [first, second] = await Promise.allSettled([context.step(NOTHING), context.step(NOTHING)])
    assert.equal(first.status, 'fulfilled')
    assert(second.status === 'rejected')
    assert.equal(second.reason.code, 'BUSY')
    context.close()
  })

  test('is over when it is closed, during a step too', async () => {
    const context = await negotiate.open(target())
    const step = context.step(NOTHING)
    context.close()
    context.close()
    await Promise.allSettled([step])
    await assert.rejects(context.step(NOTHING), { code: 'FAILED', call: 'step' })
  })
})

describe('conversations', () => {
  test('go on side by side', async () => {
    const conversations = await Promise.all(Array.from({ length: 10 }, () => converse()))
    await Promise.all(conversations.map(finish))
  })

  test('take place in worker threads', async () => {
    const support = new URL('./support/negotiate.js', import.meta.url).href
    const script = `import(${JSON.stringify(support)}).then(async ({ firstStep }) => {
      require('node:worker_threads').parentPort.postMessage((await firstStep()).output)
    })`
    const workers = Array.from({ length: 2 }, () => new Worker(script, { eval: true }))
    for (const [token] of await Promise.all(workers.map(worker => once(worker, 'message')))) {
      assert.equal((await present(acceptor, token)).status, 200)
    }
    await Promise.all(workers.map(worker => worker.terminate()))
  })
})

describe('explicit credentials', () => {
  test('of somebody else are used instead of the ticket', async () => {
    const conversation = await converse({ credentials: explicit('ann', 'CONTOSO.TEST', 'Pässwörd 2') })
    assert.equal(conversation.body.user, 'ann@CONTOSO.TEST')
    await finish(conversation)
  })

  test('with a wrong password fail instead of falling back to the ticket', async () => {
    await assert.rejects(firstStep({ credentials: explicit('ann', 'CONTOSO.TEST', 'wrong') }))
  })
})
