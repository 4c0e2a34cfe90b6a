/** The connections of a tenant's clients, told apart by number. */
import type { Socket } from 'node:net'
import type { NegotiateConnection } from './negotiate/acceptor.js'

/** Numbers sockets in the order in which they are first asked about. */
export class Connections {
  readonly #known = new WeakMap<Socket, NegotiateConnection>()
  #count = 0

  of(socket: Socket): NegotiateConnection {
    const known = this.#known.get(socket)
    if (known) return known
    this.#count += 1
    const controller = new AbortController()
    socket.once('close', () => controller.abort())
    const connection = { id: this.#count, closed: controller.signal }
    this.#known.set(socket, connection)
    return connection
  }
}
