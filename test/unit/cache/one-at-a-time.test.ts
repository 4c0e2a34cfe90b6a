/** Work that is shared: no two runs at once, and nobody is given the outcome of one that began too early for him. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { OneAtATime } from '#lib/cache/one-at-a-time.js'

/** Work whose runs end when the test says so, each with its number. */
function countedWork() {
  const ends: Array<() => void> = []
  let atOnce = 0
  const shared = new OneAtATime(async () => {
    const number = ends.length + 1
    assert.equal(++atOnce, 1, 'two runs at once')
    await new Promise<void>(end => ends.push(end))
    atOnce--
    if (number === 2) throw new Error('the second one fails')
    return number
  })
  return { shared, ends }
}

for (const way of ['run', 'runNow'] as const) {
  test(`${way}: who comes while a run is under way shares the one that begins after it, also its failure`, async () => {
    const { shared, ends } = countedWork()
    const first = shared[way]()
    await turn()
    const others = [shared[way](), shared.run(), shared.runNow()]
    const outcomes = Promise.allSettled(others)
    await turn()
    assert.equal(ends.length, 1)
    ends[0]?.()
    assert.equal(await first, 1)
    await turn()
    ends[1]?.()
    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    )
    const last = shared[way]()
    await turn()
    ends[2]?.()
    assert.equal(await last, 3)
    assert.equal(ends.length, 3)
  })
}

test('run begins in a moment and is shared by all who ask in this one; runNow has begun when it returns', async () => {
  const { shared, ends } = countedWork()
  const together = [shared.run(), shared.run(), shared.runNow()]
  assert.equal(ends.length, 0)
  await turn()
  ends[0]?.()
  assert.deepEqual(await Promise.all(together), [1, 1, 1])
  await turn()
  const now = shared.runNow()
  assert.equal(ends.length, 2)
  ends[1]?.()
  await assert.rejects(now, /second/)
})

test('who asks at the very end of a run neither gets its outcome nor starts a second one beside the next', async () => {
  const { shared, ends } = countedWork()
  const first = shared.runNow()
  const waiting = shared.runNow()
  const atTheEnd = Promise.allSettled([first.then(() => shared.runNow()), first.then(() => shared.run())])
  ends[0]?.()
  await turn()
  assert.equal(ends.length, 2)
  ends[1]?.()
  await assert.rejects(waiting, /second/)
  assert.deepEqual(
    (await atTheEnd).map(({ status }) => status),
    ['rejected', 'rejected'],
  )
})
