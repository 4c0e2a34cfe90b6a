/** Many sign-ins at once in one program: each gets the answer that is meant for it, and no port stays open. */
import assert from 'node:assert/strict'
import net from 'node:net'
import { test } from 'node:test'
import { soak, until } from '../support/machine.js'
import { interactively, setStage } from './support.js'

const PARALLEL = 50
const RUNS = soak(10)

const names = Array.from({ length: PARALLEL }, (_, index) => `user${index}@contoso.onmicrosoft.com`)
const stage = await setStage({ users: names.map(username => ({ username })) })
const { tenant } = stage

/** How many sockets this process listens with, besides the tenant's. */
const listening = () => process.getActiveResourcesInfo().filter(name => name === 'TCPServerWrap').length

function isOpen(port: number, host: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect({ port, host })
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

test(`${RUNS} runs of ${PARALLEL} parallel sign-ins`, { timeout: 170_000 }, async t => {
  const before = listening()
  const took: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const { app, clock } = stage.application(t)
    tenant.requests.length = 0
    const visits = names.map(name => stage.visit(name.split('@')[0] ?? ''))
    const startedAt = performance.now()
    const results = await Promise.all(
      visits.map((visit, index) => interactively(app, visit, { extraQueryParameters: { sign_in: `${index}` } })),
    )
    took.push(performance.now() - startedAt)

    assert.deepEqual(
      results.map(({ account }) => account.username),
      names,
    )
    for (const [index, result] of results.entries()) {
      const asked = visits[index]?.urls[0]?.searchParams
      assert.equal(result.idTokenClaims?.nonce, asked?.get('nonce'))
      const { page } = (await visits[index]?.end()) ?? {}
      assert.equal(page?.title, 'Signed in')
    }
    const redirects = visits.map(({ urls }) => new URL(urls[0]?.searchParams.get('redirect_uri') ?? ''))
    const ports = redirects.map(({ port }) => Number(port))
    assert.equal(new Set(ports).size, PARALLEL)
    assert.equal(stage.tokenRequests().length, PARALLEL)
    assert.equal((await app.getAccounts()).length, PARALLEL)

    for (const port of ports) {
      for (const host of ['127.0.0.1', '::1']) assert.equal(await isOpen(port, host), false, `${host} ${port}`)
    }
    await until(() => listening() === before)
    assert.equal(clock.sleeping, 0)
    await app.close()
  }
  t.diagnostic(`each run of ${PARALLEL} took ${took.map(ms => `${Math.round(ms)} ms`).join(', ')}`)
})

test('given up in the middle, none of them leaves a port open or takes the answer of another', async t => {
  const { app, clock } = stage.application(t)
  const before = listening()
  const visits = names.slice(0, 20).map(name => stage.visit(name.split('@')[0] ?? ''))
  const ends = visits.map(async (visit, index) => {
    const cancel = new AbortController()
    const isGivenUp = index % 2 === 1
    const giveUp = async () => cancel.abort(new Error(`sign-in ${index}`))
    const openBrowser = isGivenUp ? giveUp : visit.open
    const call = app.acquireTokenInteractive({
      scopes: ['User.Read'],
      signal: cancel.signal,
      systemBrowser: { openBrowser },
    })
    if (isGivenUp) return assert.rejects(call, { message: `sign-in ${index}` })
    const { account } = await call
    assert.equal(account.username, names[index])
  })
  await Promise.all(ends)
  assert.equal((await app.getAccounts()).length, 10)
  assert.equal(clock.sleeping, 0)
  // A handle that has been closed is gone a turn of the event loop later.
  await until(() => listening() === before)
})
