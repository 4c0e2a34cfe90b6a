/** The pipe that a browser takes orders through: JSON in both directions, each message ended by a NUL. Nobody else can reach it. */
import type { Readable, Writable } from 'node:stream'

/** What happened in the browser. `sessionId` is that of the page it happened in. */
export interface DevToolsEvent {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  readonly sessionId?: string | undefined
}

/** An order that was refused, or that nobody is there for any more. */
export class DevToolsError extends Error {
  override readonly name = 'DevToolsError'
}

// Events about pages are a few kilobytes. One of this size is no event of ours.
const MAX_MESSAGE_CHARACTERS = 16 * 1024 * 1024

type Fields = Record<string, unknown>

interface Pending {
  resolve(result: Fields): void
  reject(error: DevToolsError): void
}

/**
 * A client of the Chrome DevTools Protocol.
 *
 * @see [Chrome DevTools Protocol](https://chromedevtools.github.io/devtools-protocol/)
 */
export class DevToolsPipe {
  readonly #orders: Writable
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Set<(event: DevToolsEvent) => void>()
  #lastId = 0
  #unfinished = ''
  #isClosed = false
  /** Resolves when the browser has closed its end, as it does when it ends. */
  readonly closed: Promise<void>

  constructor(orders: Writable, answers: Readable) {
    this.#orders = orders
    this.closed = new Promise(resolve => {
      const close = () => {
        this.#isClosed = true
        for (const { reject } of this.#pending.values()) reject(new DevToolsError('the browser has ended'))
        this.#pending.clear()
        resolve()
      }
      orders.on('error', close)
      answers.on('error', close).on('close', close).on('end', close)
    })
    answers.setEncoding('utf8').on('data', (text: string) => this.#read(text))
  }

  /** Hears every event until the function that this returns is called. */
  listen(listener: (event: DevToolsEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /**
   * Gives an order to the browser, or with `sessionId` to one of its pages.
   *
   * @throws {DevToolsError} the browser refuses it, or has ended.
   */
  send(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new DevToolsError(`${method}: the browser has ended`))
      const id = ++this.#lastId
      this.#pending.set(id, { resolve, reject })
      this.#orders.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    })
  }

  #read(text: string): void {
    const messages = (this.#unfinished + text).split('\0')
    this.#unfinished = messages.pop() ?? ''
    try {
      if (this.#unfinished.length > MAX_MESSAGE_CHARACTERS) throw new DevToolsError('a message without end')
      for (const message of messages) this.#take(JSON.parse(message))
    } catch (error) {
      // Who does not speak the protocol is not spoken to; the browser ends with its pipe.
      this.#orders.destroy(error as Error)
    }
  }

  #take({ id, result, error, method, params, sessionId }: Fields): void {
    if (typeof id === 'number') {
      const pending = this.#pending.get(id)
      this.#pending.delete(id)
      if (error === undefined) pending?.resolve((result ?? {}) as Fields)
      else pending?.reject(new DevToolsError(String((error as Fields).message)))
    } else if (typeof method === 'string') {
      const event = { method, params: (params ?? {}) as Fields, sessionId: sessionId as string | undefined }
      for (const listener of this.#listeners) listener(event)
    }
  }
}
