/** Snapshot ⇄ the JSON that all MSAL libraries read ("MSAL v3"). */
import { isAscii } from 'node:buffer'
import { ClientError } from '../errors.js'
import { isEntity, SECTIONS, type Section } from './schema.js'
import { Snapshot } from './snapshot.js'

// About 40 000 users. Real caches stay far below; V8 ends a string at twice this size.
const MAX_BYTES = 256 * 1024 * 1024

/**
 * Reads the JSON of a token cache. A BOM and trailing NULs are tolerated, as are missing sections, records that are not
 * objects, and numbers in place of strings.
 *
 * @throws {ClientError} json_parse_failed – the bytes are not UTF-8, not JSON, too many, or not a token cache.
 */
export function parseSnapshot(bytes: Uint8Array): Snapshot {
  if (bytes.byteLength > MAX_BYTES) throw unreadable('They are larger than any real token cache.')
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return parseSnapshotText(textOf(Buffer.from(bytes.buffer, bytes.byteOffset, end)))
}

function textOf(bytes: Buffer): string {
  // Most caches are, and a copy of the bytes takes a seventh of what it takes to decode them.
  if (isAscii(bytes)) return bytes.toString('latin1')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable('They are not UTF-8.')
  }
}

/**
 * Reads a token cache from text; see {@link parseSnapshot}.
 *
 * @throws {ClientError} json_parse_failed – the text is not JSON, too long, or not a token cache.
 */
export function parseSnapshotText(content: string): Snapshot {
  if (typeof content !== 'string') throw unreadable('They are not text.')
  if (content.length > MAX_BYTES) throw unreadable('They are larger than any real token cache.')
  let root: unknown
  try {
    root = JSON.parse(content.startsWith('\uFEFF') ? content.slice(1) : content)
  } catch {
    // The parser's own message quotes the text, and with it tokens.
    throw unreadable('They are not JSON.')
  }
  if (!isEntity(root)) throw unreadable('They are not a JSON object.')
  const sections: Array<[Section, object]> = []
  const unknownSections = new Map<string, unknown>()
  for (const [name, value] of Object.entries(root)) {
    const section = SECTIONS.find(known => known === name)
    if (section === undefined) unknownSections.set(name, value)
    else if (isEntity(value)) sections.push([section, value])
    else if (value !== null) throw unreadable(`Section ${section} is not a JSON object.`)
  }
  return new Snapshot(entriesOf(sections), unknownSections)
}

function* entriesOf(sections: Iterable<[Section, object]>): Generator<readonly [Section, string, unknown]> {
  for (const [section, records] of sections) {
    for (const [key, value] of Object.entries(records)) yield [section, key, value]
  }
}

/** Writes a snapshot: all five sections, even empty ones, and then what other libraries added. */
export function serializeSnapshotText(snapshot: Snapshot): string {
  const sections = new Map<string, Map<string, unknown>>(SECTIONS.map(section => [section, new Map()]))
  for (const [section, key, value] of snapshot.entries()) {
    const records = sections.get(section)
    // Two records can only meet at one key when somebody stored one under a key that is not its own. Both are kept.
    let free = key
    while (records?.has(free)) free += '-'
    records?.set(free, value)
  }
  // fromEntries defines properties, so that a key such as __proto__ is data like any other.
  const known = [...sections].map(([name, records]) => [name, Object.fromEntries(records)] as const)
  return JSON.stringify(Object.fromEntries([...known, ...snapshot.unknownSections]))
}

/** Writes a snapshot as UTF-8 without a BOM, which MSAL.NET would refuse. */
export function serializeSnapshot(snapshot: Snapshot): Uint8Array {
  return new TextEncoder().encode(serializeSnapshotText(snapshot))
}

function unreadable(reason: string): ClientError {
  return new ClientError('json_parse_failed', `The cache contents are not a token cache. ${reason}`)
}
