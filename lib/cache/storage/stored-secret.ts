/** One secret in the system's store of secrets: its failures as errors of ours, and no call without an end. */
import { ClientError } from '../../errors.js'
import type { NativeFailure, NativeSecretStore, SecretItem } from '../../native/contract.js'
import { orTooLate } from '../../request/abort.js'
import type { Clock } from '../../request/clock.js'

/** What a secret is reached with. */
export interface SecretAccess {
  store: NativeSecretStore
  clock: Clock
}

// A person may have to be asked for the password of the keyring; MSAL.NET waits 60 s for whoever has the lock meanwhile.
const TIMEOUT_MS = 30_000
// The Keychain cannot be told to give up, so the wait for it is.
const GIVE_UP_AFTER_MS = TIMEOUT_MS + 1_000

/**
 * Each method rejects with ClientError secret_store_locked when the store is locked and nobody knows what is in it, and with
 * secret_store_unavailable when it is not there, refuses, or does not answer. Neither says that there is no secret.
 */
export class StoredSecret {
  readonly #access: SecretAccess
  readonly #item: SecretItem

  constructor(access: SecretAccess, item: SecretItem) {
    this.#access = access
    this.#item = item
  }

  /** The secret; `undefined` when the store certainly has none. */
  get(): Promise<Uint8Array | undefined> {
    return this.#call(store => store.get(this.#item, TIMEOUT_MS))
  }

  /** Stores it in place of the one that is there. */
  set(secret: Uint8Array, label: string): Promise<void> {
    return this.#call(store => store.set(this.#item, secret, label, TIMEOUT_MS))
  }

  /** Deletes it if it is there. */
  async delete(): Promise<void> {
    await this.#call(store => store.delete(this.#item, TIMEOUT_MS))
  }

  async #call<T>(ask: (store: NativeSecretStore) => Promise<T>): Promise<T> {
    const { store, clock } = this.#access
    try {
      const tooLate = () => new Error('it does not answer')
      return await orTooLate(ask(store), { ms: GIVE_UP_AFTER_MS, clock, tooLate })
    } catch (cause) {
      throw failureOf(cause)
    }
  }
}

function failureOf(cause: unknown): ClientError {
  const { code, message } = cause as Partial<NativeFailure>
  if (code === 'LOCKED') return new ClientError('secret_store_locked', undefined, { cause })
  const reason = code === undefined ? message : `${message} (${code})`
  return new ClientError('secret_store_unavailable', `The secret store cannot be used: ${reason}`, { cause })
}
