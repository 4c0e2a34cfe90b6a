/** The fake clock: sleepers wake in order, at their own time, and not at all once they have given up. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../fakes/fake-clock.js'

describe('the fake clock', () => {
  test('wakes sleepers in the order of their times, each at its own time', async () => {
    const clock = new FakeClock(new Date(0))
    const woken: Array<[string, number]> = []
    for (const [name, ms] of [
      ['late', 30],
      ['early', 10],
      ['later', 30],
    ] as const) {
      void clock.sleep(ms).then(() => woken.push([name, clock.now()]))
    }
    await clock.advance(29)
    assert.deepEqual(woken, [['early', 10]])
    await clock.advance(1)
    assert.deepEqual(woken, [
      ['early', 10],
      ['late', 30],
      ['later', 30],
    ])
    assert.equal(clock.now(), 30)
    assert.equal(clock.sleeping, 0)
  })

  test('wakes a loop as often as it falls asleep again', async () => {
    const clock = new FakeClock(new Date(0))
    let rounds = 0
    const loop = async () => {
      while (rounds < 5) {
        await clock.sleep(10)
        rounds += 1
      }
    }
    const done = loop()
    await clock.advance(45)
    assert.equal(rounds, 4)
    await clock.advance(5)
    await done
  })

  test('rejects with the reason of the signal and forgets the sleeper', async () => {
    const clock = new FakeClock()
    const abort = new AbortController()
    const sleep = clock.sleep(10, abort.signal)
    abort.abort(new Error('enough'))
    await assert.rejects(sleep, /enough/)
    assert.equal(clock.sleeping, 0)
    await assert.rejects(clock.sleep(10, abort.signal), /enough/)
    assert.equal(clock.sleeping, 0)
  })
})
