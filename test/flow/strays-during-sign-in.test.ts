/** A whole sign-in while another program throws a thousand stray and hostile requests at the loopback port. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MemoryLogSink } from '../fakes/memory-logger.js'
import { interactively, setStage } from './support.js'

const stage = await setStage()
const program = fileURLToPath(new URL('programs/stray-requests.js', import.meta.url))

/** Starts the other program; resolves when its first thousand are through. */
async function harass(t: TestContext, redirectUri: URL): Promise<void> {
  const child = spawn(process.execPath, [program, redirectUri.port, redirectUri.pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill())
  await once(child.stdout, 'data')
}

test('a thousand strays neither end a sign-in nor slow it noticeably', async t => {
  const logger = new MemoryLogSink('verbose')
  const { app } = stage.application(t, { logger })
  const signIn = async (before: (redirectUri: URL) => Promise<void> = async () => {}) => {
    const visit = stage.visit('alice')
    let startedAt = 0
    const { account } = await interactively(app, visit, {
      redirectUri: 'http://localhost/back',
      systemBrowser: {
        openBrowser: async url => {
          await before(new URL(url.searchParams.get('redirect_uri') ?? ''))
          startedAt = performance.now()
          await visit.open(url)
        },
      },
    })
    assert.equal(account.username, stage.user('alice').username)
    assert.equal((await visit.end()).page.title, 'Signed in')
    return performance.now() - startedAt
  }
  const quiet = []
  for (let i = 0; i < 5; i++) quiet.push(await signIn())
  const usual = quiet.toSorted((a, b) => a - b)[2] ?? 0
  const harassed = await signIn(redirectUri => harass(t, redirectUri))
  t.diagnostic(`quiet ${usual.toFixed(0)} ms, among strays ${harassed.toFixed(0)} ms`)
  const refused = Number(/refused (\d+) requests in all/.exec(logger.text)?.[1])
  assert.ok(refused >= 500, `${refused} requests were refused, and as many connections never became one`)
  assert.ok(harassed < 20 * usual, 'the strays slow the sign-in')
})
