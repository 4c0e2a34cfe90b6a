/** The one connection that a conversation is bound to, whoever is at its other end: requests go over it or not at all. */
import type { RawResponse } from '../exchange.js'

/** Of a token, there and back; http.sys, which AD FS runs on, takes no more either. */
export const MAX_TOKEN_BYTES = 64 * 1024

/** The other side's token in base64, and the usual 16 KiB for the other fields. */
export const MAX_HEADER_BYTES = Math.ceil(MAX_TOKEN_BYTES / 3) * 4 + 16 * 1024

/** The connection was over before the request got through; it may be sent on another one. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError'
}

/** A connection with the channel bindings of its certificate. */
export interface BoundConnection {
  /** Of type tls-server-end-point; empty when the certificate has none, or there is no certificate. */
  readonly channelBindings: Uint8Array
  /** The certificate is that of an earlier connection. */
  readonly isResumed: boolean
  isOpen(): boolean
  /**
   * Sends the request with these headers, and reads the whole answer.
   *
   * @throws {ConnectionLostError} when the connection was over already; else what went wrong on the wire.
   */
  exchange(headers: Record<string, string>, signal: AbortSignal): Promise<RawResponse>
  close(): void
}
