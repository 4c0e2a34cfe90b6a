/**
 * The sample of MSAL Java in JavaScript: a cache aspect over one file, then silent where somebody is known, else a password.
 * `node token-cache-aspect.js <file>`, the rest as in the documents' examples; prints `<user name> <from the cache or not>`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type CachePlugin, type CachePluginContext, PublicClientApplication } from 'latchkey'

/** As MSAL Java's sample has it: it keeps the text in memory too, and saves after every access, changed or not. */
class TokenCacheAspect implements CachePlugin {
  readonly #file: string
  #data: string | null

  constructor(file: string) {
    this.#file = file
    this.#data = existsSync(file) ? readFileSync(file, 'utf8') : null
  }

  async beforeCacheAccess(context: CachePluginContext): Promise<void> {
    context.tokenCache.deserialize(this.#data)
  }

  async afterCacheAccess(context: CachePluginContext): Promise<void> {
    this.#data = context.tokenCache.serialize()
    writeFileSync(this.#file, this.#data)
  }
}

const [file = ''] = process.argv.slice(2)
const { LATCHKEY_CLIENT_ID, LATCHKEY_AUTHORITY, LATCHKEY_KNOWN_AUTHORITY, LATCHKEY_USERNAME, LATCHKEY_PASSWORD } =
  process.env
const app = new PublicClientApplication({
  clientId: LATCHKEY_CLIENT_ID ?? '',
  authority: LATCHKEY_AUTHORITY ?? '',
  knownAuthorities: [LATCHKEY_KNOWN_AUTHORITY ?? ''],
  cache: new TokenCacheAspect(file),
})
const scopes = ['User.Read']
const [account] = await app.getAccounts()
const result = await (account === undefined
  ? app.acquireTokenByUsernamePassword({
      scopes,
      username: LATCHKEY_USERNAME ?? '',
      password: LATCHKEY_PASSWORD ?? '',
    })
  : app.acquireTokenSilent({ scopes, account }))
console.log(`${result.account.username} ${result.fromCache}`)
await app.close()
