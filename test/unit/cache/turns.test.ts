/** Whose turn it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Turns } from '#lib/cache/turns.js'

test('work under one name runs in order, also after a failure; other work does not wait', async () => {
  const turns = new Turns()
  const log: string[] = []
  const work = (name: string, ms: number) => async () => {
    log.push(`${name} begins`)
    await new Promise(resolve => setTimeout(resolve, ms))
    log.push(`${name} ends`)
    if (name === 'a1') throw new Error('a1')
  }
  const a1 = turns.run(['a'], work('a1', 20))
  const both = turns.run(['b', 'a'], work('ab', 5))
  const b = turns.run(['b'], work('b', 1))
  const c = turns.run(['c'], work('c', 1))
  await assert.rejects(a1, /a1/)
  await Promise.all([both, b, c])
  assert.deepEqual(log, ['a1 begins', 'c begins', 'c ends', 'a1 ends', 'ab begins', 'ab ends', 'b begins', 'b ends'])
  assert.equal(await turns.run(['a', 'b', 'c'], async () => 7), 7)
})
