/** Reads the body of a request, as far as any request here may go. */
import type { IncomingMessage } from 'node:http'

const MAX_BODY_BYTES = 1024 * 1024

/** The body as text, `undefined` when it is larger than 1 MiB. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    // Read to the end, so that the client gets to see the refusal, but keep no more of it.
    if (length <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  return length > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8')
}
