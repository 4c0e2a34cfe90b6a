/** What can be asked of Redis and told to it, in our own terms: names of keys, and each script with its answer read. */
import { createHash } from 'node:crypto'
import { ClientError } from '../errors.js'
import type { Availability } from './availability.js'
import { isWrongType, type RunScript } from './client.js'
import { INDEX, LIST, LOAD, LOCK, RELEASE, RENEW, SAVE, type Script, UNINDEX } from './scripts.js'

/** What is stored of an account. Versions are decimal microseconds, see scripts.ts. */
export type Loaded =
  | { readonly kind: 'same' | 'absent' }
  | { readonly kind: 'removed'; readonly version: string }
  | { readonly kind: 'found'; readonly version: string; readonly fence: number; readonly value: string }

/** A partition to be saved. */
export interface ToSave {
  /** The version that must be there; empty for none. */
  readonly expected: string
  /** `now` for a sign-in, which no refresh under way may undo. */
  readonly fence: number | 'now'
  /** `undefined` for an account that was removed. */
  readonly value: string | undefined
  readonly lifetimeMs: number
  /** The new version is greater than this one. */
  readonly above: string
  /** Put back what was lost, as the version that it was: `above`. */
  readonly isPutBack: boolean
}

/** An account of the index; `score` changes with each save. */
export interface Indexed {
  readonly home: string
  readonly score: string
}

// Longer than any clock is put back.
const FENCE_LIFETIME_MS = 24 * 60 * 60 * 1000

export class Stored {
  readonly #run: RunScript
  readonly #availability: Availability
  readonly #prefix: string

  constructor(run: RunScript, availability: Availability, prefix: string) {
    this.#run = run
    this.#availability = availability
    this.#prefix = prefix
  }

  /** The Redis key of an account. What is in braces decides on the node of a cluster. */
  partitionKey(clientId: string, home: string): string {
    return `${this.#prefix}:{${clientId.toLowerCase()}:${encodeURIComponent(home)}}`
  }

  /** @throws {ClientError} cache_read_failed – something else is stored under the name. */
  async load(key: string, knownVersion: string): Promise<Loaded> {
    const answer = await this.#ask(LOAD, [key], [knownVersion]).catch((error: unknown) => {
      if (!isWrongType(error)) throw error
      throw new ClientError('cache_read_failed', `The Redis key ${key} holds something else than an account.`, {
        hint: 'Remove the key, or use a keyPrefix that nobody else uses.',
        cause: error,
      })
    })
    const [kind, version = '', fence = '', value = ''] = textsOf(answer)
    switch (kind) {
      case 'same':
      case 'absent':
        return { kind }
      case 'removed':
        return { kind, version }
      default:
        return { kind: 'found', version, fence: Number(fence), value }
    }
  }

  /** Resolves with the new version, or `undefined` when another version than the expected one is stored. */
  async save(
    key: string,
    { expected, fence, value, lifetimeMs, above, isPutBack }: ToSave,
  ): Promise<string | undefined> {
    const args = [
      expected,
      fence === 'now' ? '' : String(fence),
      value ?? '',
      String(Math.max(1, Math.round(lifetimeMs))),
      above,
      isPutBack ? '1' : '0',
    ]
    return textOf(await this.#ask(SAVE, [key], args)) || undefined
  }

  /** Lists the account from now on. */
  async index(clientId: string, home: string, lifetimeMs: number): Promise<void> {
    await this.#ask(INDEX, [this.#indexKey(clientId)], [home, String(Math.round(lifetimeMs))])
  }

  /** Who may have a partition. */
  async list(clientId: string): Promise<Indexed[]> {
    const texts = textsOf(await this.#ask(LIST, [this.#indexKey(clientId)], []))
    const indexed: Indexed[] = []
    for (let i = 0; i + 1 < texts.length; i += 2) indexed.push({ home: texts[i] ?? '', score: texts[i + 1] ?? '' })
    return indexed
  }

  /** Lists the account no more, unless it was saved since it was listed. */
  async unindex(clientId: string, { home, score }: Indexed): Promise<void> {
    await this.#ask(UNINDEX, [this.#indexKey(clientId)], [home, score])
  }

  /** Resolves with the fence of the lock, or `undefined` when somebody has it. */
  async lock(name: string, token: string, lifetimeMs: number): Promise<number | undefined> {
    const keys = [this.#lockKey(name), `${this.#lockKey(name)}:fence`]
    const fence = textOf(await this.#ask(LOCK, keys, [token, String(lifetimeMs), String(FENCE_LIFETIME_MS)]))
    return fence === '' ? undefined : Number(fence)
  }

  async renew(name: string, token: string, lifetimeMs: number): Promise<void> {
    await this.#ask(RENEW, [this.#lockKey(name)], [token, String(lifetimeMs)])
  }

  async release(name: string, token: string): Promise<void> {
    await this.#ask(RELEASE, [this.#lockKey(name)], [token])
  }

  #indexKey(clientId: string): string {
    return `${this.#prefix}:{${clientId.toLowerCase()}}:accounts`
  }

  // Of a name that may be long and may hold anything.
  #lockKey(name: string): string {
    return `${this.#prefix}:{lock:${createHash('sha256').update(name).digest('base64url')}}`
  }

  #ask(script: Script, keys: string[], args: string[]): Promise<unknown> {
    return this.#availability.attempt(() => this.#run(script, keys, args))
  }
}

function textsOf(answer: unknown): string[] {
  return Array.isArray(answer) ? answer.map(textOf) : []
}

/** Clients can be set to answer with bytes. */
function textOf(answer: unknown): string {
  return typeof answer === 'string' ? answer : answer instanceof Uint8Array ? Buffer.from(answer).toString() : ''
}
