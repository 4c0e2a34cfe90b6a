/** Reads over the body of a proxy's refusal, so that its connection can be used again: Node hands it over unread. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'

// A page for people; more than that is not worth keeping a connection for.
const MAX_BYTES = 256 * 1024
const MAX_LINE_BYTES = 1024
const CRLF = Buffer.from('\r\n')

/**
 * Reads on to the body's last byte, of which `head` has come already. False: this body has no end that could be known, is longer
 * than any page, or is followed by what nobody asked for, so that the connection is of no more use.
 *
 * @see [RFC 9112 § 6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3)
 */
export function readRefusal(socket: Socket, head: Buffer, headers: IncomingHttpHeaders): Promise<boolean> {
  const body = bodyOf(headers)
  if (body === undefined) return Promise.resolve(false)
  return new Promise(resolve => {
    const take = (bytes: Buffer) => {
      const isWhole = body.take(bytes)
      if (isWhole !== undefined) settle(isWhole)
    }
    const lose = () => settle(false)
    const settle = (isWhole: boolean) => {
      socket.pause().off('data', take).off('close', lose).off('end', lose)
      resolve(isWhole)
    }
    const ahead = body.take(head)
    if (ahead !== undefined) return resolve(ahead)
    if (socket.destroyed) return resolve(false)
    socket.on('data', take).once('close', lose).once('end', lose).resume()
  })
}

/** Takes what comes. True: that was the end; false: it cannot be read over; undefined: more is to come. */
interface Body {
  take(bytes: Buffer): boolean | undefined
}

function bodyOf(headers: IncomingHttpHeaders): Body | undefined {
  const coding = headers['transfer-encoding']?.trim().toLowerCase()
  if (coding !== undefined) return coding === 'chunked' ? new ChunkedBody() : undefined
  const length = headers['content-length']
  if (length === undefined || !/^\d{1,9}$/.test(length)) return undefined
  return Number(length) > MAX_BYTES ? undefined : new SizedBody(Number(length))
}

class SizedBody implements Body {
  #left: number

  constructor(size: number) {
    this.#left = size
  }

  take(bytes: Buffer): boolean | undefined {
    this.#left -= bytes.length
    return this.#left > 0 ? undefined : this.#left === 0
  }
}

/** @see [RFC 9112 § 7.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1) */
class ChunkedBody implements Body {
  #kept: Buffer = Buffer.alloc(0)
  #taken = 0
  /** Bytes of the chunk that are still to come, with the end of line after them. */
  #left = 0
  #isTrailer = false

  take(bytes: Buffer): boolean | undefined {
    this.#taken += bytes.length
    if (this.#taken > MAX_BYTES) return false
    this.#kept = Buffer.concat([this.#kept, bytes])
    while (true) {
      const over = Math.min(this.#left, this.#kept.length)
      this.#left -= over
      this.#kept = this.#kept.subarray(over)
      if (this.#left > 0) return undefined
      const end = this.#kept.indexOf(CRLF)
      if (end === -1) return this.#kept.length > MAX_LINE_BYTES ? false : undefined
      const line = this.#kept.subarray(0, end).toString('latin1')
      this.#kept = this.#kept.subarray(end + CRLF.length)
      if (this.#isTrailer) {
        if (line === '') return this.#kept.length === 0
        continue
      }
      const size = /^([\da-f]{1,6})[ \t]*(?:;.*)?$/i.exec(line)?.[1]
      if (size === undefined) return false
      this.#isTrailer = /^0+$/.test(size)
      this.#left = this.#isTrailer ? 0 : Number.parseInt(size, 16) + CRLF.length
    }
  }
}
