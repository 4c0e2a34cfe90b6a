/** What a test tells the processes of a crowd to do, and what they answer: JSON, a line each way. */

/** Where the tenant is and who its users are; an order names a user by the place in this list. */
export interface TenantPlace {
  clientId: string
  authority: string
  caPem: string
  tenantId: string
  users: { username: string; password: string; localAccountId: string }[]
}

/** The kinds of store that a crowd can share without a keyring. */
export const PLAIN_STORES = ['plain file', 'dual files'] as const

export type StoreKind = (typeof PLAIN_STORES)[number] | 'encrypted file' | 'encrypted dual files'

export type Order =
  /** Begins with a new application, whose cache is in this folder. */
  | { do: 'open'; store: StoreKind; folder: string }
  | { do: 'signIn'; user: number }
  /** One after the other; one that fails does not end it. */
  | { do: 'signInAll'; users: number[] }
  | { do: 'silent'; user: number; forceRefresh?: boolean }
  /** So many calls at once, spread over the users; so many times. */
  | { do: 'silentMany'; users: number[]; calls: number; rounds: number }
  | { do: 'remove'; user: number }
  /** Puts into memory what is in memory. */
  | { do: 'deserialize' }
  | { do: 'list' }
  /** The users in `tokenCache.serialize()`, which looks at memory alone. */
  | { do: 'memory' }
  /** Lists without a pause until `stopReading`, and holds each list against the ones before. */
  | { do: 'read' }
  | { do: 'stopReading' }
  /** How often `changed` has been heard. */
  | { do: 'changes' }

export interface Answer {
  /** The access token, by what tells it from others. */
  token?: string
  fromCache?: boolean
  /** Users by number, in order. */
  users?: number[]
  /** How often. */
  count?: number
  /** What went wrong, in words. */
  failures?: string[]
  /** The code of the error that ended it; the message where there is no code. */
  error?: string
}

/** What answers orders: this library's client or another's. */
export type Handlers = { [Name in Order['do']]?: (order: Extract<Order, { do: Name }>) => Promise<Answer> | Answer }
