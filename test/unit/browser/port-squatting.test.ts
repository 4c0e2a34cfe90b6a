/** Another program on the port: a free port is exchanged for another one, and nobody gets in beside a listener that stands. */
import assert from 'node:assert/strict'
import { createServer as createHttpServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { listenOnAll } from '#lib/browser/loopback-address.js'

const ADDRESSES = ['127.0.0.1', '::1']

/** Makes servers, and before each second one takes the port of the first on ::1, as often as `times`. */
function squatter(t: TestContext, times: number) {
  const ports: number[] = []
  const made: Server[] = []
  const create = (): Server => {
    const first = made.at(-1)?.address() as AddressInfo | null | undefined
    if (made.length % 2 === 1 && first && ports.length < times) {
      ports.push(first.port)
      const other = createServer().listen(first.port, '::1')
      t.after(() => other.close())
    }
    const server = createHttpServer()
    made.push(server)
    t.after(() => server.close())
    return server
  }
  return { create, ports, made }
}

function refuses(port: number, host: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host }, () => resolve(socket.destroy().pending))
    socket.on('error', () => resolve(true))
  })
}

test('a port that is taken on one of the addresses is given up for another', async t => {
  const { create, ports } = squatter(t, 3)
  const { servers, port } = await listenOnAll(ADDRESSES, 0, create)
  assert.equal(ports.length, 3)
  assert.ok(!ports.includes(port))
  assert.deepEqual(
    servers.map(server => server.address()),
    [
      { address: '127.0.0.1', family: 'IPv4', port },
      { address: '::1', family: 'IPv6', port },
    ],
  )
  for (const given of ports) assert.ok(await refuses(given, '127.0.0.1'), `${given} is still listened on`)
})

test('whoever takes every port is told about', async t => {
  const { create, made } = squatter(t, 1_000)
  await assert.rejects(listenOnAll(ADDRESSES, 0, create), { name: 'ClientError', code: 'http_listener_error' })
  assert.ok(made.length >= 40, `${made.length / 2} ports were tried`)
  assert.ok(made.every(server => !server.listening))
})

test('a port that was asked for is not exchanged', async t => {
  const other = createServer().listen(0, '::1')
  t.after(() => other.close())
  await new Promise(resolve => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const call = listenOnAll(ADDRESSES, port, () => createHttpServer())
  await assert.rejects(call, { code: 'http_listener_error', message: /another program is using it/ })
})

test('nobody gets in beside the listener, on its addresses or on all of them', async t => {
  const { servers, port } = await listenOnAll(ADDRESSES, 0, () => createHttpServer())
  t.after(() => servers.forEach(server => void server.close()))
  for (const host of ['127.0.0.1', '::1', '0.0.0.0', '::']) {
    const late = createServer()
    const outcome = await new Promise<string>(resolve => {
      late
        .once('listening', () => resolve('listens'))
        .once('error', (error: NodeJS.ErrnoException) => resolve(`${error.code}`))
      late.listen({ host, port, exclusive: true })
    })
    late.close()
    assert.equal(outcome, 'EADDRINUSE', host)
  }
})
