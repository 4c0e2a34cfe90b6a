/** The acceptor that is used when no other is given: believes everybody, and knows the tokens of tests. */
import type { NegotiateAcceptor, NegotiateConnection, NegotiateLeg, NegotiateVerdict } from './acceptor.js'

/** What the scenario says of the caller. */
export interface Script {
  /** Whom the caller is taken for, if the token does not say. */
  readonly user: string
  readonly refuses: boolean
  /** Tokens of the client before it is believed. */
  readonly legs: number
  /** The last answer has a token of the server's. */
  readonly mutual: boolean
}

const NTLM = Buffer.from('NTLMSSP\0')
/** The type of an NTLM message, after its signature. */
const NEGOTIATE_MESSAGE = 1
const AUTHENTICATE_MESSAGE = 3

/** First octets: a GSS-API token that starts an exchange, and a SPNEGO one that goes on with it. (RFC 4178 § 4.2) */
const INITIAL_TOKEN = 0x60
const RESPONSE_TOKEN = 0xa1

/** SPNEGO's `NegTokenResp` with nothing but its state, accept-completed or accept-incomplete. */
const COMPLETED = Buffer.from('a1073005a0030a0100', 'hex')
const INCOMPLETE = Buffer.from('a1073005a0030a0101', 'hex')

/** How far an exchange is. */
interface Exchange {
  kind: 'spnego' | 'ntlm'
  legs: number
}

/** Its state is the connection's: the second leg of an exchange on another connection is refused. */
export class ScriptedAcceptor implements NegotiateAcceptor {
  readonly #script: (leg: NegotiateLeg) => Script
  readonly #exchanges = new WeakMap<NegotiateConnection, Exchange>()

  constructor(script: (leg: NegotiateLeg) => Script) {
    this.#script = script
  }

  accept(token: Buffer, leg: NegotiateLeg): NegotiateVerdict {
    const before = this.#exchanges.get(leg.connection)
    this.#exchanges.delete(leg.connection)
    const script = this.#script(leg)
    if (script.refuses) return { verdict: 'refuse' }
    if (token.subarray(0, NTLM.length).equals(NTLM)) return this.#acceptNtlm(token, leg, before, script)
    const first = token[0] === INITIAL_TOKEN && leg.scheme === 'Negotiate'
    const next = token[0] === RESPONSE_TOKEN && before?.kind === 'spnego'
    if (!first && !next) return { verdict: 'refuse' }
    const legs = first ? 1 : (before?.legs ?? 0) + 1
    if (legs < script.legs) {
      this.#exchanges.set(leg.connection, { kind: 'spnego', legs })
      return { verdict: 'continue', output: INCOMPLETE }
    }
    return believe(token, leg, script, COMPLETED)
  }

  #acceptNtlm(token: Buffer, leg: NegotiateLeg, before: Exchange | undefined, script: Script): NegotiateVerdict {
    const type = token.length >= 12 ? token.readUInt32LE(8) : 0
    if (type === NEGOTIATE_MESSAGE) {
      this.#exchanges.set(leg.connection, { kind: 'ntlm', legs: 1 })
      return { verdict: 'continue', output: challenge() }
    }
    if (type === AUTHENTICATE_MESSAGE && before?.kind === 'ntlm') return believe(token, leg, script, undefined)
    return { verdict: 'refuse' }
  }
}

function believe(token: Buffer, leg: NegotiateLeg, script: Script, output: Buffer | undefined): NegotiateVerdict {
  const said = lineOf(token, 'channel-bindings')
  return {
    verdict: 'accept',
    user: lineOf(token, 'user') ?? script.user,
    ...(output && script.mutual ? { output } : {}),
    ...(said === undefined ? {} : { bound: Buffer.from(said, 'base64').equals(leg.channelBindings) }),
  }
}

/**
 * What a test's own negotiator says at the end of its token, in lines of `name: value`, each between two newlines:
 * `user`, and `channel-bindings`, the application data in base64.
 */
function lineOf(token: Buffer, name: string): string | undefined {
  return new RegExp(`\\n${name}: ([^\\n]+)\\n`).exec(token.toString('latin1'))?.[1]
}

/**
 * An NTLM challenge without a target: nobody will check what it is answered with.
 *
 * @see [MS-NLMP § 2.2.1.2](https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/) CHALLENGE_MESSAGE
 */
function challenge(): Buffer {
  const message = Buffer.alloc(56)
  NTLM.copy(message)
  message.writeUInt32LE(2, 8)
  // An empty target name and no target information; both would stand after the 56 octets of the header.
  for (const offset of [16, 44]) message.writeUInt32LE(56, offset)
  // Unicode, request target, NTLM, extended session security.
  message.writeUInt32LE(0x0008_0205, 20)
  message.write('latchkey', 24, 'latin1')
  return message
}
