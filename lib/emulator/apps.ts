/** The applications that may sign users in. */
import { EntraError } from './entra-error.js'
import { isGuid } from './identifiers.js'

/** An application to register in the tenant. */
export interface AppOptions {
  /** The application (client) ID that clients name. */
  clientId: string
  /** Shown on the pages. Default: the client id. */
  name?: string
  /** Accepted redirect URIs; an `http://localhost` or `http://127.0.0.1` one is accepted with any port. Default: any that is safe. */
  redirectUris?: string[]
  /** Belongs to the family whose members use each other's refresh tokens. Default no. */
  family?: boolean
  /** A confidential client when given; the token endpoint then demands it. */
  clientSecret?: string
}

export interface App extends Required<Pick<AppOptions, 'clientId' | 'name' | 'family'>> {
  readonly redirectUris: readonly string[]
  readonly clientSecret?: string
}

/** First-party programs that real refresh tokens are shared among. */
export const FAMILY_APPS: readonly AppOptions[] = [
  { clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', name: 'Azure CLI', family: true },
  { clientId: '1950a258-227b-4e31-a9cf-717495945fc2', name: 'Azure PowerShell', family: true },
  { clientId: 'aebc6443-996d-45c2-90f0-388ff96faa56', name: 'Visual Studio Code', family: true },
]

/** Applications by client id. */
export class Apps {
  readonly #registered: Map<string, App>
  readonly #strict: boolean

  constructor(options: readonly AppOptions[], strict: boolean) {
    this.#registered = new Map(options.map(app => [app.clientId.toLowerCase(), createApp(app)]))
    this.#strict = strict
  }

  /**
   * The application of a client id; unless the tenant is strict, any GUID is one.
   *
   * @throws {EntraError} 700016 – there is no such application.
   */
  find(clientId: string): App {
    const registered = this.#registered.get(clientId.toLowerCase())
    if (registered) return registered
    if (this.#strict || !isGuid(clientId)) throw new EntraError(700016, { detail: clientId })
    return createApp({ clientId })
  }
}

function createApp(options: AppOptions): App {
  return {
    clientId: options.clientId,
    name: options.name ?? options.clientId,
    family: options.family ?? false,
    redirectUris: options.redirectUris ?? [],
    ...(options.clientSecret === undefined ? {} : { clientSecret: options.clientSecret }),
  }
}

/** Schemes that would run or read something in the browser instead of leading back to an app. */
const UNSAFE_SCHEMES = ['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:', 'view-source:']

/**
 * Is this redirect URI one of the application's? Compared as sent; only the port of a loopback one is free.
 *
 * @see [RFC 8252 § 7.3](https://www.rfc-editor.org/rfc/rfc8252#section-7.3) loopback redirection
 */
export function acceptsRedirect(app: App, redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false
  const url = new URL(redirectUri)
  if (UNSAFE_SCHEMES.includes(url.protocol) || url.hash !== '') return false
  if (app.redirectUris.length === 0) return url.protocol !== 'http:' || isLoopback(url)
  return app.redirectUris.some(registered => registered === redirectUri || sameLoopback(registered, url))
}

function sameLoopback(registered: string, url: URL): boolean {
  if (!URL.canParse(registered) || !isLoopback(url)) return false
  const known = new URL(registered)
  return known.protocol === url.protocol && known.hostname === url.hostname && known.pathname === url.pathname
}

function isLoopback(url: URL): boolean {
  return url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
}
