/** The real clock: it sleeps as long as it is told, also longer than a timer of Node's can. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'

test('a sleep ends when its time has come', async () => {
  const startedMs = performance.now()
  await SYSTEM_CLOCK.sleep(30)
  assert.ok(performance.now() - startedMs >= 25)
})

for (const ms of [2 ** 31, 3e12, Number.POSITIVE_INFINITY]) {
  test(`a sleep of ${ms} ms is no short one, and ends with the signal's reason`, async () => {
    const controller = new AbortController()
    let hasEnded = false
    const sleep = SYSTEM_CLOCK.sleep(ms, controller.signal).finally(() => {
      hasEnded = true
    })
    sleep.catch(() => {})
    await delay(20)
    assert.equal(hasEnded, false)
    const reason = new Error('given up')
    controller.abort(reason)
    await assert.rejects(sleep, reason)
  })
}
