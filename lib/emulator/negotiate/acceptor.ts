/** The hook by which a test brings a real Kerberos or NTLM acceptor. */

/** Judges what a client sends to prove who its Windows user is: the server's half of a GSS-API or SSPI exchange. */
export interface NegotiateAcceptor {
  /**
   * Judges one token. What it throws becomes a 500 that says why.
   *
   * @param token what stood in `Authorization`, decoded
   */
  accept(token: Buffer, leg: NegotiateLeg): NegotiateVerdict | Promise<NegotiateVerdict>
}

/** Where a token came from. */
export interface NegotiateLeg {
  /** The scheme of the Authorization header. */
  readonly scheme: 'Negotiate' | 'NTLM'
  /** The same object for each request on one connection, so that it can be the key of a `WeakMap` with contexts in it. */
  readonly connection: NegotiateConnection
  /** The host that the client asked, without its port: its service principal is `HTTP/<host>`. */
  readonly host: string
  /** The path of the endpoint. */
  readonly path: string
  /**
   * The application data of the channel bindings that the client should have used: `tls-server-end-point:` and the hash of
   * the emulator's certificate.
   *
   * @see [RFC 5929 § 4](https://www.rfc-editor.org/rfc/rfc5929#section-4)
   */
  readonly channelBindings: Buffer
}

/** A connection of a client, TLS included. */
export interface NegotiateConnection {
  /** Counted from 1, as in {@link RecordedRequest.connection}. */
  readonly id: number
  /** Aborted when the connection ends: whoever keeps a context for it can free it then. */
  readonly closed: AbortSignal
}

/** What an acceptor says of a token. */
export type NegotiateVerdict =
  /** One more leg is needed: 401 with this token, and the next one is expected on the same connection. */
  | {
      readonly verdict: 'continue'
      /** The token. */
      readonly output: Buffer
    }
  | {
      readonly verdict: 'accept'
      /** Who it is: a user principal name, a Kerberos principal of any realm, or `DOMAIN\user`. */
      readonly user: string
      /** The server's own token, by which the client knows that it is the right server. Default none. */
      readonly output?: Buffer
      /** The client bound its token to this channel · `false`: to another one · absent: to none. The scenario's `extendedProtection` decides what follows. */
      readonly bound?: boolean
    }
  | { readonly verdict: 'refuse' }
