/** The log that decides what a shared cache may show: what it lets pass, and what it does not. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { History, type Look, type Write } from './crowd/history.js'

type Change = Omit<Write, 'user'>

const signIn = (start: number, end: number, token: string): Change => ({ kind: 'signIn', start, end, token })
const renewal = (start: number, end: number, token: string): Change => ({ kind: 'renewal', start, end, token })
const removal = (start: number, end: number): Change => ({ kind: 'removal', start, end })
const killed = ({ token: _, ...change }: Change): Change => ({ ...change, isUncertain: true })

/** Of everything that could be seen from 100 to 110, what the log lets pass. Users other than the first do not count. */
function possible(...changes: Change[]): string[] {
  const sights: [string, Look['saw']][] = [
    ['absent', 'absent'],
    ['present', 'present'],
    ['a', { token: 'a' }],
    ['b', { token: 'b' }],
  ]
  const passing = sights.filter(([, saw]) => {
    const history = new History()
    for (const change of changes) history.write({ ...change, user: 1 })
    history.write({ ...removal(90, 99), user: 2 })
    history.look({ user: 1, saw, start: 100, end: 110, by: 'somebody' })
    return history.contradictions().length === 0
  })
  return passing.map(([name]) => name)
}

describe('a look at a user', () => {
  test('finds nobody before there was a sign-in', () => {
    assert.deepEqual(possible(), ['absent'])
    assert.deepEqual(possible(signIn(120, 130, 'a')), ['absent'])
  })

  test('finds what was written last', () => {
    assert.deepEqual(possible(signIn(1, 2, 'a')), ['present', 'a'])
    assert.deepEqual(possible(signIn(1, 2, 'a'), signIn(3, 4, 'b')), ['present', 'b'])
    assert.deepEqual(possible(signIn(1, 2, 'a'), renewal(3, 4, 'b')), ['present', 'b'])
    assert.deepEqual(possible(signIn(1, 2, 'a'), removal(3, 4)), ['absent'])
    assert.deepEqual(possible(signIn(1, 2, 'a'), removal(3, 4), signIn(5, 6, 'b')), ['present', 'b'])
  })

  test('may find either of two that were written at the same time', () => {
    assert.deepEqual(possible(signIn(1, 5, 'a'), signIn(3, 8, 'b')), ['present', 'a', 'b'])
    assert.deepEqual(possible(signIn(1, 5, 'a'), removal(3, 8)), ['absent', 'present', 'a'])
  })

  test('may find what was there before a change that is under way, or what came of it', () => {
    assert.deepEqual(possible(signIn(1, 2, 'a'), signIn(95, 105, 'b')), ['present', 'a', 'b'])
    assert.deepEqual(possible(signIn(1, 2, 'a'), removal(105, 120)), ['absent', 'present', 'a'])
  })

  test('finds nobody whom a renewal would have to bring back', () => {
    assert.deepEqual(possible(signIn(1, 2, 'a'), renewal(3, 9, 'b'), removal(5, 7)), ['absent'])
    assert.deepEqual(possible(signIn(1, 2, 'a'), renewal(3, 7, 'b'), removal(5, 9)), ['absent'])
    // Somebody signed in between.
    assert.deepEqual(possible(renewal(3, 9, 'b'), removal(4, 5), signIn(6, 7, 'a')), ['present', 'a', 'b'])
  })

  test('may or may not find what somebody was killed in the middle of', () => {
    assert.deepEqual(possible(signIn(1, 2, 'a'), killed(signIn(3, 4, 'b'))), ['present', 'a', 'b'])
    assert.deepEqual(possible(signIn(1, 2, 'a'), killed(removal(3, 4))), ['absent', 'present', 'a'])
    assert.deepEqual(possible(killed(signIn(1, 2, 'a')), signIn(3, 4, 'b')), ['present', 'b'])
  })
})
