/** Claims challenges: who was challenged together shares a token, and nobody gets one that is older than their challenge. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Challenges } from '#lib/azure/challenges.js'
import type { TokenRequest } from '#lib/azure/types.js'

function challenges() {
  let now = 0
  let made = 0
  const subject = new Challenges<number>(() => now)
  const request = (claims: string): TokenRequest => ({ scopes: ['s'], claims })
  return {
    pass: (ms: number) => {
      now += ms
    },
    ask: (claims = '{}', acquire: () => Promise<number> = async () => ++made) =>
      subject.answer(request(claims), acquire),
  }
}

test('while the token is fetched, and for ten seconds from then on, the same challenge gets it', async () => {
  const { ask, pass } = challenges()
  let finish: (token: number) => void = () => {}
  const first = ask('{}', () => new Promise<number>(resolve => (finish = resolve)))
  pass(60_000)
  const second = ask()
  finish(7)
  assert.deepEqual(await Promise.all([first, second]), [7, 7])
  pass(9_999)
  assert.equal(await ask(), 7)
})

test('after ten seconds a challenge is about the new token, and gets another', async () => {
  const { ask, pass } = challenges()
  assert.equal(await ask(), 1)
  pass(10_000)
  assert.equal(await ask(), 2)
})

test('a failure is nobody else’s: the next call asks again', async () => {
  const { ask } = challenges()
  const reason = new Error('offline')
  await assert.rejects(
    ask('{}', () => Promise.reject(reason)),
    reason,
  )
  assert.equal(await ask(), 1)
})

test('other claims are another challenge, another moment in them is not', async () => {
  const { ask } = challenges()
  const claims = (moment: string, acrs: string) =>
    JSON.stringify({ access_token: { nbf: { value: moment }, acrs: { values: [acrs] } } })
  assert.equal(await ask(claims('1', 'c1')), 1)
  assert.equal(await ask(claims('2', 'c1')), 1)
  assert.equal(await ask(claims('2', 'c2')), 2)
  assert.equal(await ask('not JSON'), 3)
})
