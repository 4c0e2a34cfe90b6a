/** Signals that are joined for some work: what they fire with, and what is left on them. */
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { withJoinedSignal } from '#lib/signals.js'

// Node's own list of the signals that AbortSignal.any has made of one.
const dependants = (signal: AbortSignal) =>
  Object.getOwnPropertySymbols(signal).filter(({ description }) => description === 'kDependantSignals')

test('work ends with the first signal, for its reason, also where that has fired before', async () => {
  const [first, second] = [new AbortController(), new AbortController()]
  const ended = withJoinedSignal([first.signal, second.signal], async signal => {
    assert.equal(signal.aborted, false)
    second.abort('the second')
    first.abort('the first')
    return signal.reason
  })
  assert.equal(await ended, 'the second')
  assert.equal(await withJoinedSignal([new AbortController().signal, first.signal], async s => s.reason), 'the first')
})

test('nothing is left on the signals, whether the work ends well or not', async () => {
  const { signal } = new AbortController()
  assert.equal(await withJoinedSignal([signal, signal], async () => 'done'), 'done')
  await assert.rejects(
    withJoinedSignal([signal], () => Promise.reject(new Error('not done'))),
    /not done/,
  )
  assert.deepEqual([getEventListeners(signal, 'abort'), dependants(signal)], [[], []])
  // What the last line looks for is there where it should be.
  AbortSignal.any([signal])
  assert.equal(dependants(signal).length, 1)
})
