/** Partition ⇄ what is stored of it: an envelope under a key that belongs to one name, or plain where that was allowed. */
import { createHmac } from 'node:crypto'
import { keyIdOf, openEnvelope, readHeader, sealEnvelope } from '../cache/storage/envelope.js'
import { ClientError } from '../errors.js'

/** Turns the text of a partition into a value and back. `name` is the Redis key: a value opens under its own name only. */
export interface Seal {
  seal(name: string, text: string): string
  /** @throws {ClientError} cache_decryption_failed – it was changed, moved, or sealed with another key. */
  open(name: string, value: string): string
}

/** Seals with the first key and opens with any. Without keys all is plain; with `readsPlain` plain values are read too. */
export function createSeal(keys: readonly Uint8Array[], readsPlain: boolean): Seal {
  const [first] = keys
  return {
    seal(name, text) {
      if (first === undefined) return text
      return Buffer.from(sealEnvelope(keyFor(first, name), Buffer.from(text), name)).toString('base64')
    },
    open(name, value) {
      if (value.startsWith('{')) {
        if (readsPlain) return value
        throw refused('It is not encrypted, which is accepted with allowUnencryptedStorage: true only.')
      }
      if (first === undefined) throw refused('It is encrypted, and there is no encryptionKey.')
      const bytes = Buffer.from(value, 'base64')
      const header = readHeader(bytes)
      if (header.kind !== 'sealed') throw refused('It is damaged.')
      const key = keys.map(each => keyFor(each, name)).find(each => keyIdOf(each) === header.keyId)
      if (key === undefined) throw refused('It is encrypted with another key, or belongs to another account.')
      try {
        return Buffer.from(openEnvelope(key, bytes, name)).toString('utf8')
      } catch {
        throw refused('It was changed.')
      }
    },
  }
}

/** With a key for each name a fleet never comes near the number of random nonces that one key can stand. */
function keyFor(key: Uint8Array, name: string): Buffer {
  return createHmac('sha256', key).update(`latchkey redis ${name}`).digest()
}

function refused(reason: string): ClientError {
  return new ClientError('cache_decryption_failed', `What Redis has of the account cannot be used. ${reason}`, {
    hint: 'Give every process the same encryptionKey, the previous one included; or let the user sign in again, which replaces it.',
  })
}
