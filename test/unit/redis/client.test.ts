/** Scripts on clients that are slow, forgetful or gone; and when Redis is left alone. */
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'
import { Availability, Unavailable } from '#lib/redis/availability.js'
import { type NodeRedisClient, onClientError, scriptRunner } from '#lib/redis/client.js'

const SCRIPT = { source: 'return 1', sha1: 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db' }

test('a script that the server has forgotten is sent as a whole', async () => {
  const asked: string[] = []
  const client: NodeRedisClient = {
    async evalSha(sha1) {
      asked.push(sha1)
      throw new Error('NOSCRIPT No matching script. Please use EVAL.')
    },
    async eval(source, call) {
      asked.push(source)
      return call
    },
  }
  const reply = await scriptRunner(client, 1_000)(SCRIPT, ['key'], ['argument'])
  assert.deepEqual(asked, [SCRIPT.sha1, SCRIPT.source])
  assert.deepEqual(reply, { keys: ['key'], arguments: ['argument'] })
})

test('who is not answered stops waiting, and takes back what was not sent yet', async () => {
  let signal: AbortSignal | undefined
  const client = {
    eval: () => new Promise<unknown>(() => {}),
    evalSha: () => new Promise<unknown>(() => {}),
    withAbortSignal(given: AbortSignal) {
      signal = given
      return client
    },
  }
  await assert.rejects(scriptRunner(client, 20)(SCRIPT, [], []), /within 0\.02 seconds/)
  assert.equal(signal?.aborted, true)
})

test('what a server refuses is not told with the tokens or the password that it was sent', async () => {
  // As ioredis does it.
  const refusal = (name: string, args: unknown[]) =>
    Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError', command: { name, args } })
  const evalsha = (...args: unknown[]) => Promise.reject(refusal('evalsha', args))
  const client = Object.assign(new EventEmitter(), { eval: evalsha, evalsha })
  const error: unknown = await scriptRunner(client, 1_000)(SCRIPT, ['key'], ['geheim']).catch(error => error)
  assert.match(inspect(error), /ReplyError.*: OOM command not allowed/)
  assert.doesNotMatch(inspect(error), /geheim/)
  const told: unknown[] = []
  onClientError(client, error => told.push(error))
  client.emit('error', refusal('auth', ['geheim']))
  assert.match(inspect(told), /OOM command not allowed/)
  assert.doesNotMatch(inspect(told), /geheim/)
})

test('after a failure one at a time tries again, the others do not wait', async () => {
  const told: string[] = []
  const availability = new Availability(30, { onDown: () => told.push('down'), onBack: () => told.push('back') })
  const fail = () => Promise.reject(new Error('gone'))
  await assert.rejects(availability.attempt(fail), Unavailable)
  let tries = 0
  const attempt = () =>
    availability.attempt(async () => {
      tries++
      await delay(10)
      return 'here'
    })
  await assert.rejects(attempt(), Unavailable)
  assert.equal(tries, 0)
  await delay(40)
  const outcomes = await Promise.allSettled([attempt(), attempt(), attempt()])
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected', 'rejected'])
  assert.equal(tries, 1)
  assert.equal(await attempt(), 'here')
  await assert.rejects(
    availability.attempt(() => Promise.reject(new Error('WRONGTYPE Operation against a key'))),
    /WRONGTYPE/,
  )
  assert.equal(await attempt(), 'here')
  assert.deepEqual(told, ['down', 'back'])
})

test('who has nothing else to go by asks all the same', async () => {
  const availability = new Availability(10_000, { onDown: () => {}, onBack: () => {} })
  availability.down(new Error('gone'))
  await assert.rejects(
    availability.attempt(async () => 'here'),
    Unavailable,
  )
  assert.equal(await availability.attempt(async () => 'here', true), 'here')
  assert.equal(await availability.attempt(async () => 'here'), 'here')
})

test('a process that stood still reads the answer that came meanwhile', async () => {
  // Comes as answers do: read by the event loop after it has seen to its timers.
  const answer = () => readFile(new URL(import.meta.url), 'utf8')
  const reply = scriptRunner({ eval: answer, evalSha: answer }, 100)(SCRIPT, [], [])
  await delay(1)
  const until = performance.now() + 300
  while (performance.now() < until);
  assert.match(String(await reply), /stood still/)
})
