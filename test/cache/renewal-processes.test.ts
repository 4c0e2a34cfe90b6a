/** Many processes that share a cache renew a token once, whoever of them dies or hangs, and never sign anybody out. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createDualFileCache, createPersistentCache, PublicClientApplication } from 'latchkey'
import { emulate } from '../emulator/support.js'
import { temporaryFolder, until } from '../support/machine.js'
import type { RenewOptions } from './programs/renew.js'
import { startProgram } from './support.js'

const PROCESSES = 16
const SCOPES = ['User.Read']

const { tenant, user } = await emulate({ users: [{ username: 'gina@fabrikam.example' }] })

interface Outcome {
  accessToken?: string
  fromCache?: boolean
  code?: string
  ms: number
}

const renewals = () => tenant.requests.filter(({ form }) => form.grant_type === 'refresh_token')

/** A cache file in which somebody has a token with `expiresInSeconds`, and processes that use it. */
async function signedIn(
  t: TestContext,
  { isDual = false, name = 'alice', expiresInSeconds = 60, rotation = 'keepOld' as 'keepOld' | 'revokeOld' } = {},
) {
  const file = join(await temporaryFolder(t), 'cache')
  const { clientId, authority, caPem: ca } = tenant
  const cache = isDual
    ? await createDualFileCache({ msalFile: file, adalV3File: `${file}.adal`, encrypt: false })
    : await createPersistentCache({ name: 'renew', file, allowUnencryptedStorage: true })
  const knownAuthorities = [new URL(authority).host]
  const app = new PublicClientApplication({ clientId, authority, knownAuthorities, http: { ca, proxy: false }, cache })
  tenant.scenario(null)
  tenant.scenario({ expiresInSeconds })
  const { username, password } = user(name)
  const { accessToken } = await app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
  await app.close()
  tenant.scenario({ expiresInSeconds: 3_600, rotation })
  tenant.requests.length = 0
  const options = { clientId, authority, ca, file, isDual }
  return {
    file,
    accessToken,
    /** Processes that have loaded the cache and wait to be told. */
    async start(count: number, request: (index: number) => Partial<RenewOptions['request']> = () => ({})) {
      const programs = Array.from({ length: count }, (_, index) =>
        startProgram(t, 'renew', JSON.stringify({ ...options, request: { scopes: SCOPES, ...request(index) } })),
      )
      for (const program of programs) assert.equal(await program.line(), 'ready')
      return programs.map(program => ({
        program,
        silent: async (): Promise<Outcome> => {
          program.send('now')
          return JSON.parse(await program.line())
        },
      }))
    },
    lockFiles: async () => (await readdir(join(file, '..'))).filter(name => name.endsWith('lockfile')),
  }
}

describe('sixteen processes with one expired token', () => {
  for (const [where, isDual] of [
    ['a file', false],
    ['two files', true],
  ] as const) {
    test(`make one request, in ${where}, and all have the token`, async t => {
      const { accessToken, start, lockFiles } = await signedIn(t, { isDual, rotation: 'revokeOld' })
      const processes = await start(PROCESSES)
      const outcomes = await Promise.all(processes.map(({ silent }) => silent()))
      assert.equal(renewals().length, 1)
      const tokens = new Set(outcomes.map(outcome => outcome.accessToken))
      assert.equal(tokens.size, 1)
      assert.ok(!tokens.has(accessToken) && !tokens.has(undefined), JSON.stringify(outcomes))
      assert.equal(outcomes.filter(({ fromCache }) => fromCache).length, PROCESSES - 1)
      assert.deepEqual(await lockFiles(), [])
      t.diagnostic(`the last one had it after ${Math.max(...outcomes.map(({ ms }) => ms))} ms`)
    })
  }

  test('who all want a token of their own get it one by one, so that no refresh token is used twice', async t => {
    const { start } = await signedIn(t, { rotation: 'revokeOld' })
    const scopes = [['User.Read'], ['Mail.Read'], ['Files.Read'], ['Calendars.Read']]
    const processes = await start(8, index =>
      index % 2 === 0 ? { forceRefresh: true } : { scopes: scopes[index % 4] ?? SCOPES },
    )
    const outcomes = await Promise.all(processes.map(({ silent }) => silent()))
    assert.deepEqual(
      outcomes.map(({ code }) => code),
      outcomes.map(() => undefined),
    )
    const used = renewals().map(({ form }) => form.refresh_token)
    assert.ok(used.length >= 4 + 2, `${used.length} requests`)
    assert.equal(new Set(used).size, used.length)
    assert.equal((await processes[0]?.silent())?.code, undefined, 'nobody has been signed out')
  })
})

test('a holder that is killed during its request delays the others no longer than their next try', async t => {
  const { start, lockFiles } = await signedIn(t)
  const [holder, ...others] = await start(4)
  tenant.scenario({ faults: { token: { kind: 'hang', times: 1 } } })
  holder?.silent().catch(() => {})
  await until(() => renewals().length === 1)
  assert.equal((await lockFiles()).length, 1)
  const waiting = others.map(({ silent }) => silent())
  const early = await Promise.race([...waiting, new Promise(resolve => setTimeout(resolve, 500, 'nobody'))])
  assert.equal(early, 'nobody', 'they wait for the holder')
  const killedAt = performance.now()
  await holder?.program.kill()
  const outcomes = await Promise.all(waiting)
  const delayMs = performance.now() - killedAt
  assert.equal(renewals().length, 2)
  assert.equal(new Set(outcomes.map(({ accessToken }) => accessToken)).size, 1)
  assert.deepEqual(await lockFiles(), [])
  t.diagnostic(`all had the token ${Math.round(delayMs)} ms after the holder was killed`)
  assert.ok(delayMs < 5_000, `${delayMs} ms`)
})

test('a new process is silent from the cache for a user of another domain than the authority’s', async t => {
  const { accessToken, start } = await signedIn(t, { name: 'gina', expiresInSeconds: 3_600 })
  const [next] = await start(1)
  const { ms: _, ...outcome } = (await next?.silent()) ?? { ms: 0 }
  assert.deepEqual(outcome, { accessToken, fromCache: true })
  assert.deepEqual(tenant.requests, [])
})
