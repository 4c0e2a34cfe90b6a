/** One security context on one connection: what a negotiator and a server say to each other, and nothing of it twice. */
import { ClientError } from '../../errors.js'
import { untilAborted } from '../../signals.js'
import type { HttpRequest, Negotiator, SecurityContext, SecurityStep } from '../http-client.js'
import { MAX_TOKEN_BYTES } from './bound-connection.js'

/** What the proof is for, as errors and the log say it. */
export type NegotiatedRequest = Pick<HttpRequest, 'purpose' | 'url' | 'headers' | 'correlationId'>

/** A context and where it stands. */
export class Conversation {
  readonly #context: SecurityContext
  readonly #request: NegotiatedRequest
  readonly #signal: AbortSignal
  /** The last step. */
  state: SecurityStep = { output: new Uint8Array(), complete: false, mechanism: '', mutual: false }
  /** Whether anything that the server sent has gone into it: from then on it cannot be begun again elsewhere. */
  hasHeard = false

  private constructor(context: SecurityContext, request: NegotiatedRequest, signal: AbortSignal) {
    this.#context = context
    this.#request = request
    this.#signal = signal
  }

  /**
   * Opens a context and takes its first step.
   *
   * @throws {ClientError} `request_timeout` – the signal fired first.
   * @throws {ClientError} `integrated_windows_authentication_failed` – the token is larger than servers take.
   * @throws what the negotiator rejects with.
   */
  static async begin(
    negotiator: Negotiator,
    channelBindings: Uint8Array,
    request: NegotiatedRequest,
    signal: AbortSignal,
  ): Promise<Conversation> {
    const opening = negotiator.open(channelBindings)
    const context = await untilAborted(opening, signal).catch(error => {
      // One that comes too late has nobody else to close it.
      opening.then(late => late.close()).catch(() => {})
      throw signal.aborted ? noToken(request) : error
    })
    const conversation = new Conversation(context, request, signal)
    try {
      await conversation.#step(new Uint8Array())
      return conversation
    } catch (error) {
      conversation.close()
      throw error
    }
  }

  /** Takes what the server sent. Throws as {@link Conversation.begin}. */
  async hear(token: Uint8Array): Promise<void> {
    this.hasHeard = true
    await this.#step(token)
  }

  close(): void {
    this.#context.close()
  }

  async #step(input: Uint8Array): Promise<void> {
    try {
      this.state = await untilAborted(this.#context.step(input), this.#signal)
    } catch (error) {
      throw this.#signal.aborted ? noToken(this.#request) : error
    }
    const { length } = this.state.output
    if (length <= MAX_TOKEN_BYTES) return
    throw new ClientError(
      'integrated_windows_authentication_failed',
      `The token for ${this.#request.url.host} has ${length} bytes; servers take ${MAX_TOKEN_BYTES} at most.`,
      {
        hint: 'The user is probably in too many groups; ask whoever runs the directory.',
        correlationId: this.#request.correlationId,
      },
    )
  }
}

function noToken({ purpose, url, correlationId }: NegotiatedRequest): ClientError {
  return new ClientError(
    'request_timeout',
    `The ${purpose} to ${url.host} was not sent: this system made no token for it in time.`,
    {
      hint: 'Check that a domain controller (KDC) can be reached from here; without one the system waits for long.',
      correlationId,
    },
  )
}
