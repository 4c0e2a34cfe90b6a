/** Renewals that use one refresh token: one after the other also where no lock between processes sees to it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Renewals } from '#lib/cache/renewals.js'
import { FakeClock } from '../../fakes/fake-clock.js'
import { MemoryLogger } from '../../fakes/memory-logger.js'

function renewals() {
  const clock = new FakeClock()
  const logger = new MemoryLogger()
  const made = new Renewals({ keeper: undefined, clock, logger })
  const begun: string[] = []
  /** Begins one that ends when it is told to. */
  const begin = (key: string, name: string, signal?: AbortSignal) => {
    let end: (failure?: Error) => void = () => {}
    const work = () => {
      begun.push(name)
      return new Promise<string>((resolve, reject) => {
        end = failure => (failure === undefined ? resolve(name) : reject(failure))
      })
    }
    const outcome = made.run(key, work, signal).catch((error: unknown) => error)
    return { outcome, end: (failure?: Error) => end(failure) }
  }
  const settle = () => new Promise(setImmediate)
  return { clock, logger, begun, begin, settle }
}

test('wait for those under the same key only, also for one that fails', async () => {
  const { begun, begin, settle } = renewals()
  const first = begin('alice', 'first')
  const second = begin('alice', 'second')
  begin('bob', 'other')
  await settle()
  assert.deepEqual(begun, ['first', 'other'])
  const failure = new Error('refused')
  first.end(failure)
  assert.equal(await first.outcome, failure)
  await settle()
  assert.deepEqual(begun, ['first', 'other', 'second'])
  second.end()
  assert.equal(await second.outcome, 'second')
})

test('wait no longer than 30 seconds, and say so', async () => {
  const { clock, logger, begun, begin, settle } = renewals()
  const first = begin('alice', 'first')
  assert.equal(clock.sleeping, 0, 'there is nobody to wait for')
  const second = begin('alice', 'second')
  await clock.advance(29_999)
  await settle()
  assert.deepEqual(begun, ['first'])
  await clock.advance(1)
  await settle()
  assert.deepEqual(begun, ['first', 'second'])
  assert.deepEqual(
    logger.lines.map(({ message }) => message),
    ['Tokens are renewed without a lock (cache_lock_timeout).'],
  )
  second.end()
  first.end()
  assert.deepEqual([await first.outcome, await second.outcome], ['first', 'second'])
  assert.equal(clock.sleeping, 0)
})

test('end their wait by the signal, and are not begun then', async () => {
  const { clock, begun, begin, settle } = renewals()
  const first = begin('alice', 'first')
  const controller = new AbortController()
  const second = begin('alice', 'second', controller.signal)
  const third = begin('alice', 'third')
  await settle()
  const reason = new Error('gave up')
  controller.abort(reason)
  assert.equal(await second.outcome, reason)
  first.end()
  await settle()
  assert.deepEqual(begun, ['first', 'third'])
  third.end()
  assert.equal(await third.outcome, 'third')
  assert.equal(clock.sleeping, 0)
})
