/** TLS sessions of one application, so that its next connection to a server need not begin from nothing. */
import { Recent } from './recent.js'

const LIFETIME_MS = 3_600_000
const MOST_SERVERS = 100

/** What a connection leaves behind for the next one. */
export interface TlsSession {
  readonly session: Buffer
  /** DER, as the server showed it in the whole handshake that this session goes back to; a resumed connection shows none. */
  readonly certificate: Uint8Array
  /** When that handshake was, on the clock of `performance.now()`. */
  readonly handshakeMs: number
}

/**
 * Holds one session for each server, that of the last connection: at most a hundred, and each for an hour from its whole
 * handshake at most, when the server has to show its certificate again.
 *
 * A session stands for the checks of that handshake, so that sessions belong to one set of trusted roots.
 */
export class TlsSessions {
  readonly #sessions = new Recent<TlsSession>(MOST_SERVERS)

  /** `server` is the name that its certificate was checked against, and the port. */
  get(server: string, nowMs: number): TlsSession | undefined {
    const kept = this.#sessions.get(server)
    return kept !== undefined && nowMs - kept.handshakeMs < LIFETIME_MS ? kept : undefined
  }

  /** A server may send tickets at any time; one of an earlier handshake than the last does not take its place. */
  set(server: string, session: TlsSession): void {
    const kept = this.#sessions.get(server)
    if (kept === undefined || kept.handshakeMs <= session.handshakeMs) this.#sessions.set(server, session)
  }
}
