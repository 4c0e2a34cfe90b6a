/** The options of the cache in Redis, with their defaults, and the checks of them. */
import { ClientError } from '../errors.js'
import { assertClient, type IoRedisClient, type NodeRedisClient } from './client.js'

/** Options of {@link redisCache}. */
export interface RedisCacheOptions {
  /** Yours, connected: of node-redis 5 (`createClient`, `createCluster`…) or of ioredis 5. It is not closed. */
  client: NodeRedisClient | IoRedisClient
  /** What all keys begin with. Default `latchkey`. */
  keyPrefix?: string
  /**
   * 32 bytes that all processes have and Redis has not: tokens are encrypted with it. While it is being changed a list, the
   * new key first and the previous ones after it.
   */
  encryptionKey?: Uint8Array | readonly Uint8Array[]
  /**
   * Without `encryptionKey`: keep tokens readable for whoever can read Redis. With it: still read what was stored without,
   * and encrypt it with the next change. Default false.
   */
  allowUnencryptedStorage?: boolean
  /** How long Redis may take for one answer, in seconds. Default 2. */
  timeoutSeconds?: number
  /** For how long Redis is left alone after it did not answer, in seconds. Default 1. */
  retrySeconds?: number
  /**
   * For how long an account is kept since its last change, in seconds, where the service has not said how long its refresh
   * token lives. Default 90 days.
   */
  lifetimeSeconds?: number
  /** How long the others wait for a process that died while it was renewing a token, in seconds. Default 10. */
  refreshLockSeconds?: number
  /** How many accounts a process keeps in memory. Default 10 000. */
  accountsInMemory?: number
  /**
   * Told when Redis does not answer any more, once for each time, and of accounts that a listing leaves out because they cannot
   * be read. Default: a warning of the process.
   */
  onError?: (error: unknown) => void
}

/** Options that have been checked, with their defaults filled in. */
export interface ValidRedisCacheOptions {
  readonly client: NodeRedisClient | IoRedisClient
  readonly keyPrefix: string
  readonly keys: readonly Uint8Array[]
  readonly readsPlain: boolean
  readonly timeoutMs: number
  readonly retryMs: number
  readonly lifetimeMs: number
  readonly refreshLockMs: number
  readonly mostAccounts: number
  readonly onError: (error: unknown) => void
}

const KEY_BYTES = 32
const DAY_SECONDS = 86_400

const refuse = (message: string, hint?: string): never => {
  throw new ClientError('invalid_configuration', message, { hint })
}

/**
 * Checks the options.
 *
 * @throws {ClientError} invalid_configuration – an option has the wrong type or value, or nothing says whether tokens are encrypted.
 */
export function validRedisCacheOptions(options: RedisCacheOptions): ValidRedisCacheOptions {
  if (typeof options !== 'object' || options === null) refuse('the options must be an object')
  const { client, keyPrefix = 'latchkey', onError = warn } = options
  assertClient(client)
  // A brace would decide which node of a cluster an account is on.
  if (typeof keyPrefix !== 'string' || !/^[^{}\s]{1,100}$/.test(keyPrefix)) {
    refuse('keyPrefix must be at most 100 characters, without braces and spaces')
  }
  if (typeof onError !== 'function') refuse('onError must be a function')
  const allowsPlain: unknown = options.allowUnencryptedStorage ?? false
  if (typeof allowsPlain !== 'boolean') return refuse('allowUnencryptedStorage must be true or false')
  const keys = validKeys(options.encryptionKey)
  if (keys.length === 0 && !allowsPlain) {
    refuse(
      'the cache in Redis needs an encryptionKey',
      'Pass 32 random bytes that all processes share, or allowUnencryptedStorage: true if whoever reads Redis may read the tokens.',
    )
  }
  const number = (name: keyof RedisCacheOptions, preset: number, least: number, most: number): number => {
    const value: unknown = options[name] ?? preset
    if (typeof value === 'number' && value >= least && value <= most) return value
    return refuse(`${name} must be a number from ${least} to ${most}`)
  }
  return {
    client,
    keyPrefix,
    keys,
    readsPlain: allowsPlain,
    timeoutMs: number('timeoutSeconds', 2, 0.05, 60) * 1000,
    retryMs: number('retrySeconds', 1, 0.05, 60) * 1000,
    lifetimeMs: number('lifetimeSeconds', 90 * DAY_SECONDS, 1, 3650 * DAY_SECONDS) * 1000,
    refreshLockMs: number('refreshLockSeconds', 10, 0.5, 60) * 1000,
    mostAccounts: number('accountsInMemory', 10_000, 1, 10_000_000),
    onError,
  }
}

function validKeys(given: unknown): readonly Uint8Array[] {
  if (given === undefined) return []
  const keys: readonly unknown[] = Array.isArray(given) ? given : [given]
  const isKey = (key: unknown): key is Uint8Array => key instanceof Uint8Array && key.length === KEY_BYTES
  if (keys.length === 0 || !keys.every(isKey)) {
    return refuse(
      `encryptionKey must be ${KEY_BYTES} bytes, or a list of such keys`,
      "Make one with crypto.randomBytes(32), keep it with your other secrets, and decode it: Buffer.from(text, 'base64').",
    )
  }
  // Ours: the caller may wipe his.
  return keys.map(key => Uint8Array.from(key))
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error.message : String(error), 'LatchkeyRedisWarning')
}
