/** Partition ⇄ what is stored of it: AES-256-GCM under a key that belongs to one name, or plain where that was allowed. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { ClientError } from '../errors.js'

/** Turns the text of a partition into a value and back. `name` is the Redis key: a value opens under its own name only. */
export interface Seal {
  seal(name: string, text: string): string
  /** @throws {ClientError} cache_decryption_failed – it was changed, moved, or sealed with another key. */
  open(name: string, value: string): string
}

// Base64 of: version 1, ID of the key, nonce, ciphertext, tag. All before the ciphertext is authenticated, and so is the name.
const VERSION = 1
const KEY_ID_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES

/** Seals with the first key and opens with any. Without keys all is plain; with `readsPlain` plain values are read too. */
export function createSeal(keys: readonly Uint8Array[], readsPlain: boolean): Seal {
  const ring = keys.map(key => ({ key, id: derive(key, 'latchkey key id').subarray(0, KEY_ID_BYTES) }))
  const [first] = ring
  return {
    seal(name, text) {
      if (first === undefined) return text
      const nonce = randomBytes(NONCE_BYTES)
      const header = Buffer.concat([Uint8Array.of(VERSION), first.id, nonce])
      const cipher = createCipheriv('aes-256-gcm', keyFor(first.key, name), nonce)
      cipher.setAAD(Buffer.concat([header, Buffer.from(name)]))
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([header, ciphertext, cipher.getAuthTag()]).toString('base64')
    },
    open(name, value) {
      if (value.startsWith('{')) {
        if (readsPlain) return value
        throw refused('It is not encrypted, which is accepted with allowUnencryptedStorage: true only.')
      }
      if (first === undefined) throw refused('It is encrypted, and there is no encryptionKey.')
      const bytes = Buffer.from(value, 'base64')
      if (bytes[0] !== VERSION || bytes.length < HEADER_BYTES + TAG_BYTES) throw refused('It is damaged.')
      const id = bytes.subarray(1, 1 + KEY_ID_BYTES)
      const entry = ring.find(known => known.id.equals(id))
      if (entry === undefined) throw refused('It is encrypted with another key.')
      const header = bytes.subarray(0, HEADER_BYTES)
      const options = { authTagLength: TAG_BYTES }
      const nonce = header.subarray(-NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', keyFor(entry.key, name), nonce, options)
      decipher.setAAD(Buffer.concat([header, Buffer.from(name)]))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        return decipher.update(bytes.subarray(HEADER_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        throw refused('It was changed, or belongs to another account.')
      }
    },
  }
}

/** With a key for each name a fleet never comes near the number of random nonces that one key can stand. */
function keyFor(key: Uint8Array, name: string): Buffer {
  return derive(key, `latchkey redis ${name}`)
}

function derive(key: Uint8Array, purpose: string): Buffer {
  return createHmac('sha256', key).update(purpose).digest()
}

function refused(reason: string): ClientError {
  return new ClientError('cache_decryption_failed', `What Redis has of the account cannot be used. ${reason}`, {
    hint: 'Give every process the same encryptionKey, the previous one included; or let the user sign in again, which replaces it.',
  })
}
