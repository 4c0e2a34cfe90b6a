/** What each guide's pairs are about, and what either half prints; in the order of the guide. */

/** One guide of docs/moving. */
export interface Guide {
  name: string
  /** The languages of the other half, as the fences say them. */
  languages: string[]
  pairs: Pair[]
}

/** Two blocks that do the same. */
export interface Pair {
  what: string
  ours: RegExp
  theirs: RegExp
  /** The cache file that their block leaves and ours takes over. */
  takesOver?: string
}

const SIGNED_IN = /^signed in as alice@\S+$/m
const both = (what: string, printed = SIGNED_IN): Pair => ({ what, ours: printed, theirs: printed })
const takeOver = (takesOver: string): Pair => ({
  what: 'the cache file keeps its user signed in',
  ours: /^signed in as alice@\S+; token from the cache: true$/m,
  theirs: SIGNED_IN,
  takesOver,
})
export const INTEGRATED = 'integrated Windows authentication, and what is left without it'
const NOT_BY_WINDOWS = both(
  INTEGRATED,
  /^not by Windows: integrated_windows_auth_not_supported_managed_user\nsigned in as alice@/m,
)
const REFUSED = /^the user is needed: invalid_grant\b/m

export const FROM_MSAL_NET: Guide = {
  name: 'msal-net',
  languages: ['csharp'],
  pairs: [
    both('silent first, then the user'),
    both('interactive, with its options'),
    both('a web UI of one’s own'),
    NOT_BY_WINDOWS,
    both('user name and password'),
    both('device code'),
    both('errors', REFUSED),
    takeOver('msal.cache'),
    takeOver('msalcache.bin3'),
    takeOver('unifiedCache.bin'),
  ],
}

export const FROM_MSAL_PYTHON: Guide = {
  name: 'msal-python',
  languages: ['python'],
  pairs: [
    both('silent first, then the user'),
    both('interactive, with its options'),
    both('authorization code'),
    both('user name and password'),
    both('device code'),
    both('errors', REFUSED),
    takeOver('msal.cache'),
    takeOver('my_cache.bin'),
  ],
}

export const FROM_MSAL_NODE: Guide = {
  name: 'msal-node',
  languages: ['js'],
  // The same pairs as from Python, but for the cache that is kept by hand.
  pairs: FROM_MSAL_PYTHON.pairs.slice(0, -1),
}

/** MSAL Java and MSAL for macOS are not here: their halves are not run. */
export const FROM_MSAL_JAVA: Guide = {
  name: 'msal-java',
  languages: ['java'],
  pairs: [
    both('silent first, then the user'),
    NOT_BY_WINDOWS,
    both('user name and password'),
    both('device code'),
    both('errors', REFUSED),
    takeOver('sample_cache.json'),
  ],
}

export const FROM_MSAL_MACOS: Guide = {
  name: 'msal-macos',
  languages: ['objc', 'swift'],
  pairs: [
    both('interactive', /^signed in as alice@\S+, until 2\S+Z, [0-9a-f-]{36}\.[0-9a-f-]{36}$/m),
    both('silent by the account’s identifier, then the user'),
  ],
}
