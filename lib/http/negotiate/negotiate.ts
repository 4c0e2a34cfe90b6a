/** The exchange of HTTP Negotiate: asks, proves, asks again on the same connection, and checks what the server proves in turn. */
import { ClientError } from '../../errors.js'
import type { Logger } from '../../logger.js'
import { untilAborted } from '../../signals.js'
import type { RawResponse } from '../exchange.js'
import type { NegotiateLeg, Negotiator } from '../http-client.js'
import { type BoundConnection, ConnectionLostError } from './bound-connection.js'
import { type NegotiateChallenge, readChallenge } from './challenge.js'
import { Conversation, type NegotiatedRequest } from './conversation.js'
import type { EndpointMemory, KnownEndpoint } from './endpoint-memory.js'
import { mechanismOf } from './token-mechanism.js'

// NTLM needs three, and a mechanism that finds another one first two more.
const MAX_LEGS = 6

/** In which words somebody asks who the user is: a server of its own, or a proxy for what is behind it (RFC 9110 § 11.6, § 11.7). */
export interface Dialect {
  readonly status: 401 | 407
  readonly challenge: 'www-authenticate' | 'proxy-authenticate'
  readonly credentials: 'authorization' | 'proxy-authorization'
  /** What to do where the connection ends in the middle. */
  readonly hint: string
}

export const SERVER: Dialect = {
  status: 401,
  challenge: 'www-authenticate',
  credentials: 'authorization',
  hint: 'Look for a proxy or load balancer before the server that does not keep connections open between requests.',
}

export const PROXY: Dialect = {
  status: 407,
  challenge: 'proxy-authenticate',
  credentials: 'proxy-authorization',
  hint: 'Have the proxy keep its connections open after a 407, which NTLM needs, or see to it that Kerberos works with it.',
}

/** What one exchange needs. */
export interface NegotiateExchange {
  readonly request: NegotiatedRequest
  readonly dialect: Dialect
  /** Connects to who is asked; the connection is closed at the end. */
  readonly open: (options: { readonly signal: AbortSignal; readonly mayResume: boolean }) => Promise<BoundConnection>
  /** What is thrown for what went wrong on the wire. */
  readonly failure: (error: unknown) => Error
  readonly negotiator: Negotiator
  /** Written to as the legs come. */
  readonly legs: NegotiateLeg[]
  readonly memory: EndpointMemory
  readonly signal: AbortSignal
  readonly logger: Logger
}

/** The last answer. */
export interface Negotiated extends RawResponse {
  /** The server has proved who it is. */
  readonly mutual: boolean
}

/**
 * Carries the request through.
 *
 * @throws {ClientError} `integrated_windows_authentication_failed` – the server's proof is wrong, or it never comes to an end.
 * @throws {ClientError} `network_error` – the connection ended in the middle of the conversation.
 * @throws what `failure` makes of anything else that goes wrong on the wire.
 * @throws {ClientError} `request_timeout` – the signal fired while the negotiator was asked; anything at all when it fired elsewhere.
 * @throws what the negotiator rejects with.
 */
export async function negotiate(exchange: NegotiateExchange): Promise<Negotiated> {
  const run = new Run(exchange)
  try {
    return await run.toTheEnd()
  } finally {
    run.close()
  }
}

interface Answer {
  readonly response: RawResponse
  readonly challenge: NegotiateChallenge
}

class Run {
  readonly #exchange: NegotiateExchange
  #connection: BoundConnection | undefined
  #conversation: Conversation | undefined
  #hasMovedOn = false

  constructor(exchange: NegotiateExchange) {
    this.#exchange = exchange
  }

  async toTheEnd(): Promise<Negotiated> {
    const { request, dialect, memory, legs } = this.#exchange
    const known = memory.get(request.url)
    let isGuess = known !== undefined
    if (known !== undefined) await this.#guess(known)
    while (legs.length < MAX_LEGS) {
      const answer = await this.#ask()
      const { response, challenge } = answer
      if (response.status !== dialect.status) return this.#accepted(answer)
      if (challenge.token === undefined) throw this.#failed('sent a token that is not base64')
      const isRefusal = challenge.token.length === 0
      // Only what was sent unasked may be tried anew: a password that was wrong would count twice. Where the certificate was
      // not shown a token of the server's may well say that it has another, or go on with NTLM, which is bound to it too.
      const mayBegin = this.#conversation === undefined || (isGuess && (isRefusal || this.#connection?.isResumed))
      isGuess = false
      if (!challenge.offersNegotiate) return this.#refused(response)
      if (mayBegin) {
        await this.#begin()
      } else if (isRefusal || this.#conversation === undefined || this.#conversation.state.complete) {
        return this.#refused(response)
      } else {
        await this.#conversation.hear(challenge.token)
      }
      if (this.#conversation?.state.output.length === 0) return this.#refused(response)
    }
    throw this.#failed(`asked for more after ${MAX_LEGS} requests`)
  }

  close(): void {
    this.#conversation?.close()
    this.#connection?.close()
  }

  /** A conversation from its start, on this connection if there is still one on which the server has shown its certificate. */
  async #begin(): Promise<void> {
    const { request, negotiator, signal } = this.#exchange
    this.#conversation?.close()
    this.#conversation = undefined
    // It may have another by now than the one that was kept.
    if (this.#connection?.isResumed) this.#connection.close()
    const { channelBindings } = await this.#connected()
    this.#conversation = await Conversation.begin(negotiator, channelBindings, request, signal)
  }

  /** A conversation that is begun while the connection is still being made, bound to the certificate of the last time. */
  async #guess({ channelBindings, mechanism }: KnownEndpoint): Promise<void> {
    const { request, negotiator, signal } = this.#exchange
    // NTLM speaks of the certificate when it cannot be begun anew, so that it has to be the one that the server has now.
    const connecting = this.#connected({ mayResume: mechanism === 'kerberos' })
    const beginning = Conversation.begin(negotiator, channelBindings, request, signal)
    // The connection that fails is told first, as if the token had been asked for on it.
    beginning.catch(() => {})
    const connection = await connecting.catch(error => {
      beginning.then(late => late.close()).catch(() => {})
      throw error
    })
    this.#conversation = await beginning
    if (!isSame(connection.channelBindings, channelBindings)) await this.#begin()
  }

  async #connected({ mayResume } = { mayResume: false }): Promise<BoundConnection> {
    if (this.#connection?.isOpen()) return this.#connection
    const { open, failure, signal } = this.#exchange
    this.#connection?.close()
    try {
      this.#connection = await open({ signal, mayResume })
    } catch (error) {
      throw failure(error)
    }
    return this.#connection
  }

  /** Sends the request with what the conversation has to say. */
  async #ask(): Promise<Answer> {
    const { request, dialect, signal } = this.#exchange
    const token = this.#conversation?.state.output ?? new Uint8Array()
    const proof = token.length > 0 && { [dialect.credentials]: `Negotiate ${toBase64(token)}` }
    const headers = { ...request.headers, ...proof }
    const connection = this.#connection ?? (await this.#connected())
    try {
      const response = await untilAborted(connection.exchange(headers, signal), signal)
      const challenge = readChallenge(response.headers[dialect.challenge])
      this.#note(response.status, challenge.offered, token)
      return { response, challenge }
    } catch (error) {
      const hasBrokenOff = this.#conversation?.hasHeard === true && !connection.isOpen() && !signal.aborted
      if (!(error instanceof ConnectionLostError)) this.#note(0, [], token)
      else if (token.length > 0 && !hasBrokenOff && !this.#hasMovedOn) return this.#moveOn()
      const failure = this.#exchange.failure(error)
      const isOther = failure instanceof ClientError && failure.code !== 'network_error'
      throw hasBrokenOff && !isOther ? this.#brokeOff(error) : failure
    }
  }

  /** The token did not get there, so that one can be made anew, once, bound to another connection. */
  async #moveOn(): Promise<Answer> {
    this.#hasMovedOn = true
    await this.#begin()
    return this.#ask()
  }

  async #accepted({ response, challenge: { token } }: Answer): Promise<Negotiated> {
    const { request, signal, memory } = this.#exchange
    const conversation = this.#conversation
    if (conversation === undefined) return { ...response, mutual: false }
    if (!conversation.state.complete && (token === undefined || token.length > 0)) {
      if (token === undefined) throw this.#failed('could not prove who it is')
      await conversation.hear(token).catch(cause => {
        throw signal.aborted ? cause : this.#failed('could not prove who it is', cause)
      })
      if (!conversation.state.complete) throw this.#failed('did not finish proving who it is')
    }
    this.#nameMechanism(conversation.state.mechanism)
    const { channelBindings = new Uint8Array() } = this.#connection ?? {}
    memory.set(request.url, { channelBindings, mechanism: conversation.state.mechanism })
    return { ...response, mutual: conversation.state.complete && conversation.state.mutual }
  }

  #refused(response: RawResponse): Negotiated {
    this.#exchange.memory.delete(this.#exchange.request.url)
    return { ...response, mutual: false }
  }

  #note(status: number, offered: readonly string[], token: Uint8Array): void {
    const { legs, logger, request } = this.#exchange
    const sentBytes = token.length
    const mechanism = this.#conversation?.state.mechanism || mechanismOf(token)
    legs.push({ status, offered, sentBytes, mechanism })
    const sent = sentBytes === 0 ? 'no token' : `${sentBytes} bytes of ${mechanism || 'a token'}`
    const outcome = status === 0 ? 'no answer' : `${status}, offering ${offered.join(', ') || 'nothing'}`
    logger.verbose(`${request.purpose}: ${request.url.host}, leg ${legs.length}: sent ${sent}, got ${outcome}`)
  }

  /** Some systems know what was agreed on only when they have heard the server. */
  #nameMechanism(mechanism: NegotiateLeg['mechanism']): void {
    const { legs } = this.#exchange
    const last = legs.pop()
    if (last !== undefined) legs.push({ ...last, mechanism: last.mechanism || mechanism })
  }

  #failed(what: string, cause?: unknown): ClientError {
    const { purpose, url, correlationId } = this.#exchange.request
    this.#exchange.memory.delete(url)
    const message = `The ${purpose} failed: ${url.host} ${what}.`
    return new ClientError('integrated_windows_authentication_failed', message, { cause, correlationId })
  }

  #brokeOff(cause: unknown): ClientError {
    const { request, dialect } = this.#exchange
    const { purpose, url, correlationId } = request
    return new ClientError(
      'network_error',
      `The ${purpose} failed: ${url.host} closed the connection in the middle of the sign-in, which is bound to it.`,
      { hint: dialect.hint, cause, correlationId },
    )
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

function toBase64(token: Uint8Array): string {
  return Buffer.from(token.buffer, token.byteOffset, token.byteLength).toString('base64')
}
