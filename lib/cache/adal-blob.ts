/** The token cache of ADAL v3, byte for byte: how .NET's BinaryWriter writes a list of keys and values. */
import { ClientError } from '../errors.js'
import { AdalEntry } from './adal-entry.js'

// Shape: int32 version, int32 count, then for each entry two texts, each the length of its UTF-8 in groups of seven bits, the
// lowest first, and then the UTF-8. All little-endian.
const SCHEMA_VERSION = 3
const HEADER_BYTES = 8
const MAX_BYTES = 64 << 20

/**
 * Reads an ADAL v3 cache. What is behind the last entry is not looked at, as ADAL does not.
 *
 * @throws {ClientError} json_parse_failed – the bytes are not an ADAL v3 cache, or end too early.
 */
export function parseAdalBlob(bytes: Uint8Array): AdalEntry[] {
  if (bytes.byteLength < HEADER_BYTES || bytes.byteLength > MAX_BYTES) throw unreadable('Their number is not possible.')
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.readInt32LE(0)
  if (version !== SCHEMA_VERSION) throw unreadable(`They are of version ${version}.`)
  const count = view.readInt32LE(4)
  const entries: AdalEntry[] = []
  let position = HEADER_BYTES
  for (let index = 0; index < count; index++) {
    const start = position
    const [key, afterKey] = readText(view, position)
    const [value, afterValue] = readText(view, afterKey)
    // A copy, since the caller may use its own array again.
    entries.push(new AdalEntry(Uint8Array.from(view.subarray(start, afterValue)), key, value))
    position = afterValue
  }
  if (count < 0) throw unreadable('Their number of entries is not possible.')
  return entries
}

/** Writes entries. Those that were read are written as they came. */
export function serializeAdalBlob(entries: readonly AdalEntry[]): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeInt32LE(SCHEMA_VERSION, 0)
  header.writeInt32LE(entries.length, 4)
  return new Uint8Array(Buffer.concat([header, ...entries.map(({ raw }) => raw)]))
}

/** Encodes a new entry. */
export function adalEntryOf({ key, value }: { readonly key: string; readonly value: string }): AdalEntry {
  return new AdalEntry(new Uint8Array(Buffer.concat([writeText(key), writeText(value)])), key, value)
}

/** The text at a position, and the position behind it. */
function readText(view: Buffer, position: number): [string, number] {
  let length = 0
  let next = position
  for (let shift = 0; ; shift += 7) {
    const byte = view[next++]
    if (byte === undefined) throw unreadable('They end too early.')
    // Five groups hold any length that .NET writes.
    if (shift > 28) throw unreadable('A length is not possible.')
    length += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  if (length > view.length - next) throw unreadable('They end too early.')
  return [view.toString('utf8', next, next + length), next + length]
}

function writeText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  const length: number[] = []
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.concat([Buffer.from([...length, rest]), bytes])
    length.push((rest & 0x7f) | 0x80)
  }
}

function unreadable(reason: string): ClientError {
  return new ClientError('json_parse_failed', `The bytes are not a token cache of ADAL v3. ${reason}`)
}
