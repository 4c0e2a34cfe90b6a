/** What the process that saves and the one that kills it share: the cache, its users, and what each save leaves. */
import { readFileSync, writeFileSync } from 'node:fs'
import { CacheStore } from '#lib/cache/cache-store.js'
import { createCacheFile } from '#lib/cache/storage/cache-file.js'
import { EnvelopeProtection } from '#lib/cache/storage/envelope-protection.js'
import { UNPROTECTED } from '#lib/cache/storage/protection.js'
import { TokenCache } from '#lib/cache/token-cache.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import { loadNativeAddon } from '#lib/native/addon.js'
import type { NativeSecretStore } from '#lib/native/contract.js'
import type { CachePersistence } from '#lib/request/persistence.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { CLIENT, TENANT, tokensOf } from '../unit/cache/support.js'

export type Kind = 'plain' | 'encrypted'

export const homeOf = (index: number) => `${String(index).padStart(8, '0')}-0000-4000-8000-000000000000.${TENANT}`

/** The refresh token that save number `save` gives the user whose turn it is. */
export const secretOf = (save: number) => `refresh-token-of-save-${save}`

/** A store of secrets in a file, since two processes need the key. The real ones have tests of their own. */
function fileStore(file: string): NativeSecretStore {
  const get = async () => {
    try {
      return new Uint8Array(readFileSync(file))
    } catch {
      return undefined
    }
  }
  return { get, set: async (_, secret) => writeFileSync(file, secret, { mode: 0o600 }), delete: async () => false }
}

/** The cache at `file`; its key, if it needs one, is kept in `keyFile`. */
export function persistenceOf(kind: Kind, file: string, keyFile: string): CachePersistence {
  const native = { ...loadNativeAddon(), dataProtection: undefined, secretStore: fileStore(keyFile) }
  const protection = kind === 'plain' ? UNPROTECTED : new EnvelopeProtection(native.secretStore, file)
  return createCacheFile({ file, protection, native, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER })
}

/** `undefined`: in memory only. */
export function storeOn(persistence: CachePersistence | undefined): CacheStore {
  const tokenCache = new TokenCache()
  return new CacheStore({ clientId: CLIENT, tokenCache, persistence, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER })
}

/** What save number `save` is about. */
export function tokensOfSave(save: number, accounts: number) {
  return tokensOf(homeOf(save % accounts), { refreshToken: secretOf(save) })
}

/** The number of the last save of each user, as the text of a cache says. */
export function savesIn(text: string): Map<string, number> {
  const { RefreshToken } = JSON.parse(text) as {
    RefreshToken: Record<string, { home_account_id: string; secret: string }>
  }
  const numberOf = (secret: string) => Number(secret.replace(secretOf(0).slice(0, -1), ''))
  return new Map(Object.values(RefreshToken).map(({ home_account_id, secret }) => [home_account_id, numberOf(secret)]))
}
