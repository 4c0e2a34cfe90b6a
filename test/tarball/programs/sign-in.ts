/** What each program of these tests does with the package, however it has got hold of it: it is copied into a user's project. */

/** What came of it; the programs print it as JSON. */
export interface SignedIn {
  username: string
  /** The second call, silent, had the first one's token from the cache. */
  isFromCache: boolean
}

/** Signs in by password, then silently. With a `cacheName` the tokens are kept in a file, under the addon's lock. */
export async function signIn(
  { PublicClientApplication, createPersistentCache }: typeof import('latchkey'),
  cacheName?: string,
): Promise<SignedIn> {
  const { env } = process
  const directory = env.LATCHKEY_FOLDER ?? ''
  const app = new PublicClientApplication({
    clientId: env.LATCHKEY_CLIENT_ID ?? '',
    authority: env.LATCHKEY_AUTHORITY ?? '',
    knownAuthorities: [env.LATCHKEY_KNOWN_AUTHORITY ?? ''],
    ...(cacheName !== undefined && {
      cache: await createPersistentCache({ name: cacheName, directory, allowUnencryptedStorage: true }),
    }),
  })
  try {
    const scopes = ['User.Read']
    const [username, password] = [env.LATCHKEY_USERNAME ?? '', env.LATCHKEY_PASSWORD ?? '']
    const first = await app.acquireTokenByUsernamePassword({ scopes, username, password })
    const second = await app.acquireTokenSilent({ scopes, account: first.account })
    return { username: second.account.username, isFromCache: second.accessToken === first.accessToken }
  } finally {
    await app.close()
  }
}
