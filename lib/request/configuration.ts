/** The configuration of a PublicClientApplication, every field with its default. */
import type { LoggerOptions } from '../logger.js'
import type { CachePlugin } from './cache-plugin.js'
import type { CachePersistence } from './persistence.js'
import type { WindowHandle } from './window-handle.js'

/** An undici Dispatcher; written structurally so that this package's types do not need undici's. */
export interface HttpDispatcher {
  /** As undici's Dispatcher has it. */
  dispatch(options: object, handler: object): boolean
}

/**
 * A proxy that may want to know who the user is.
 *
 * @see [RFC 4559](https://www.rfc-editor.org/rfc/rfc4559), [RFC 9110 § 11.7](https://www.rfc-editor.org/rfc/rfc9110#section-11.7)
 */
export interface ProxyOptions {
  /** Used for every host. Default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment. */
  url?: string | URL
  /**
   * Answer a proxy that asks with HTTP Negotiate: with the Kerberos ticket of the user, on Windows with whoever is signed in.
   * Whoever names the proxy, here or in the environment, gets that proof for it. Default false.
   */
  integratedAuthentication?: boolean
  /** The service that the ticket is for, where the proxy has another name. Default `HTTP/<host of the proxy>`. */
  servicePrincipalName?: string
  /** False: Kerberos or nothing. NTLM is for Windows only, and a proxy can pass it on as its own. Default true. */
  allowNtlm?: boolean
}

/** Network options. */
export interface HttpOptions {
  /**
   * Proxy URL, or false for none; an object for a proxy that asks who the user is.
   * Default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment.
   */
  proxy?: string | false | ProxyOptions
  /** Further trusted roots as PEM, besides those of Node and of NODE_EXTRA_CA_CERTS. */
  ca?: string | Buffer | Array<string | Buffer>
  /** For each request, its body included, in seconds. Default 30. */
  timeoutSeconds?: number
  /**
   * Your own undici Dispatcher, in place of proxy and ca. It is not closed by close(). Integrated Windows authentication
   * cannot go over it: a proof of who the user is belongs to one TLS connection, whose certificate has to be known.
   */
  dispatcher?: HttpDispatcher
}

/** Configuration of a PublicClientApplication. Checked once in the constructor and then never changed. */
export interface Configuration {
  /** Application (client) ID of the app registration. */
  clientId: string
  /** Default `https://login.microsoftonline.com/common`. */
  authority?: string
  /** `OIDC` for an OpenID provider that is not Microsoft's: its endpoints are discovered. Default `AAD`. */
  protocolMode?: 'AAD' | 'OIDC'
  /** Default `http://localhost`: the loopback address with any free port. */
  redirectUri?: string
  /** Capabilities that every token request declares, for example `cp1`. Default: none. */
  clientCapabilities?: string[]
  /** Hosts, each `host` or `host:port`, that are trusted without instance discovery. Default: none. */
  knownAuthorities?: string[]
  /** Ask the cloud whether an unknown host may be trusted. Default true. */
  instanceDiscovery?: boolean
  /**
   * The window that sign-ins belong to, or what tells it at each sign-in: it comes back to the front after one. Default: none.
   */
  parentWindow?: WindowHandle | (() => WindowHandle | undefined)
  /** Where tokens are kept. Default: in memory only. */
  cache?: CachePersistence | CachePlugin
  /** Proxy, trusted roots and time limits. Default: those of the environment and of Node. */
  http?: HttpOptions
  /** Takes messages for a log. Default: nothing is logged. */
  logger?: LoggerOptions
  /** Use an expired access token until its extended expiry while the service is down. Default true. */
  extendedLifetime?: boolean
}
