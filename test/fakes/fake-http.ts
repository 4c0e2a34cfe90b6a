/** An HTTP client that answers from a queue, for tests of what is sent and how an answer is judged. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { HttpClient, HttpRequest, HttpResponse, NegotiatedResponse, Negotiator } from '#lib/http/http-client.js'

/** What the next request gets: an answer, a failure, or whatever a function makes of the request. */
export type FakeAnswer =
  | Partial<NegotiatedResponse>
  | Error
  | ((request: HttpRequest, negotiator?: Negotiator) => FakeResponse | Promise<FakeResponse>)

type FakeResponse = HttpResponse & Partial<NegotiatedResponse>

/** An answer whose body is JSON. */
export function jsonAnswer(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  }
}

/** Implements {@link HttpClient}. A request without an answer, and an answer without a request, fail the test. */
export class FakeHttp implements HttpClient {
  /** What was asked, in order. */
  readonly requests: HttpRequest[] = []
  /** Those of {@link requests} that were to be negotiated. */
  readonly negotiated: HttpRequest[] = []
  #answers: FakeAnswer[] = []
  #closed = false

  /** @param t the running test, whose end checks that no answer is left over. */
  constructor(t: TestContext) {
    t.after(() => assert.equal(this.#answers.length, 0, `${this.#answers.length} expected request(s) were not made`))
  }

  /** Adds answers to the queue. */
  expect(...answers: FakeAnswer[]): this {
    this.#answers.push(...answers)
    return this
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    const { status, headers, body } = await this.#answer(request)
    return { status, headers, body }
  }

  /** Asks nothing of the negotiator; an answer that is a function may. */
  async sendNegotiated(request: HttpRequest, negotiator: Negotiator): Promise<NegotiatedResponse> {
    this.negotiated.push(request)
    return { legs: [], mutual: false, ...(await this.#answer(request, negotiator)) }
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  async #answer(request: HttpRequest, negotiator?: Negotiator): Promise<FakeResponse> {
    assert.ok(!this.#closed, `${request.purpose} after close()`)
    request.signal?.throwIfAborted()
    this.requests.push(request)
    const answer = this.#answers.shift()
    if (answer === undefined)
      return assert.fail(`unexpected ${request.method} ${request.url.href} (${request.purpose})`)
    if (answer instanceof Error) throw answer
    if (typeof answer === 'function') return negotiator === undefined ? answer(request) : answer(request, negotiator)
    return { status: 200, headers: {}, body: '', ...answer }
  }
}
