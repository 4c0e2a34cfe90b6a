/** The wire as every other room sees it: one request, one whole answer, and never an undici type. */

/** One request. Nothing of `url` but its host, and nothing of `headers` or `body`, reaches a log or an error message. */
export interface HttpRequest {
  method: 'GET' | 'POST'
  /** https only. */
  url: URL
  headers?: Record<string, string>
  /** Already encoded; its Content-Type is among `headers`. */
  body?: string
  signal?: AbortSignal | undefined
  /** For connecting, the headers and the whole body of each try. Default: `http.timeoutSeconds`, else 30 000. */
  timeoutMs?: number
  /** Limit of the answer's body, as sent and as decoded. Default 1 MiB. */
  maxBytes?: number
  /** Try once more, a second later, after a 5xx that names no Retry-After. Default false: a code or a password is sent once. */
  retryOn5xx?: boolean
  /** Named by the errors of this request. */
  correlationId?: string | undefined
  /** What is asked for, in words for log lines and error messages, for example `token request`. */
  purpose: string
}

/** A whole answer, whatever its status. Redirects are answers too: none is followed. */
export interface HttpResponse {
  status: number
  /** Lower-case names; a header that was repeated has its values joined by `, `. */
  headers: Readonly<Record<string, string>>
  /** Decoded from its content encoding and from UTF-8. */
  body: string
}

/** Sends requests. */
export interface HttpClient {
  /**
   * Sends a request and reads the whole answer.
   *
   * @throws {ClientError} `invalid_authority` – the URL is not https.
   * @throws {ClientError} `network_error` – the server, or the proxy before it, could not be reached or broke off.
   * @throws {ClientError} `tls_error` – the certificate is not trusted.
   * @throws {ClientError} `request_timeout` – not answered to the last byte in time.
   * @throws {ClientError} `response_too_large` – the body or the headers exceed their limit.
   * @throws {ClientError} `invalid_configuration` – the proxy, or a certificate of `http.ca`, is not usable.
   * @throws {ClientError} `app_closed` – the client has been closed.
   * @throws the signal's reason when it fires.
   */
  send(request: HttpRequest): Promise<HttpResponse>
  /**
   * Sends a request to a server that asks who the user is with HTTP Negotiate, on one connection of its own, and reads the
   * last answer, a 401 where the server was not content. Nothing is asked of `negotiator` unless the server offers Negotiate,
   * or did so for this URL before. The caller has made sure that this server may be told who the user is.
   *
   * `timeoutMs` is for the whole exchange, what the negotiator takes included; nothing is tried again after a 5xx.
   *
   * @throws {ClientError} as {@link send}, with `legs: NegotiateLeg[]` added; `invalid_configuration` also where `dispatcher` was
   *   given, which has no connection to offer that could be known.
   * @throws {ClientError} `integrated_windows_authentication_failed` – the server's own proof is wrong, it never has enough, or
   *   a token is larger than 64 KiB.
   * @throws what the negotiator rejects with, with `legs: NegotiateLeg[]` added where it is an object.
   * @throws the signal's reason when it fires, as it is.
   * @see [RFC 4559](https://www.rfc-editor.org/rfc/rfc4559), [RFC 5929 § 4](https://www.rfc-editor.org/rfc/rfc5929#section-4)
   */
  sendNegotiated(request: HttpRequest, negotiator: Negotiator): Promise<NegotiatedResponse>
  /** Closes every connection; requests under way fail with `app_closed`. May be called twice. */
  close(): Promise<void>
}

/** Opens conversations that prove who the user is; what makes the tokens is no business of this room. */
export interface Negotiator {
  /**
   * A conversation bound to the TLS connection it travels on; empty bindings bind it to nothing. Asked for once a connection,
   * at a known server while that is still being made, and once more where the server turns out to have another certificate
   * or refuses a token that was sent unasked.
   */
  open(channelBindings: Uint8Array): Promise<SecurityContext>
}

/** One conversation, over one connection. Steps never overlap, and none follows a complete one. */
export interface SecurityContext {
  /** Takes what the server sent, nothing at first, and resolves with what to send next; empty: nothing. */
  step(input: Uint8Array): Promise<SecurityStep>
  /** Frees it. May be called twice. */
  close(): void
}

/** Where a conversation stands. */
export interface SecurityStep {
  readonly output: Uint8Array
  readonly complete: boolean
  readonly mechanism: 'kerberos' | 'ntlm' | ''
  /** The server has proved who it is as well. */
  readonly mutual: boolean
}

/** One request and answer of a negotiated exchange, for people who look for what went wrong; no token is in it. */
export interface NegotiateLeg {
  /** 0 when no answer came. */
  readonly status: number
  /** Schemes that the server offered, in its order: `Negotiate`, `NTLM`. */
  readonly offered: readonly string[]
  /** Bytes of the token that was sent; 0 for none. */
  readonly sentBytes: number
  readonly mechanism: 'kerberos' | 'ntlm' | ''
}

/** The last answer, and how it came to be. */
export interface NegotiatedResponse extends HttpResponse {
  readonly legs: readonly NegotiateLeg[]
  /** The server has proved who it is; false where it did not answer with a token. */
  readonly mutual: boolean
}

/** A proxy with what it may be told. Without `url` the environment names it. */
export interface ProxyClientOptions {
  url?: string | URL
  integratedAuthentication?: boolean
  servicePrincipalName?: string
  allowNtlm?: boolean
}

/** The network options of the configuration, as this room needs them. */
export interface HttpClientOptions {
  proxy?: string | false | ProxyClientOptions
  ca?: string | Buffer | Array<string | Buffer>
  timeoutSeconds?: number
  dispatcher?: { dispatch(options: object, handler: object): boolean }
}
