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
  steps: Step[]
}

/** `interactive` is the client's own loopback, `webUi` a web UI that the application brings, `code` a URL and a redemption of the application's own. */
export type Step =
  | { do: 'password'; scopes: string[]; username: string; password: string }
  /** MSAL.NET only, which needs the user name on Linux. */
  | { do: 'integrated'; scopes: string[]; username: string }
  | { do: 'interactive' | 'webUi' | 'code'; scopes: string[] }
  | { do: 'silent'; scopes: string[]; username: string; forceRefresh?: boolean }
  /** A code that the person at the browser approves; with `giveUp` the application ends the wait by itself after one question. */
  | { do: 'deviceCode'; scopes: string[]; giveUp?: boolean }
  | { do: 'accounts' }

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
  error?: string
  message?: string
}

export interface PeerAccount {
  username: string
  homeAccountId: string
  environment: string
}
