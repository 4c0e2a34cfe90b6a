/** A fleet: four processes, a thousand accounts whose tokens have expired, ten thousand silent calls, one renewal an account. */
import assert from 'node:assert/strict'
import { beforeEach, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { AccountInfo } from 'latchkey'
import { soak, until, WHOLE_FILE } from '../support/machine.js'
import { Program } from '../support/program.js'
import type { MemberOptions, Outcome } from './programs/member.js'
import { KEY, RedisServer, SCOPES, setStage } from './support.js'

const PROCESSES = 4
const ACCOUNTS = soak(1_000)
const CALLS = soak(10_000)
// Prolonged every third of it: a busy machine may let a process wait for a second or two.
const LOCK_SECONDS = 6

const users = Array.from({ length: ACCOUNTS }, (_, index) => ({ username: `user${index}@contoso.onmicrosoft.com` }))
const stage = await setStage({ users })
const { tenant } = stage
const server = await RedisServer.start(WHOLE_FILE)
const redis = await server.client()

beforeEach(async () => {
  tenant.scenario(null)
  await redis.flushAll()
})

/** Signs in the first `count` users, with tokens that have to be renewed at once. */
async function signedIn(t: TestContext, count: number): Promise<AccountInfo[]> {
  const app = stage.application(t, { client: await server.client(), encryptionKey: KEY })
  tenant.scenario({ expiresInSeconds: 60 })
  const accounts: AccountInfo[] = []
  for (let i = 0; i < count; i += 20) {
    const names = Array.from({ length: Math.min(20, count - i) }, (_, j) => `user${i + j}`)
    accounts.push(...(await Promise.all(names.map(async name => (await stage.signIn(app, name)).account))))
  }
  // A refresh token that is used twice is refused, as a strict tenant does it.
  tenant.scenario({ expiresInSeconds: 3_600, rotation: 'revokeOld' })
  tenant.requests.length = 0
  return accounts
}

async function startMembers(t: TestContext, accounts: AccountInfo[], more: Partial<MemberOptions> = {}) {
  const options: MemberOptions = {
    clientId: tenant.clientId,
    authority: tenant.authority,
    ca: tenant.caPem,
    socket: server.path,
    key: KEY.toString('base64'),
    accounts,
    refreshLockSeconds: 10,
    concurrency: 25,
    ...more,
  }
  const file = new URL('programs/member.js', import.meta.url)
  const programs = Array.from({ length: PROCESSES }, () => Program.node(t, file))
  for (const program of programs) program.send(JSON.stringify(options))
  for (const program of programs) assert.equal(await program.line(), 'ready')
  return programs.map(program => ({
    program,
    async silent(wanted: number[]): Promise<Outcome> {
      program.send(JSON.stringify(wanted))
      return JSON.parse(await program.line()) as Outcome
    },
  }))
}

/** Counts renewals by refresh token; the tenant remembers only its latest requests. */
function countRenewals(t: TestContext): { stop(): Map<string, number> } {
  const uses = new Map<string, number>()
  const collect = () => {
    for (const { form } of tenant.requests.splice(0)) {
      if (form.grant_type !== 'refresh_token') continue
      const token = form.refresh_token ?? ''
      uses.set(token, (uses.get(token) ?? 0) + 1)
    }
  }
  const timer = setInterval(collect, 20)
  t.after(() => clearInterval(timer))
  return {
    stop() {
      clearInterval(timer)
      collect()
      return uses
    },
  }
}

test(`${PROCESSES} processes, ${ACCOUNTS} accounts, ${CALLS} silent calls: one renewal an account`, async t => {
  const accounts = await signedIn(t, ACCOUNTS)
  const members = await startMembers(t, accounts)
  const counted = countRenewals(t)
  // Each asks for each account, in another order; what is left over is for accounts of which others may have renewed.
  const each = Math.ceil(CALLS / PROCESSES)
  const wanted = (member: number) =>
    Array.from({ length: each }, (_, index) => (index * 7 + member * 251 + Math.floor(index / ACCOUNTS)) % ACCOUNTS)
  const outcomes = await Promise.all(members.map(({ silent }, member) => silent(wanted(member))))
  const uses = counted.stop()
  assert.deepEqual(
    outcomes.flatMap(({ errors }) => errors),
    [],
  )
  assert.equal(
    outcomes.reduce((sum, { calls }) => sum + calls, 0),
    each * PROCESSES,
  )
  assert.equal(uses.size, ACCOUNTS)
  assert.ok([...uses.values()].every(times => times === 1))
  for (let index = 0; index < ACCOUNTS; index++) {
    assert.equal(new Set(outcomes.map(({ tokens }) => tokens[index])).size, 1, `all have the same token of ${index}`)
  }
  const again = await Promise.all(
    members.map(({ silent }) => silent(Array.from({ length: each }, (_, i) => i % ACCOUNTS))),
  )
  assert.ok(again.every(({ hits, calls }) => hits === calls))
  const rate = (list: Outcome[]) => Math.round((each * PROCESSES * 1000) / Math.max(...list.map(({ ms }) => ms)))
  t.diagnostic(`${rate(outcomes)} calls a second with the renewals, ${rate(again)} hits a second without`)
})

test('a process that is killed while it renews delays the others for the expiry of its lock', async t => {
  const accounts = await signedIn(t, 1)
  const members = await startMembers(t, accounts, { refreshLockSeconds: LOCK_SECONDS, concurrency: 1 })
  const [holder, ...others] = members
  tenant.scenario({ faults: { token: { kind: 'hang', times: 1 } } })
  holder?.silent([0]).catch(() => {})
  await until(() => stage.renewals() === 1)
  const waiting = others.map(({ silent }) => silent([0]))
  // Longer than the expiry: as long as the holder lives it prolongs its lock.
  const early = await Promise.race([...waiting, delay(LOCK_SECONDS * 1_200, 'nobody')])
  assert.equal(early, 'nobody')
  assert.equal((await redis.keys('*{lock:*}')).length, 1)
  const killedAt = performance.now()
  await holder?.program.kill()
  const outcomes = await Promise.all(waiting)
  const delayMs = performance.now() - killedAt
  assert.deepEqual(
    outcomes.flatMap(({ errors }) => errors),
    [],
  )
  assert.equal(stage.renewals(), 2)
  assert.equal(new Set(outcomes.map(({ tokens }) => tokens[0])).size, 1)
  assert.equal((await redis.keys('*{lock:*}')).length, 0)
  t.diagnostic(
    `all had the token ${Math.round(delayMs)} ms after the holder was killed; its lock lasts ${LOCK_SECONDS} s`,
  )
  assert.ok(delayMs < LOCK_SECONDS * 1_000 + 10_000, `${delayMs} ms`)
})

test('Redis is killed and started again, empty, in the middle: every call succeeds and nobody is signed out', async t => {
  const count = Math.min(ACCOUNTS, 100)
  const accounts = await signedIn(t, count)
  tenant.scenario({ rotation: 'keepOld' })
  const members = await startMembers(t, accounts, { concurrency: 4 })
  const all = Array.from({ length: count }, (_, index) => index)
  for (const outcome of await Promise.all(members.map(({ silent }) => silent(all))))
    assert.deepEqual(outcome.errors, [])
  const many = Array.from({ length: soak(20_000) }, (_, index) => index % count)
  const running = members.map(({ silent }) => silent(many))
  await delay(100)
  await server.kill()
  await delay(500)
  await server.start()
  for (const { errors, hits, calls } of await Promise.all(running)) {
    assert.deepEqual(errors, [])
    assert.equal(hits, calls)
  }
  await Promise.all(members.map(({ silent }) => silent(all)))
  const app = stage.application(t, { client: await server.client(), encryptionKey: KEY })
  for (let i = 0; i < 100 && (await app.getAccounts()).length < count; i++) {
    await delay(100)
    await Promise.all(members.map(({ silent }) => silent(all)))
  }
  assert.equal((await app.getAccounts()).length, count)
  for (const account of accounts) assert.ok((await app.acquireTokenSilent({ scopes: SCOPES, account })).fromCache)
})
