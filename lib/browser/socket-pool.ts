/** The connections of a loopback listener: bounded in number, and all ended at the end. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

// Above what one round of accepting takes in (the backlog is 511), so that a browser is read before it can be the oldest.
const MAX_SOCKETS = 1000

/** Counts sockets over several servers. When there are too many the oldest goes: refusing new ones would refuse the browser. */
export class SocketPool {
  readonly #sockets = new Set<Socket>()
  readonly #limit: number
  #kept: Socket | undefined

  constructor(limit = MAX_SOCKETS) {
    this.#limit = limit
  }

  /** Counts the connections of `server` from now on, and ends those that do not speak HTTP. */
  watch(server: Server): Server {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      if (this.#sockets.size > this.#limit) this.#destroyOldest()
    })
    return server.on('clientError', (_error, socket) => socket.destroy())
  }

  /** Spares one socket: the one that has brought the answer. */
  keep(socket: Socket): void {
    this.#kept = socket
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #destroyOldest(): void {
    for (const socket of this.#sockets) {
      if (socket === this.#kept) continue
      socket.destroy()
      return
    }
  }
}
