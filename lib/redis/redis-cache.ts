/** The cache that many machines share: an account a key, and one renewal for the whole fleet. */
import { setTimeout as delay } from 'node:timers/promises'
import { homesOf } from '../cache/cache-access.js'
import { CallbackFailure } from '../cache/cache-hooks.js'
import { TokenCache } from '../cache/token-cache.js'
import { ClientError } from '../errors.js'
import type { CachePlugin, CachePluginContext } from '../request/cache-plugin.js'
import { Availability, readFailed } from './availability.js'
import { onClientError, scriptRunner } from './client.js'
import { Conflict } from './entry.js'
import { Mirror } from './mirror.js'
import { type RedisCacheOptions, validRedisCacheOptions } from './options.js'
import { RefreshLock } from './refresh-lock.js'
import { createSeal } from './seal.js'
import { Stored } from './stored.js'

const MOST_TRIES = 20
const LONGEST_PAUSE_MS = 50
/** No renewal should take longer, with the time limits that requests have. */
const LONGEST_WAIT_MS = 30_000

/**
 * Keeps the token cache in Redis, for services with many accounts on many machines. Pass it as `cache` of the configuration;
 * applications of one process may share it.
 *
 * Each account is a key of its own, which lives as long as its refresh token. A silent call asks Redis once, for its account
 * alone, and reads it anew only when another process has changed it. While Redis does not answer, the accounts in memory go
 * on; what changes meanwhile is saved when it is back.
 *
 * @throws {ClientError} invalid_configuration – an option has the wrong type or value, or there is neither `encryptionKey` nor `allowUnencryptedStorage`.
 */
export function redisCache(options: RedisCacheOptions): CachePlugin {
  const { client, keyPrefix, keys, readsPlain, timeoutMs, retryMs, ...valid } = validRedisCacheOptions(options)
  const { onError, lifetimeMs, mostAccounts, refreshLockMs } = valid
  const mirrors = new Mirrors()
  const availability = new Availability(retryMs, {
    onDown: cause => onError(readFailed(cause)),
    onBack: () => mirrors.forEach(mirror => void mirror.catchUp()),
  })
  onClientError(client, error => availability.down(error))
  const stored = new Stored(scriptRunner(client, timeoutMs), availability, keyPrefix)
  const refreshLock = new RefreshLock(stored, { expiry: refreshLockMs, longestWait: LONGEST_WAIT_MS })
  const seal = createSeal(keys, readsPlain)
  const fence = () => refreshLock.fence
  const mirrorOf = ({ tokenCache, clientId }: CachePluginContext): Mirror =>
    mirrors.get(tokenCache, cache => {
      return new Mirror({ tokenCache: cache, clientId, stored, seal, lifetimeMs, mostAccounts, fence, onError })
    })
  return {
    keepsAccountsApart: true,
    async beforeCacheAccess(context) {
      const mirror = mirrorOf(context)
      const homes = homesOf(context)
      if (homes.length === 0) return mirror.beforeList()
      // Whoever signs in names no account, or none is known yet.
      const isSignIn = context.homeAccountId === undefined
      return context.cacheHasChanged ? mirror.beforeWrite(homes, isSignIn) : mirror.beforeRead(homes)
    },
    async afterCacheAccess(context) {
      return mirrorOf(context).after(homesOf(context), context.cacheHasChanged)
    },
    withLock: untilUndisturbed,
    withRefreshLock: (key, work, signal) => refreshLock.run(key, work, signal),
  }
}

/** There is no lock: a change is made again when somebody else has saved the account between its load and its save. */
async function untilUndisturbed<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const conflict = error instanceof CallbackFailure ? error.thrown : undefined
      if (!(conflict instanceof Conflict)) throw error
      if (attempt < MOST_TRIES && signal?.aborted !== true) {
        await delay(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS))
        continue
      }
      conflict.giveUp()
      signal?.throwIfAborted()
      throw new ClientError('cache_write_failed', 'Other processes save the account in Redis all the time.', {
        hint: 'The tokens are in memory, and the next access saves them; find out who else writes the account.',
        cause: error,
      })
    }
  }
}

/** What there is for each application, for as long as the application is there. */
class Mirrors {
  readonly #mirrors = new WeakMap<TokenCache, Mirror>()
  readonly #all = new Set<WeakRef<Mirror>>()

  get(tokenCache: unknown, make: (tokenCache: TokenCache) => Mirror): Mirror {
    if (!(tokenCache instanceof TokenCache)) {
      throw new ClientError('invalid_configuration', 'redisCache is for the applications of the same copy of latchkey')
    }
    let mirror = this.#mirrors.get(tokenCache)
    if (mirror === undefined) {
      mirror = make(tokenCache)
      this.#mirrors.set(tokenCache, mirror)
      this.#all.add(new WeakRef(mirror))
    }
    return mirror
  }

  forEach(work: (mirror: Mirror) => void): void {
    for (const reference of this.#all) {
      const mirror = reference.deref()
      if (mirror === undefined) this.#all.delete(reference)
      else work(mirror)
    }
  }
}
