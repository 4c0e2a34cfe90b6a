/** Reads the password of --password-stdin: everything that comes, without the end of its line. */
import { isUtf8 } from 'node:buffer'
import { addAbortSignal, type Readable } from 'node:stream'
import { UsageError } from '../usage-error.js'

const MAX_BYTES = 4_096
const LF = 0x0a
const CRLF = Buffer.from('\r\n')

/**
 * Resolves with the password as the bytes that came.
 *
 * @throws {UsageError} – stdin is a terminal, or what came is empty, longer than 4096 bytes, more than a line, or no UTF-8.
 * @throws the signal's reason when it fires first.
 */
export async function readPipedPassword(
  input: Readable & { readonly isTTY?: boolean },
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (input.isTTY) {
    throw new UsageError(
      '--password-stdin reads a pipe or a file, and stdin is a terminal',
      'Leave it out to be asked for the password, which is then not shown.',
    )
  }
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of addAbortSignal(signal, input)) {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_BYTES) throw new UsageError(`--password-stdin got more than ${MAX_BYTES} bytes`)
    }
    return checked(Buffer.concat(chunks))
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    for (const chunk of chunks) chunk.fill(0)
  }
}

function checked(bytes: Buffer): Uint8Array {
  const end = bytes.subarray(-2).equals(CRLF) ? 2 : bytes.at(-1) === LF ? 1 : 0
  const line = bytes.subarray(0, bytes.length - end)
  if (line.length === 0)
    throw new UsageError('--password-stdin got nothing', 'Give it the password by a pipe or from a file, on one line.')
  if (line.includes('\n') || line.includes('\0')) throw new UsageError('--password-stdin got more than one line')
  if (!isUtf8(line)) throw new UsageError('--password-stdin got something that is not UTF-8')
  return line
}
