/** What the cache tests share: names, a fixed clock, sample tokens, fixtures, and a persistence that takes its time. */
import { readFileSync } from 'node:fs'
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'
import { CacheStore } from '#lib/cache/cache-store.js'
import { TokenCache } from '#lib/cache/token-cache.js'
import type { TokensToSave } from '#lib/cache/tokens-to-save.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import type { CachePlugin } from '#lib/request/cache-plugin.js'
import type { Clock } from '#lib/request/clock.js'
import type { CachePersistence } from '#lib/request/persistence.js'

export const CLIENT = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
export const OTHER_CLIENT = 'ffffffff-0000-4000-8000-000000000002'
export const TENANT = '72f988bf-0000-4000-8000-2d7cd011db47'
export const ALICE = `11111111-1111-4111-8111-111111111111.${TENANT}`
export const BOB = `33333333-3333-4333-8333-333333333333.${TENANT}`
/** 2027-01-15, in seconds. */
export const NOW = 1_800_000_000

export const PUBLIC_CLOUD: ReadonlySet<string> = new Set([
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
])
export const inPublicCloud = { environments: PUBLIC_CLOUD }

export const clock: Clock = { now: () => NOW * 1000, sleep: async ms => void (await delay(ms)) }

export function after(seconds: number): Date {
  return new Date((NOW + seconds) * 1000)
}

export function store(
  options: { persistence?: CachePersistence; plugin?: CachePlugin; clientId?: string; contents?: unknown } = {},
): CacheStore {
  const { persistence, plugin, clientId = CLIENT, contents } = options
  const tokenCache = new TokenCache(persistence ?? plugin)
  const made = new CacheStore({ clientId, tokenCache, persistence, plugin, clock, logger: SILENT_LOGGER })
  if (contents !== undefined) made.tokenCache.deserialize(JSON.stringify(contents))
  return made
}

/** What a sign-in of alice brings; change what matters to the test. */
export function tokensOf(homeAccountId: string, changes: Partial<TokensToSave> = {}): TokensToSave {
  const [oid = '', tid = ''] = homeAccountId.split('.')
  return {
    homeAccountId,
    environment: 'login.windows.net',
    environments: PUBLIC_CLOUD,
    realm: tid,
    clientInfo: Buffer.from(JSON.stringify({ uid: oid, utid: tid })).toString('base64url'),
    scopes: ['User.Read', 'openid', 'profile'],
    accessToken: `access-token-of-${oid}`,
    cachedAt: after(0),
    expiresOn: after(3600),
    refreshToken: `refresh-token-of-${oid}`,
    idToken: jwt({ oid, tid, name: 'Alice Managed', preferred_username: 'alice@contoso.onmicrosoft.com' }),
    account: { localAccountId: oid, username: 'alice@contoso.onmicrosoft.com', authorityType: 'MSSTS' },
    ...changes,
  }
}

export function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part(claims)}.`
}

export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../../test/fixtures/cache/${name}`, import.meta.url))
}

type Json = Record<string, Record<string, Record<string, unknown>>>

/** The cache as another library would read it. */
export function contentsOf(of: CacheStore): Json {
  return JSON.parse(of.tokenCache.serialize())
}

/** Keeps the bytes in memory and answers late, always with a new array, as a file or a key store does. */
export class SlowPersistence implements CachePersistence {
  stored: Uint8Array | undefined
  loads = 0
  saves = 0
  readonly #turns: () => number
  #lock: Promise<unknown> = Promise.resolve()

  /** `turns`: how many turns of the event loop the next wait takes. */
  constructor(stored?: Uint8Array, turns: () => number = () => 1) {
    this.stored = stored
    this.#turns = turns
  }

  async load(): Promise<Uint8Array | undefined> {
    this.loads++
    // Half the wait before the look at the store, half after: what is returned may be old by then.
    await this.#wait()
    const bytes = this.stored && Uint8Array.from(this.stored)
    await this.#wait()
    return bytes
  }

  async save(bytes: Uint8Array): Promise<void> {
    await this.#wait()
    this.stored = Uint8Array.from(bytes)
    await this.#wait()
    this.saves++
  }

  async delete(): Promise<void> {
    this.stored = undefined
  }

  withLock<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#lock.then(work)
    this.#lock = done.catch(() => {})
    return done
  }

  async verify(): Promise<void> {}

  async #wait(): Promise<void> {
    for (let left = this.#turns(); left > 0; left--) await turn()
  }
}
