/** A lock that fails is no reason not to do the work, and the work is done once. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lockIfPossible } from '#lib/cache/lock-if-possible.js'

type Lock = (begin: () => Promise<string>) => Promise<unknown>

const broken = new Error('the lock is broken')

/** Runs work that ends as told under a lock, and counts. */
async function run(lock: Lock, outcome: () => Promise<string> = async () => 'done', signal?: AbortSignal) {
  let times = 0
  const failures: unknown[] = []
  const work = (): Promise<string> => {
    times++
    return outcome()
  }
  const result = await lockIfPossible(lock, work, { signal, onFailure: error => failures.push(error) }).catch(
    (error: unknown) => error,
  )
  return { result, times, failures }
}

describe('lockIfPossible', () => {
  test('runs the work under the lock', async () => {
    assert.deepEqual(await run(begin => begin()), { result: 'done', times: 1, failures: [] })
  })

  test('runs the work without a lock that cannot be had, and tells why', async () => {
    const outcome = await run(() => Promise.reject(broken))
    assert.deepEqual(outcome, { result: 'done', times: 1, failures: [broken] })
  })

  test('hands out what the work threw, and does not try it again', async () => {
    const failure = new Error('of the work')
    const outcome = await run(
      begin => begin(),
      () => Promise.reject(failure),
    )
    assert.deepEqual(outcome, { result: failure, times: 1, failures: [] })
  })

  for (const [what, lock] of [
    ['cannot be let go of', begin => begin().then(() => Promise.reject(broken))],
    ['is lost meanwhile', begin => Promise.race([begin(), Promise.reject(broken)])],
    ['begins the work twice', begin => Promise.all([begin(), begin()])],
    ['forgets the work', async () => undefined],
  ] as Array<[string, Lock]>) {
    test(`gets by with a lock that ${what}`, async () => {
      const { result, times } = await run(lock, () => new Promise(resolve => setTimeout(resolve, 5, 'done')))
      assert.deepEqual({ result, times }, { result: 'done', times: 1 })
    })
  }

  test('ends with the signal while a lock is waited for that does not mind it, and never does the work', async () => {
    const reason = new Error('gave up')
    const controller = new AbortController()
    let late: Promise<string> | undefined
    const lock: Lock = begin =>
      new Promise(resolve => {
        controller.signal.addEventListener('abort', () => {
          setTimeout(() => {
            late = begin()
            late.catch(() => {})
            resolve(undefined)
          }, 5)
        })
      })
    const running = run(lock, undefined, controller.signal)
    controller.abort(reason)
    const outcome = await running
    assert.deepEqual(outcome, { result: reason, times: 0, failures: [] })
    await new Promise(resolve => setTimeout(resolve, 20))
    assert.ok(late)
    await assert.rejects(late, error => error === reason)
  })

  test('waits for work that has begun when the signal fires', async () => {
    const controller = new AbortController()
    const work = async () => {
      controller.abort()
      await new Promise(resolve => setTimeout(resolve, 5))
      return 'done'
    }
    const outcome = await run(begin => begin(), work, controller.signal)
    assert.deepEqual(outcome, { result: 'done', times: 1, failures: [] })
  })

  test('ends with the signal while the lock is waited for, without the work', async () => {
    const reason = new Error('gave up')
    const outcome = await run(() => Promise.reject(broken), undefined, AbortSignal.abort(reason))
    assert.deepEqual(outcome, { result: reason, times: 0, failures: [] })
  })
})
