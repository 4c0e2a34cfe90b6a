/** The contents of the cache in memory, as one client looks at them and changes them. */
import type { AccountInfo } from '../request/result.js'
import { CacheEdit } from './cache-edit.js'
import { CacheView } from './cache-view.js'
import { Draft } from './snapshot.js'
import type { TokenCache } from './token-cache.js'

/** A change that somebody makes. What it throws leaves everything as it was. */
export type Change = (edit: CacheEdit) => void

/** Whose, and at what time. */
export interface MemoryOptions {
  readonly clientId: string
  /** Holds the contents. */
  readonly tokenCache: TokenCache
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export class Memory {
  readonly tokenCache: TokenCache
  readonly #options: MemoryOptions
  /** Of the snapshot that was looked at last: to make a view takes longer than to look something up. */
  #lastView: CacheView | undefined

  constructor(options: MemoryOptions) {
    this.#options = options
    this.tokenCache = options.tokenCache
  }

  /** What there is now. Not to be kept. */
  view(): CacheView {
    const { snapshot } = this.tokenCache
    if (this.#lastView?.records !== snapshot) {
      this.#lastView = new CacheView(snapshot, this.#options.clientId, this.#options.now)
    }
    return this.#lastView
  }

  /** Whether there is anything of an account's. */
  knows(account: AccountInfo | undefined): boolean {
    return account !== undefined && this.tokenCache.snapshot.bucket(account.homeAccountId) !== undefined
  }

  /** Makes the change in one step. Returns whether there was anything to change. */
  apply(change: Change): boolean {
    const draft = new Draft(this.tokenCache.snapshot)
    change(new CacheEdit(draft, this.#options.clientId, this.#options.now, this.tokenCache.keepsAdal))
    if (draft.isChanged) this.tokenCache.commit(draft)
    return draft.isChanged
  }
}
