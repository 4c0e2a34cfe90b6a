/** What an application sees of its token cache: the contents in every format, and when it is looked at and changed. */
import type { AccountInfo } from './result.js'

/** What a callback of the token cache is told. Names are MSAL.NET's, in lower camel case. */
export interface TokenCacheNotificationArgs {
  /** The cache to fill before, and to save after. */
  readonly tokenCache: TokenCache
  /** The application whose cache it is. */
  readonly clientId: string
  /** Whom the access is about; `undefined` while nobody is known, as for a list of accounts. */
  readonly account: AccountInfo | undefined
  /** Before a write: that one follows. After an access: that it has changed the contents, so they are to be saved. */
  readonly hasStateChanged: boolean
  /** Always false: tokens of an application without a user are not kept here. */
  readonly isApplicationCache: false
  /** Home account ID, where the caller named an account: the key for a store with one entry a user. */
  readonly suggestedCacheKey: string | undefined
  /** True while there is a refresh token, or an access token with more than five minutes left. Looked up when read. */
  readonly hasTokens: boolean
  /** After a change, where there is no refresh token: when the last access token expires and the entry may go. */
  readonly suggestedCacheExpiry: Date | undefined
  /** Of the request; `undefined` for an access that belongs to none. */
  readonly correlationId: string | undefined
  /** Scopes of the request; `undefined` for an access that belongs to none. */
  readonly requestScopes: readonly string[] | undefined
  /** Tenant of the request; `undefined` for an access that belongs to none. */
  readonly requestTenantId: string | undefined
  /** Fires when the call is given up or the application closed: end what takes long. */
  readonly signal: AbortSignal | undefined
}

/** Called around an access to the cache, which waits for it. */
export type TokenCacheCallback = (args: TokenCacheNotificationArgs) => void | Promise<void>

/** All tokens and accounts of an application, for programs that keep them in a place of their own. */
export interface TokenCache {
  /** The contents as JSON that MSAL.NET, MSAL Java, MSAL Python and msal-node read: UTF-8 without a BOM. */
  serializeMsalV3(): Uint8Array
  /**
   * Adds the records of a serialized cache; where both have a record, the given one counts. Without bytes nothing is added.
   * With `shouldClearExisting` what was there before is dropped. Beside a `CachePersistence` this is a change of the
   * application's own: saved with the next one.
   *
   * @throws {ClientError} json_parse_failed – the bytes are not a token cache; the contents stay as they were.
   */
  deserializeMsalV3(bytes: Uint8Array | null | undefined, options?: { shouldClearExisting?: boolean }): void
  /** The tokens and users in the format of MSAL.NET 2, a JSON array. It has no place for app families and unknown sections. */
  serializeMsalV2(): Uint8Array
  /**
   * Adds the records of a cache of MSAL.NET 2; where both have a record, the given one counts. Without bytes nothing is added.
   *
   * @throws {ClientError} json_parse_failed – the bytes are not such a cache; the contents stay as they were.
   */
  deserializeMsalV2(bytes: Uint8Array | null | undefined): void
  /**
   * The entries of {@link deserializeAdalV3}, byte for byte, with what was saved and removed since, for ADAL.NET 3 to 5 and
   * MSAL.NET. `undefined` when there is none: delete the file.
   *
   * Refresh tokens of Entra ID are written here too once this or `deserializeAdalV3` has been called, with no bytes if need be.
   */
  serializeAdalV3(): Uint8Array | undefined
  /**
   * Replaces ADAL's entries, which are beside the other contents: their users are listed and can be silent. Without bytes
   * there are none.
   *
   * @throws {ClientError} json_parse_failed – the bytes are not a cache of ADAL v3; the entries stay as they were.
   */
  deserializeAdalV3(bytes: Uint8Array | null | undefined): void
  /** {@link serializeMsalV3} as text. */
  serialize(): string
  /**
   * Replaces the contents by those of a text that {@link serialize} or another MSAL has written. Beside a `CachePersistence`,
   * where others may have stored more since, adds to them as {@link deserializeMsalV3} does. No text, and an empty one as an
   * empty file gives it, changes nothing.
   *
   * @throws {ClientError} json_parse_failed – the text is not a token cache; the contents stay as they were.
   */
  deserialize(text: string | null | undefined): void
  /** True when the contents have changed since they were last serialized or deserialized. */
  readonly hasStateChanged: boolean
  /**
   * Sets what is called before each access, to load the contents from a place of your own. One callback, which takes the
   * place of an earlier one; `undefined` removes it. See docs/cache.md for the order.
   *
   * Accesses wait for each other while there are callbacks. What a callback throws rejects the call, unchanged.
   *
   * @throws {ClientError} invalid_configuration – it is not a function.
   */
  setBeforeAccess(callback: TokenCacheCallback | undefined): void
  /**
   * Sets what is called before each change, after `setBeforeAccess`'s callback: the place to take a lock in.
   *
   * @throws {ClientError} invalid_configuration – it is not a function.
   */
  setBeforeWrite(callback: TokenCacheCallback | undefined): void
  /**
   * Sets what is called after each access, also one that failed, to save the contents when `args.hasStateChanged`.
   *
   * @throws {ClientError} invalid_configuration – it is not a function.
   */
  setAfterAccess(callback: TokenCacheCallback | undefined): void
  /** Calls `listener` when another process has written the cache. Needs a persistence that can tell. */
  on(event: 'changed', listener: () => void): this
  /** Ends what {@link on} began. */
  off(event: 'changed', listener: () => void): this
}
