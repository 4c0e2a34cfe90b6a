/** The bound on a listener's connections. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { SocketPool } from '#lib/browser/socket-pool.js'

test('ends the oldest connection beyond the limit, spares the one that is kept, and ends all at the end', async t => {
  const pool = new SocketPool(3)
  const server = pool.watch(createServer()).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const connectOne = async () => {
    const accepted = once(server, 'connection')
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
    const [socket] = (await accepted) as [Socket]
    return { socket, closed: once(client, 'close') }
  }
  const [first, second, third] = [await connectOne(), await connectOne(), await connectOne()]
  pool.keep(first.socket)
  const fourth = await connectOne()
  assert.deepEqual(
    [first, second, third, fourth].map(({ socket }) => socket.destroyed),
    [false, true, false, false],
  )
  pool.destroyAll()
  await Promise.all([first.closed, third.closed, fourth.closed])
})
