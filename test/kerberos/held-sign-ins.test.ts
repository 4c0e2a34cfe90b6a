/** Sixteen sign-ins that a KDC leaves waiting: everything else goes on, each can be given up at once, and the process can end. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createPersistentCache } from 'latchkey'
import { temporaryFolder } from '../support/machine.js'
import { Program } from '../support/program.js'
import { HeldKdc } from './support/held-kdc.js'
import { withKdc } from './support/kdc.js'
import { kdcOfThisFile } from './support/negotiate.js'
import { scopes, setSignInStage } from './support/sign-in.js'

const PENDING = 16
const THREADS = 4
// An ordinary call takes some 20 ms; one that is held up would be for as long as the test wants.
const AT_ONCE_MS = 2000
// The Kerberos library gives up on a KDC after ten seconds at the earliest.
const WITHOUT_WAITING_MS = 5000

describe('while a KDC leaves sixteen sign-ins waiting', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.kinit('joe', 'Passw0rd!')
  const keytab = await kdc.keytab('http', 'HTTP/localhost')
  const judged = await setSignInStage(kdc, keytab, ['joe@contoso.test'])
  const { tenant } = judged
  let services = 0

  /** Services that nobody has a ticket for yet, so that the KDC has to be asked. */
  async function newServices(count: number): Promise<string[]> {
    const names = Array.from({ length: count }, () => `HTTP/held${services++}.contoso.test`)
    for (const name of names) await kdc.addPrincipal(name, '-randkey')
    return names
  }

  /** Begins the sign-ins; resolves when the KDC holds as many questions as there can be. */
  async function begin(t: TestContext, signal: AbortSignal) {
    const app = judged.application(t)
    const names = await newServices(PENDING)
    const held = await HeldKdc.start(t, kdc)
    const calls = names.map(servicePrincipalName =>
      app
        .acquireTokenByIntegratedWindowsAuth({ scopes, servicePrincipalName, signal })
        .catch((error: unknown) => error),
    )
    let settled = 0
    for (const call of calls) void call.then(() => settled++)
    await held.holding(THREADS)
    return { app, held, calls, settled: () => settled }
  }

  test('files, cached tokens and passwords are there at once, with caches in memory and on disk', async t => {
    const abort = new AbortController()
    const folder = await temporaryFolder(t)
    const cache = await createPersistentCache({ name: 'held', directory: folder, allowUnencryptedStorage: true })
    const apps = [judged.application(t), judged.application(t, cache)]
    const { username, password } = judged.user('alice')
    const accounts = []
    for (const app of apps)
      accounts.push((await app.acquireTokenByUsernamePassword({ scopes, username, password })).account)
    const { held, calls, settled } = await begin(t, abort.signal)

    for (const [index, app] of apps.entries()) {
      const began = performance.now()
      // More reads than libuv has threads, so that one held-up thread there would be noticed too.
      await Promise.all(Array.from({ length: PENDING }, () => readFile(kdc.env.KRB5_CONFIG)))
      const found = await app.acquireTokenSilent({ scopes, account: accounts[index] })
      assert.equal(found.fromCache, true)
      await app.acquireTokenByUsernamePassword({ scopes: ['Mail.Read'], username, password })
      await app.getAccounts()
      const tookMs = performance.now() - began
      assert.ok(tookMs < AT_ONCE_MS, `${index === 0 ? 'memory' : 'disk'}: ${tookMs} ms`)
    }
    assert.deepEqual([settled(), held.asked], [0, THREADS])

    const reason = new Error('given up')
    const aborted = performance.now()
    abort.abort(reason)
    for (const outcome of await Promise.all(calls)) assert.equal(outcome, reason)
    assert.ok(performance.now() - aborted < AT_ONCE_MS)
    assert.equal(held.asked, THREADS, 'who has been given up asks nobody any more')
  })

  test('close() ends all of them at once', async t => {
    const { app, calls } = await begin(t, new AbortController().signal)
    const began = performance.now()
    await app.close()
    for (const outcome of await Promise.all(calls)) assert.equal((outcome as { code?: string }).code, 'app_closed')
    assert.ok(performance.now() - began < AT_ONCE_MS)
  })

  for (const how of ['abort', 'close'] as const) {
    test(`a process that has given them up by ${how} ends by itself`, async t => {
      const folder = await temporaryFolder(t)
      const names = await newServices(PENDING)
      const held = await HeldKdc.start(t, kdc)
      const { clientId, authority, caPem: ca } = tenant
      const job = join(folder, 'job.json')
      await writeFile(job, JSON.stringify({ clientId, authority, ca, scopes, names, how }))
      const program = Program.node(t, new URL('programs/given-up.js', import.meta.url), job)
      await held.holding(THREADS)
      const began = performance.now()
      program.send('give up')
      assert.equal(await program.line(), `${PENDING} given up`)
      await program.ended()
      const tookMs = performance.now() - began
      assert.ok(tookMs < WITHOUT_WAITING_MS, `${tookMs} ms`)
    })
  }
})
