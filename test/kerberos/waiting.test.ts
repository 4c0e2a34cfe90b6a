/** Waiting for a KDC that does not answer: on threads of our own, ended by nobody but the KDC, in nobody's way. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { SCOPES, setStage } from '../flow/support.js'
import { HeldKdc } from './support/held-kdc.js'
import { withKdc } from './support/kdc.js'
import { failsWith, kdcOfThisFile, negotiate, target } from './support/negotiate.js'

const PENDING = 16
const THREADS = 4
// An ordinary call takes some 20 ms; a thread that is held up would be for as long as the test wants.
const AT_ONCE_MS = 2000

describe('while a KDC leaves questions unanswered', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.kinit('joe', 'Passw0rd!')
  const stage = await setStage()
  let services = 0

  /** A conversation that has to ask the KDC, since nobody has a ticket for its service yet. */
  async function open() {
    const name = `HTTP/waiting${services++}.contoso.test`
    await kdc.addPrincipal(name, '-randkey')
    return await negotiate.open(target({ servicePrincipalName: name }))
  }

  test('files are read and tokens are got at once, with sixteen sign-ins waiting', async t => {
    const contexts = []
    for (let i = 0; i < PENDING; i++) contexts.push(await open())
    const held = await HeldKdc.start(t, kdc)
    const steps = contexts.map(context => context.step(new Uint8Array()))
    let settled = 0
    for (const step of steps) void step.finally(() => settled++)
    await held.holding(THREADS)

    const began = performance.now()
    // More reads than libuv has threads, so that one held-up thread there would be noticed too.
    await Promise.all(Array.from({ length: PENDING }, () => readFile(kdc.env.KRB5_CONFIG)))
    const { app } = stage.application(t)
    const { username, password } = stage.user('alice')
    const another = await negotiate.open(target({ servicePrincipalName: 'HTTP/another.contoso.test' }))
    another.close()
    await app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
    assert(performance.now() - began < AT_ONCE_MS)
    assert.equal(settled, 0)
    assert.equal(held.asked, THREADS)

    held.answer()
    for (const { output } of await Promise.all(steps)) assert(output.length > 100)
    for (const context of contexts) context.close()
  })

  test('another step of the same conversation is refused, even before the first has a thread', async t => {
    const contexts = await Promise.all(Array.from({ length: THREADS + 1 }, open))
    const held = await HeldKdc.start(t, kdc)
    const steps = contexts.map(context => context.step(new Uint8Array()))
    await held.holding(THREADS)
    for (const context of contexts) await assert.rejects(context.step(new Uint8Array()), failsWith('BUSY'))
    held.answer()
    await Promise.all(steps)
    for (const context of contexts) context.close()
  })

  test('a conversation that is closed during a step is over when the step is', async t => {
    const context = await open()
    const held = await HeldKdc.start(t, kdc)
    const step = context.step(new Uint8Array())
    await held.holding(1)
    context.close()
    await assert.rejects(context.step(new Uint8Array()), failsWith('BUSY'))
    held.answer()
    assert((await step).output.length > 100)
    await assert.rejects(context.step(new Uint8Array()), { code: 'FAILED', call: 'step' })
  })

  test('a conversation that is closed before its step has a thread asks nobody', async t => {
    const contexts = await Promise.all(Array.from({ length: THREADS + 1 }, open))
    const held = await HeldKdc.start(t, kdc)
    const steps = contexts.map(context => context.step(new Uint8Array()))
    await held.holding(THREADS)
    contexts.at(-1)?.close()
    held.answer()
    const outcomes = await Promise.allSettled(steps)
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      [...Array(THREADS).fill('fulfilled'), 'rejected'],
    )
    assert.equal(held.asked, THREADS)
    for (const context of contexts) context.close()
  })

  test('a KDC that breaks off is one that cannot be reached', async t => {
    const context = await open()
    const held = await HeldKdc.start(t, kdc)
    const step = context.step(new Uint8Array())
    await held.holding(1)
    held.refuse()
    await assert.rejects(step, failsWith('UNREACHABLE'))
  })
})
