/** The other end of the pipe to a browser: records the orders, answers them, and tells what a test makes happen. */
import { PassThrough } from 'node:stream'
import { DevToolsPipe } from '#lib/browser/app-window/dev-tools-pipe.js'

export interface Order {
  readonly id: number
  readonly method: string
  readonly params: Record<string, unknown>
  readonly sessionId?: string
}

/** What an order is answered with; one without an entry with an empty result. `undefined` keeps silent. */
export type Answers = Record<string, (order: Order) => { result: object } | { error: { message: string } } | undefined>

export const PAGE = 'page-1'
export const SESSION = 'session-1'

const WINDOW_ANSWERS: Answers = {
  'Browser.getWindowForTarget': () => ({ result: { windowId: 7, bounds: { width: 500, height: 680 } } }),
  'Runtime.evaluate': () => ({ result: { result: { value: [0, 30, 1280, 770] } } }),
}

/** A browser with one window, as far as its pipe goes. */
export class FakeDevTools {
  readonly orders: Order[] = []
  readonly pipe: DevToolsPipe
  readonly ended: Promise<number | undefined>
  #end: (code: number | undefined) => void = () => {}
  readonly #answers = new PassThrough()
  readonly #input = new PassThrough()

  constructor(answers: Answers = {}) {
    const all = { ...WINDOW_ANSWERS, ...answers }
    this.#input.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\0').filter(line => line !== '')) {
        const order = JSON.parse(line) as Order
        this.orders.push(order)
        const answer = order.method in all ? all[order.method]?.(order) : { result: {} }
        if (answer !== undefined) this.write(JSON.stringify({ id: order.id, ...answer }))
        if (order.method === 'Target.setAutoAttach') this.opens(PAGE, SESSION)
      }
    })
    this.pipe = new DevToolsPipe(this.#input, this.#answers)
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
  }

  /** What is shown in it. */
  get browser() {
    return { devTools: this.pipe, ended: this.ended }
  }

  /** The orders of one kind. */
  of(method: string): Order[] {
    return this.orders.filter(order => order.method === method)
  }

  happens(method: string, params: object, sessionId?: string): void {
    this.write(JSON.stringify({ method, params, sessionId }))
  }

  /** The page, or a frame in it, asks for a document. */
  requests(url: string, { frameId = PAGE, redirected = true, sessionId = SESSION } = {}): void {
    const redirectedRequestId = redirected ? 'earlier' : undefined
    const params = { requestId: `to ${url}`, request: { url }, frameId, redirectedRequestId }
    this.happens('Fetch.requestPaused', params, sessionId)
  }

  inPage(method: string, frameId = PAGE): void {
    this.happens(method, { frameId }, SESSION)
  }

  write(text: string): void {
    this.#answers.write(`${text}\0`)
  }

  /** Writes what is no message, or a part of one. */
  writeRaw(text: string | Buffer): void {
    this.#answers.write(text)
  }

  /** A window, which is attached to. */
  opens(targetId: string, sessionId: string): void {
    this.happens('Target.attachedToTarget', { sessionId, targetInfo: { targetId } })
  }

  /** The browser ends: in order with 0, in a crash with `undefined`, and with `'alive'` only its pipe does. */
  end(code?: number | 'alive'): void {
    this.#answers.end()
    if (code !== 'alive') this.#end(code)
  }

  get isLeft(): boolean {
    return this.#input.destroyed
  }
}
