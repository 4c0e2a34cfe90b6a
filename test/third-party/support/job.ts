/** What a test asks of another client, and what that answers: JSON on stdin and stdout, the same for every client. */

/** One application of that client, and what it is to do. */
export interface Job {
  clientId: string
  authority: string
  /** The authority is at the emulator's own origin, and the client must be told to trust it. Otherwise nothing is configured. */
  known: boolean
  /** PEM file of the emulator's CA, for clients that take no such thing from the environment. */
  caFile: string
  /** The token cache to start with. Default: an empty one. */
  cache?: string
  /** Where the client's own extensions keep its cache. Default: in memory. */
  kept?: Kept
  steps: Step[]
}

/** What a client's extensions are told: a file that is not encrypted, or an item of the keyring and its signal file. */
export type Kept =
  | { how: 'plain'; file: string }
  | { how: 'keyring'; file: string; schema?: string; attributes?: Record<string, string>; label?: string }

/** `interactive` is the client's own loopback, `webUi` a web UI that the application brings, `code` a URL and a redemption of the application's own. */
export type Step =
  | { do: 'password'; scopes: string[]; username: string; password: string }
  /** By the Kerberos ticket of whoever runs the program. */
  | { do: 'integrated'; scopes: string[]; username: string }
  | { do: 'interactive' | 'webUi' | 'code'; scopes: string[] }
  | { do: 'silent'; scopes: string[]; username: string; forceRefresh?: boolean }
  /** A code that the person at the browser approves; with `giveUp` the application ends the wait by itself after one question. */
  | { do: 'deviceCode'; scopes: string[]; giveUp?: boolean }
  | { do: 'accounts' }
  | { do: 'remove'; username: string }
  /** Takes the lock of the cache by the class that the client's extensions take it by; `<file>.held` says that it has it. */
  | { do: 'hold'; forMs: number }

/** One result a step, and the token cache as the client wrote it. */
export interface Outcome {
  results: StepResult[]
  cache: string
}

/** What a step gave, as far as the client says it. `error` is the client's own code. */
export interface StepResult {
  accessToken?: string
  idToken?: string
  username?: string
  homeAccountId?: string
  tenantId?: string
  scopes?: string[]
  source?: 'cache' | 'service'
  accounts?: PeerAccount[]
  /** Of a lock that was held, in milliseconds since 1970. */
  heldUntil?: number
  error?: string
  message?: string
}

export interface PeerAccount {
  username: string
  homeAccountId: string
  environment: string
}
