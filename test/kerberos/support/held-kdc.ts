/** A KDC that takes every question and leaves it unanswered until the test lets it answer. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { type Scope, until } from '../../support/machine.js'
import type { Kdc } from './kdc.js'

/** Stands between the clients and `kdc`, and holds what they ask. */
export class HeldKdc {
  readonly #kdc: Kdc
  readonly #held: Socket[] = []
  readonly #sockets = new Set<Socket>()
  #open = false

  private constructor(kdc: Kdc) {
    this.#kdc = kdc
  }

  /** Begins to hold; the clients of `kdc` are sent here from now on. */
  static async start(scope: Scope, kdc: Kdc): Promise<HeldKdc> {
    const held = new HeldKdc(kdc)
    const server = createServer(socket => held.#take(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    assert(address !== null && typeof address === 'object')
    await kdc.writeConfig([], `127.0.0.1:${address.port}`)
    scope.after(async () => {
      for (const socket of held.#sockets) socket.destroy()
      server.close()
      await kdc.writeConfig()
    })
    return held
  }

  /** How many questions have been asked so far. */
  get asked(): number {
    return this.#sockets.size
  }

  /** Resolves when so many questions have been asked. */
  async holding(count: number): Promise<void> {
    await until(() => this.asked >= count)
  }

  /** Lets the real KDC answer what is held and what comes. */
  answer(): void {
    this.#open = true
    for (const socket of this.#held.splice(0)) this.#connect(socket)
  }

  /** Breaks off what is held and what comes. */
  refuse(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#take = socket => void socket.destroy()
  }

  #take = (socket: Socket): void => {
    socket.on('error', () => socket.destroy())
    this.#sockets.add(socket)
    if (this.#open) this.#connect(socket)
    else this.#held.push(socket)
  }

  #connect(client: Socket): void {
    const kdc = createConnection(this.#kdc.port, '127.0.0.1')
    kdc.on('error', () => client.destroy())
    client.pipe(kdc).pipe(client)
  }
}
