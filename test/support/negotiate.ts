/** A toy of a security mechanism, both sides: real enough that a wrong channel binding, proof or socket is refused. */
import assert from 'node:assert/strict'
import { createHash, createHmac, randomBytes, X509Certificate } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import type { Negotiator, SecurityContext, SecurityStep } from '#lib/http/http-client.js'

const KEY = 'what only the user, the server and their directory know'

type Mechanism = 'kerberos' | 'ntlm'

function seal(...parts: Array<string | Uint8Array>): Buffer {
  const hmac = createHmac('sha256', KEY)
  for (const part of parts) hmac.update(createHash('sha256').update(part).digest())
  return hmac.digest()
}

/** How the toy's client behaves. */
export interface ToyOptions {
  mechanism?: Mechanism
  /** Before step number n, from 1; 0 is the opening. */
  beforeStep?: (n: number) => Promise<void> | void
  /** Bindings to use in place of the connection's. */
  bindings?: Uint8Array
  /** Bytes added to the first token. */
  padding?: number
  /** Never completes by itself, whatever the server says. */
  endless?: boolean
}

/** The client's side. At the test's end each context that was opened must have been closed. */
export class ToyNegotiator implements Negotiator {
  readonly bindings: string[] = []
  opened = 0
  closed = 0
  readonly #options: ToyOptions

  constructor(t: TestContext, options: ToyOptions = {}) {
    this.#options = options
    t.after(() => assert.equal(this.closed, this.opened, 'a context was left open'))
  }

  async open(channelBindings: Uint8Array): Promise<SecurityContext> {
    await this.#options.beforeStep?.(0)
    this.opened += 1
    this.bindings.push(Buffer.from(channelBindings).toString('latin1'))
    let isClosed = false
    const steps = this.#steps(this.#options.bindings ?? channelBindings)
    let n = 0
    let isBusy = false
    let isComplete = false
    return {
      step: async input => {
        assert.ok(!isClosed, 'a step after close()')
        assert.ok(!isBusy, 'steps overlap')
        assert.ok(!isComplete, 'a step after the last')
        isBusy = true
        n += 1
        await this.#options.beforeStep?.(n)
        const step = steps(n, Buffer.from(input))
        isBusy = false
        isComplete = step.complete
        return step
      },
      close: () => {
        if (!isClosed) this.closed += 1
        isClosed = true
      },
    }
  }

  #steps(bindings: Uint8Array): (n: number, input: Buffer) => SecurityStep {
    const { mechanism = 'kerberos', padding = 0, endless = false } = this.#options
    const nonce = randomBytes(16)
    const step = (output: Uint8Array, complete = false, mutual = false) => ({ output, complete, mechanism, mutual })
    if (endless) return n => step(Buffer.from(`again ${n}`))
    if (mechanism === 'ntlm')
      return (n, challenge) =>
        n === 1
          ? step(Buffer.from('type 1'))
          : step(Buffer.concat([Buffer.from('type 3 '), seal(challenge, bindings)]), true)
    return (n, proof) => {
      if (n === 1)
        return step(Buffer.concat([Buffer.from('ticket '), nonce, seal(nonce, bindings), Buffer.alloc(padding)]))
      if (!proof.equals(seal('server', nonce, bindings))) throw new Error('the proof of the server is wrong')
      return step(Buffer.alloc(0), true, true)
    }
  }
}

/** What the server's side makes of a token: an answer token, with or without acceptance, or a refusal. */
export type Verdict = { accepted: boolean; token?: Buffer }

/** The server's side, bound to its own certificate where it has one; a challenge holds for the socket that it was given on. */
export function toyAcceptor(certificatePem?: string): (token: Buffer, socket: object) => Verdict {
  const bindings = certificatePem === undefined ? Buffer.alloc(0) : endPointOf(certificatePem)
  const challenges = new WeakMap<object, Buffer>()
  return (token, socket) => {
    const kind = token.subarray(0, 7).toString()
    if (kind === 'type 1') {
      const challenge = randomBytes(16)
      challenges.set(socket, challenge)
      return { accepted: false, token: challenge }
    }
    const challenge = challenges.get(socket)
    if (kind === 'type 3 ')
      return { accepted: challenge !== undefined && token.subarray(7).equals(seal(challenge, bindings)) }
    const nonce = token.subarray(7, 23)
    const accepted = kind === 'ticket ' && token.subarray(23, 55).equals(seal(nonce, bindings))
    return accepted ? { accepted, token: seal('server', nonce, bindings) } : { accepted }
  }
}

function endPointOf(certificatePem: string): Buffer {
  const der = new X509Certificate(certificatePem).raw
  // The tests' certificates are signed with SHA-256.
  return Buffer.concat([Buffer.from('tls-server-end-point:'), createHash('sha256').update(der).digest()])
}

/** One request as the server saw it. */
export interface SeenRequest {
  method: string | undefined
  authorization: string | undefined
  body: string
  /** Number of the connection, from 1. */
  connection: number
  /** The connection began with the keys of an earlier one. */
  isResumed: boolean
}

/** What a test can change of the answer: number of the request, from 1, and what the acceptor says of its token. */
export type Script = (
  n: number,
  verdict: Verdict | undefined,
  response: ServerResponse,
) => Verdict | undefined | 'answered'

/** A listener that asks for Negotiate, as a script may have it otherwise, and writes down what came. */
export function negotiatingServer(certificatePem: string, script: Script = (_n, verdict) => verdict) {
  const seen: SeenRequest[] = []
  const sockets: object[] = []
  const accept = toyAcceptor(certificatePem)
  const listener: RequestListener = async (request, response) => {
    const { method, socket, headers } = request
    if (!sockets.includes(socket)) sockets.push(socket)
    const { authorization } = headers
    const connection = sockets.indexOf(socket) + 1
    const isResumed = (socket as TLSSocket).isSessionReused()
    seen.push({ method, authorization, body: await bodyOf(request), connection, isResumed })
    const token = /^Negotiate (.+)$/.exec(authorization ?? '')?.[1]
    const verdict = token === undefined ? undefined : accept(Buffer.from(token, 'base64'), socket)
    const outcome = script(seen.length, verdict, response)
    if (outcome === 'answered') return
    const reply = outcome?.token === undefined ? 'Negotiate' : `Negotiate ${outcome.token.toString('base64')}`
    if (outcome?.accepted) {
      response.writeHead(200, outcome.token === undefined ? {} : { 'WWW-Authenticate': reply }).end('welcome')
    } else {
      const offers = response.getHeader('WWW-Authenticate') ?? [reply, 'NTLM']
      response.writeHead(401, { 'WWW-Authenticate': offers as string[], 'Content-Type': 'text/html' })
      response.end('<html><title>401 - Unauthorized</title></html>')
    }
  }
  return { seen, listener }
}

/** Waits, for slow KDCs and servers. */
export const pause = (ms: number) => sleep(ms, undefined, { ref: false })

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
