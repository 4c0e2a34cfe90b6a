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
  /** Closes every connection; requests under way fail with `app_closed`. May be called twice. */
  close(): Promise<void>
}

/** The network options of the configuration, as this room needs them. */
export interface HttpClientOptions {
  proxy?: string | false
  ca?: string | Buffer | Array<string | Buffer>
  timeoutSeconds?: number
  dispatcher?: { dispatch(options: object, handler: object): boolean }
}
