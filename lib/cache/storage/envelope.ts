/** The format of an encrypted cache, AES-256-GCM with a header: sealing, opening, and telling it from other contents. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { ClientError } from '../../errors.js'

/** Length of a key in bytes. */
export const KEY_BYTES = 32
/** As many of the first bytes of a file as {@link readHeader} needs. */
export const HEADER_BYTES = 37

const MAGIC = Buffer.from('latchkey', 'latin1')
const VERSION = 1
const ID_OFFSET = 9
const NONCE_OFFSET = 25
const TAG_BYTES = 16

/** What the first bytes of a file say. */
export type Header =
  /** No envelope: other contents, or none. */
  | { readonly kind: 'none' }
  /** Begins as an envelope does and ends too early. */
  | { readonly kind: 'damaged' }
  /** An envelope in a form that this version does not know. */
  | { readonly kind: 'unknown'; readonly version: number }
  /** `keyId` is of the key that it is sealed with, in hexadecimal digits. */
  | { readonly kind: 'sealed'; readonly keyId: string }

/** Reads the header off at least {@link HEADER_BYTES} bytes of a file, or all it has. */
export function readHeader(bytes: Uint8Array | undefined): Header {
  const start = bytes === undefined ? Buffer.alloc(0) : bufferOf(bytes).subarray(0, HEADER_BYTES)
  if (!start.subarray(0, MAGIC.length).equals(MAGIC)) return { kind: 'none' }
  const version = start[MAGIC.length]
  if (version === undefined) return { kind: 'damaged' }
  if (version !== VERSION) return { kind: 'unknown', version }
  if (start.length < HEADER_BYTES) return { kind: 'damaged' }
  return { kind: 'sealed', keyId: start.toString('hex', ID_OFFSET, NONCE_OFFSET) }
}

/** Tells one key from another without giving it away: 32 hexadecimal digits. */
export function keyIdOf(key: Uint8Array): string {
  return createHmac('sha256', key).update('latchkey key id').digest('hex').slice(0, 32)
}

/**
 * Seals `plain` for the place of this name: `latchkey`, a version byte, 16 bytes of key id, a nonce of 12, the ciphertext and
 * a tag of 16. The header and the name are authenticated with it, so that nobody can put one cache in place of another.
 *
 * @see [NIST SP 800-38D](https://csrc.nist.gov/pubs/sp/800/38/d/final)
 */
export function sealEnvelope(key: Uint8Array, plain: Uint8Array, name: string): Uint8Array {
  const nonce = randomBytes(HEADER_BYTES - NONCE_OFFSET)
  const header = Buffer.concat([MAGIC, Buffer.of(VERSION), Buffer.from(keyIdOf(key), 'hex'), nonce])
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(associatedData(header, name))
  return Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/**
 * Opens what {@link sealEnvelope} made with the same key for a place of the same name.
 *
 * @throws {ClientError} cache_decryption_failed – it is not that, to the bit.
 */
export function openEnvelope(key: Uint8Array, sealed: Uint8Array, name: string): Uint8Array {
  const bytes = bufferOf(sealed)
  if (readHeader(bytes).kind !== 'sealed' || bytes.length < HEADER_BYTES + TAG_BYTES) throw damaged()
  const header = bytes.subarray(0, HEADER_BYTES)
  const tagOffset = bytes.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, header.subarray(NONCE_OFFSET), { authTagLength: TAG_BYTES })
  decipher.setAAD(associatedData(header, name))
  decipher.setAuthTag(bytes.subarray(tagOffset))
  const plain = decipher.update(bytes.subarray(HEADER_BYTES, tagOffset))
  try {
    decipher.final()
  } catch {
    plain.fill(0)
    throw damaged()
  }
  return plain
}

/** The header has a fixed length, so that nothing can be moved from it to the name. */
function associatedData(header: Uint8Array, name: string): Uint8Array {
  return Buffer.concat([header, Buffer.from(name, 'utf8')])
}

function damaged(): ClientError {
  return new ClientError(
    'cache_decryption_failed',
    'The token cache is damaged, or was put in the place of another one.',
  )
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
