/** Snapshot ⇄ the format of MSAL.NET 2: four lists of records, each record a text of JSON within the JSON. */
import { ClientError } from '../errors.js'
import { keyOf } from './keys.js'
import { type Entity, isEntity, SECTIONS, type Section } from './schema.js'
import { Snapshot } from './snapshot.js'

/** The lists, in the order MSAL.NET writes them. There is none for app metadata, and none for what is unknown. */
const LISTS: ReadonlyArray<readonly [string, Section]> = [
  ['access_tokens', 'AccessToken'],
  ['refresh_tokens', 'RefreshToken'],
  ['id_tokens', 'IdToken'],
  ['accounts', 'Account'],
]
const MAX_BYTES = 256 * 1024 * 1024

/**
 * Reads a cache of MSAL.NET 2. Lists that are not known are kept, as sections of their name.
 *
 * @throws {ClientError} json_parse_failed – the bytes are not UTF-8, not JSON, too many, or not such a cache.
 */
export function parseSnapshotV2(bytes: Uint8Array): Snapshot {
  if (bytes.byteLength > MAX_BYTES) throw unreadable('They are larger than any real token cache.')
  const root = parse(textOf(bytes))
  if (!Array.isArray(root)) throw unreadable('They are not a JSON array.')
  const entries: Array<readonly [Section, string, unknown]> = []
  const unknownSections = new Map<string, unknown>()
  for (const pair of root as unknown[]) {
    const { Key: name, Value: list } = isEntity(pair) ? pair : {}
    if (typeof name !== 'string') throw unreadable('A list has no name.')
    const [, section] = LISTS.find(([known]) => known === name) ?? []
    if (section !== undefined) for (const text of textsOf(list)) entries.push(entryOf(section, parse(text)))
    else if ((SECTIONS as readonly string[]).includes(name)) throw unreadable('A list has the name of a section.')
    else unknownSections.set(name, list)
  }
  return new Snapshot(entries, unknownSections)
}

/** Writes the tokens and users of a snapshot in the format of MSAL.NET 2, as UTF-8. App metadata has no place there. */
export function serializeSnapshotV2(snapshot: Snapshot): Uint8Array {
  const lists = new Map<Section, string[]>(LISTS.map(([, section]) => [section, []]))
  for (const [section, , value] of snapshot.entries()) {
    if (isEntity(value)) lists.get(section)?.push(JSON.stringify(value))
  }
  return new TextEncoder().encode(
    JSON.stringify(LISTS.map(([name, section]) => ({ Key: name, Value: lists.get(section) }))),
  )
}

function entryOf(section: Section, value: unknown): readonly [Section, string, Entity] {
  if (!isEntity(value)) throw unreadable('A record is not a JSON object.')
  const { access_token_type: tokenType, ...fields } = value
  // The older name of the field.
  const isOlder = section === 'AccessToken' && tokenType !== undefined && fields.token_type === undefined
  const entity = isOlder ? { ...fields, token_type: tokenType } : value
  return [section, keyOf(section, entity), entity]
}

function textsOf(list: unknown): string[] {
  if (list === null || list === undefined) return []
  if (!Array.isArray(list) || !list.every(text => typeof text === 'string')) throw unreadable('A list holds no texts.')
  return list
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable('They are not UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and with it tokens.
    throw unreadable('They are not JSON.')
  }
}

function unreadable(reason: string): ClientError {
  return new ClientError('json_parse_failed', `The bytes are not a token cache of MSAL 2. ${reason}`)
}
