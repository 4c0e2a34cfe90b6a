/** Shared calls and deadlines: one caller's patience is nobody else's. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SingleFlight } from '#lib/flow/single-flight.js'
import { createDeadline } from '#lib/flow/timeout.js'
import { FakeClock } from '../../fakes/fake-clock.js'

/** Work that the test finishes by hand. */
class Work {
  readonly signals: AbortSignal[] = []
  readonly finish: Array<{ resolve(value: string): void; reject(error: Error): void }> = []

  /** How often it was started. */
  get runs(): number {
    return this.signals.length
  }

  readonly start = (signal: AbortSignal): Promise<string> => {
    this.signals.push(signal)
    return new Promise((resolve, reject) => this.finish.push({ resolve, reject }))
  }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

describe('callers who want the same', () => {
  test('share one call and its outcome, and are forgotten after it', async () => {
    const flights = new SingleFlight<string>()
    const work = new Work()
    const calls = Array.from({ length: 50 }, () => flights.run('key', undefined, work.start))
    assert.deepEqual([work.runs, flights.size], [1, 1])
    work.finish[0]?.resolve('done')
    assert.deepEqual(new Set(await Promise.all(calls)), new Set(['done']))
    assert.equal(flights.size, 0)
    assert.equal(work.signals[0]?.aborted, false)
  })

  test('share a failure too, and the next call starts anew', async () => {
    const flights = new SingleFlight<string>()
    const work = new Work()
    const calls = [1, 2, 3].map(() => flights.run('key', new AbortController().signal, work.start))
    const failure = new Error('refused')
    work.finish[0]?.reject(failure)
    for (const outcome of await Promise.allSettled(calls)) {
      assert.deepEqual(outcome, { status: 'rejected', reason: failure })
    }
    const again = flights.run('key', undefined, work.start)
    assert.equal(work.runs, 2)
    work.finish[1]?.resolve('second')
    assert.equal(await again, 'second')
  })

  test('are not mixed up with those who want something else', async () => {
    const flights = new SingleFlight<string>()
    const [a, b] = [new Work(), new Work()]
    const calls = [flights.run('a', undefined, a.start), flights.run('b', undefined, b.start)]
    assert.equal(flights.size, 2)
    b.finish[0]?.resolve('B')
    a.finish[0]?.resolve('A')
    assert.deepEqual(await Promise.all(calls), ['A', 'B'])
  })

  test('work that fails before it waits leaves nothing behind', async () => {
    const flights = new SingleFlight<string>()
    const broken = (): Promise<string> => {
      throw new Error('at once')
    }
    await assert.rejects(flights.run('key', undefined, broken), /at once/)
    assert.equal(flights.size, 0)
    assert.equal(await flights.run('key', undefined, async () => 'fine'), 'fine')
  })
})

describe('a caller who gives up', () => {
  test('is let go with the own reason, and the others are not disturbed', async () => {
    const flights = new SingleFlight<string>()
    const work = new Work()
    const abort = new AbortController()
    const impatient = flights.run('key', abort.signal, work.start)
    const patient = flights.run('key', new AbortController().signal, work.start)
    abort.abort(new Error('enough'))
    await assert.rejects(impatient, /enough/)
    assert.equal(work.signals[0]?.aborted, false)
    const late = flights.run('key', undefined, work.start)
    work.finish[0]?.resolve('done')
    assert.deepEqual([await patient, await late, work.runs], ['done', 'done', 1])
  })

  test('as the last one ends the work, and the next caller gets new work', async () => {
    const flights = new SingleFlight<string>()
    const work = new Work()
    const aborts = [new AbortController(), new AbortController()]
    const calls = aborts.map(abort => flights.run('key', abort.signal, work.start))
    for (const [index, abort] of aborts.entries()) {
      assert.equal(work.signals[0]?.aborted, false)
      abort.abort(new Error('enough'))
      await assert.rejects(calls[index] ?? assert.fail(), /enough/)
    }
    assert.equal(work.signals[0]?.aborted, true)
    const next = flights.run('key', undefined, work.start)
    assert.equal(work.runs, 2)
    // The old work ends late: neither its end nor its failure may touch the new call.
    work.finish[0]?.reject(new Error('aborted'))
    await turn()
    assert.equal(flights.size, 1)
    work.finish[1]?.resolve('second')
    assert.equal(await next, 'second')
  })

  test('before the call starts nothing', async () => {
    const flights = new SingleFlight<string>()
    const work = new Work()
    await assert.rejects(flights.run('key', AbortSignal.abort(new Error('too late')), work.start), /too late/)
    assert.deepEqual([work.runs, flights.size], [0, 0])
  })
})

describe('a deadline', () => {
  const reason = () => new Error('time is up')

  test('fires with its own reason when time is up, not before', async () => {
    const clock = new FakeClock()
    const { signal } = createDeadline(clock, 1_000, [undefined, new AbortController().signal], reason)
    await clock.advance(999)
    assert.equal(signal.aborted, false)
    await clock.advance(1)
    assert.match(String(signal.reason), /time is up/)
  })

  test('fires with the reason of whichever signal fires first', async () => {
    const clock = new FakeClock()
    const caller = new AbortController()
    const { signal, stop } = createDeadline(clock, 1_000, [caller.signal], reason)
    caller.abort(new Error('the user left'))
    await clock.advance(1_000)
    assert.match(String(signal.reason), /the user left/)
    stop()
  })

  test('has fired already when one of its signals has', () => {
    const { signal, stop } = createDeadline(new FakeClock(), 1_000, [AbortSignal.abort(new Error('left'))], reason)
    assert.match(String(signal.reason), /left/)
    stop()
  })

  test('leaves no timer behind once it is stopped, and does not fire any more', async () => {
    const clock = new FakeClock()
    const { signal, stop } = createDeadline(clock, 1_000, [], reason)
    assert.equal(clock.sleeping, 1)
    stop()
    await turn()
    assert.equal(clock.sleeping, 0)
    await clock.advance(2_000)
    assert.equal(signal.aborted, false)
  })
})
