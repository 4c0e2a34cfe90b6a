/** The pipe to a browser: orders and their answers, events, and a browser that does not keep to the protocol. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { DevToolsError, type DevToolsEvent } from '#lib/browser/app-window/dev-tools-pipe.js'
import { FakeDevTools } from '../../../fakes/fake-dev-tools.js'

const turns = async () => {
  for (let turn = 0; turn < 10; ++turn) await nextTurn()
}

test('an order gets its own answer, in whatever order and pieces they come', async () => {
  const silent = () => undefined
  const devTools = new FakeDevTools({ One: silent, Two: silent })
  const answers = [devTools.pipe.send('One'), devTools.pipe.send('Two', { a: 'ü' }, 'a page')]
  await turns()
  assert.deepEqual(
    devTools.orders.map(({ method, params, sessionId }) => [method, params, sessionId]),
    [
      ['One', {}, undefined],
      ['Two', { a: 'ü' }, 'a page'],
    ],
  )
  const bytes = Buffer.from('{"id":2,"result":{"name":"zwei €"}}\0{"id":1,"result":{}}\0')
  for (const byte of bytes) devTools.writeRaw(Buffer.of(byte))
  assert.deepEqual(await Promise.all(answers), [{}, { name: 'zwei €' }])
})

test('an order that is refused, or that nobody is there for, rejects', async () => {
  const devTools = new FakeDevTools({ One: () => ({ error: { message: 'not now' } }), Two: () => undefined })
  await assert.rejects(devTools.pipe.send('One'), new DevToolsError('not now'))
  const unanswered = devTools.pipe.send('Two')
  await turns()
  devTools.end()
  await assert.rejects(unanswered, DevToolsError)
  await devTools.pipe.closed
  await assert.rejects(devTools.pipe.send('Three'), /Three: the browser has ended/)
})

test('events are heard until nobody wants them any more', async () => {
  const devTools = new FakeDevTools()
  const heard: DevToolsEvent[] = []
  const stop = devTools.pipe.listen(event => heard.push(event))
  devTools.happens('A.b', { c: 1 }, 'a page')
  // Neither an answer that nobody waits for nor a message of another kind is an event.
  devTools.write('{"id":99,"result":{}}')
  devTools.write('{"something":"else"}')
  await turns()
  stop()
  devTools.happens('A.b', { c: 2 })
  await turns()
  assert.deepEqual(heard, [{ method: 'A.b', params: { c: 1 }, sessionId: 'a page' }])
})

for (const [what, text] of [
  ['no JSON', 'hello\0'],
  ['null', 'null\0'],
  ['a message without end', 'x'.repeat(17 * 1024 * 1024)],
] as const) {
  test(`a browser that sends ${what} is left`, async () => {
    const devTools = new FakeDevTools({ One: () => undefined })
    const unanswered = devTools.pipe.send('One')
    unanswered.catch(() => {})
    devTools.writeRaw(text)
    await devTools.pipe.closed
    await assert.rejects(unanswered, DevToolsError)
    assert.equal(devTools.isLeft, true)
  })
}
