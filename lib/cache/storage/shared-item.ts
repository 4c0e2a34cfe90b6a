/** Under which names, and in which form, the MSALs keep a whole token cache in a keychain or keyring. */
import { createHash } from 'node:crypto'
import { ClientError } from '../../errors.js'
import type { SecretItem } from '../../native/contract.js'
import type { PersistentCacheOptions, SecretServiceOptions } from '../persistent-cache.js'

/** One item of the store, and how the cache is written into it. */
export interface SharedItem {
  readonly item: SecretItem
  /** What people see in the programs that list what is stored. */
  readonly label: string
  readonly format: 'base64' | 'json'
}

/**
 * The item that the options name on this system; `location` is the path of the signal file as it was given, from which
 * MSAL Python makes names.
 *
 * @throws {ClientError} invalid_configuration – as createPersistentCache.
 */
export function sharedItem(
  { keychain = {}, secretService }: Pick<PersistentCacheOptions, 'keychain' | 'secretService'>,
  location: string,
): SharedItem {
  const hash = createHash('sha256').update(location).digest('hex')
  const { service = 'msal-extensions', account = hash } = keychain
  assertText('keychain.service', service)
  assertText('keychain.account', account)
  const { format, schema, attributes, label, collection } = checked(secretService ?? { format: 'json' }, hash)
  const isMac = process.platform === 'darwin'
  return {
    item: {
      service,
      account,
      schema,
      // MSAL.NET asks for items by their attributes, whatever their schema; MSAL Python and keytar want theirs only.
      matchSchema: format === 'json',
      attributes,
      collection,
      contentType: 'text/plain',
    },
    label: isMac ? service : label,
    // In a keychain it is plain JSON for all of them.
    format: isMac ? 'json' : format,
  }
}

function checked(options: SecretServiceOptions, hash: string): Required<SecretServiceOptions> {
  const { format, attributes = {}, label = '', collection = 'default' } = options
  const { schema = hash } = options
  if (format !== 'base64' && format !== 'json') refuse('secretService.format must be "base64" or "json".')
  assertText('secretService.schema', schema)
  if (typeof label !== 'string' || label.includes('\0')) refuse('secretService.label must be a text.')
  if (typeof collection !== 'string' || !/^[A-Za-z0-9_]+$/.test(collection)) {
    refuse('secretService.collection must be an alias, "default" or "session".')
  }
  const entries = Object.entries(attributes)
  for (const [name, value] of entries) {
    assertText('The name of an attribute in secretService', name)
    assertText(`secretService.attributes.${name}`, value)
  }
  if (entries.length > 31) refuse('secretService.attributes can be 31 at most.')
  if (format === 'base64' && (options.schema === undefined || entries.length === 0)) {
    refuse('secretService needs a schema and at least one attribute with the format "base64".')
  }
  return { format, schema, attributes, label, collection }
}

function assertText(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) refuse(`${name} must be a text.`)
}

function refuse(message: string): never {
  throw new ClientError('invalid_configuration', message)
}

/** An item like it that nobody looks for, to try the store with. */
export function probeItem(item: SecretItem, id: string): SecretItem {
  const named = (text: string) => `${text}.${id}.probe`
  const attributes = Object.entries(item.attributes).map(([name, value]) => [name, named(value)])
  return {
    ...item,
    account: named(item.account),
    schema: named(item.schema),
    attributes: Object.fromEntries(attributes),
  }
}

/** Where the store keeps the copy number `slot` of what could not be read. No search for `item` finds it. */
export function setAsideItem(item: SecretItem, file: string, slot: number): SecretItem {
  return {
    ...item,
    account: `${item.account}.set-aside.${slot}`,
    schema: 'latchkey.set-aside',
    matchSchema: true,
    attributes: { file, slot: String(slot) },
    contentType: 'application/octet-stream',
  }
}

/** What is stored for the contents. */
export function encodeShared(contents: Uint8Array, format: SharedItem['format']): Uint8Array {
  return format === 'json' ? contents : Buffer.from(Buffer.from(contents).toString('base64'))
}

/** The contents of what is stored, in either form. What is in neither is given back as it is. */
export function decodeShared(stored: Uint8Array): Uint8Array {
  const text = Buffer.from(stored).toString('latin1').trim()
  // No JSON of a cache is Base64: it begins with a brace.
  return /^[A-Za-z0-9+/\s]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : stored
}
