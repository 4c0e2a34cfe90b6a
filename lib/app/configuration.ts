/** Checks a configuration once and freezes it; everything after the constructor relies on it. */
import { type Authority, parseAuthority } from '../authority/authority.js'
import { isWindowObject, toWindowHandle } from '../browser/window-handle.js'
import { ClientError } from '../errors.js'
import { type ValidHttpOptions, validHttpOptions } from '../http/http-options.js'
import { type LoggerOptions, LogLevel } from '../logger.js'
import type { CachePlugin } from '../request/cache-plugin.js'
import type { Configuration } from '../request/configuration.js'
import type { CachePersistence } from '../request/persistence.js'
import { optionalText } from '../request/validate.js'

/** A configuration that has been checked, with its defaults filled in. */
export interface ValidConfiguration {
  readonly clientId: string
  readonly authority: Authority
  readonly redirectUri: string
  readonly clientCapabilities: readonly string[]
  readonly knownAuthorities: ReadonlySet<string>
  readonly instanceDiscovery: boolean
  readonly extendedLifetime: boolean
  readonly parentWindow: Configuration['parentWindow']
  /** At most one of the two is there. */
  readonly persistence: CachePersistence | undefined
  readonly plugin: CachePlugin | undefined
  readonly http: ValidHttpOptions
  readonly logger: LoggerOptions | undefined
}

const DEFAULT_AUTHORITY = 'https://login.microsoftonline.com/common'
const DEFAULT_REDIRECT_URI = 'http://localhost'
// The ones that sign-ins call.
const PERSISTENCE_METHODS = ['load', 'save', 'withLock'] as const
const PLUGIN_METHODS = ['beforeCacheAccess', 'afterCacheAccess'] as const
const LEVELS: ReadonlySet<unknown> = new Set(Object.values(LogLevel))
const HOST = /^[a-z0-9.-]+(?::\d{1,5})?$|^\[[0-9a-f:]+\](?::\d{1,5})?$/

const NOT_IN_AUTH =
  'Take clientId and authority out of auth, where msal-node has them: here they are options of their own, see docs/moving/msal-node.md.'

const refuse = (message: string, hint?: string): never => {
  throw new ClientError('invalid_configuration', message, { hint })
}

/**
 * Checks the configuration.
 *
 * @throws {ClientError} no_client_id – clientId is missing.
 * @throws {ClientError} invalid_authority – see parseAuthority.
 * @throws {ClientError} invalid_window_handle – see toWindowHandle.
 * @throws {ClientError} invalid_configuration – another option has the wrong type or value.
 */
export function validConfiguration(configuration: Configuration): ValidConfiguration {
  if (typeof configuration !== 'object' || configuration === null) refuse('the configuration must be an object')
  const { clientId, clientCapabilities = [], knownAuthorities = [], cache, logger, http = {} } = configuration
  if (typeof clientId !== 'string' || clientId.trim() === '') {
    const hint = 'auth' in configuration ? NOT_IN_AUTH : undefined
    throw new ClientError('no_client_id', undefined, { hint })
  }
  if (clientId.length > 256) refuse('clientId is longer than 256 characters')
  const flag = (name: 'instanceDiscovery' | 'extendedLifetime'): boolean => {
    const value: unknown = configuration[name] ?? true
    return typeof value === 'boolean' ? value : refuse(`${name} must be true or false`)
  }
  const protocolMode: unknown = configuration.protocolMode ?? 'AAD'
  if (protocolMode !== 'AAD' && protocolMode !== 'OIDC') return refuse("protocolMode must be 'AAD' or 'OIDC'")
  if (!isTextList(clientCapabilities)) refuse('clientCapabilities must be an array of strings')
  if (!isTextList(knownAuthorities)) refuse('knownAuthorities must be an array of host names')
  const hosts = knownAuthorities.map(knownHost)
  const hasAll = (methods: readonly string[]): boolean =>
    methods.every(method => typeof (cache as Record<string, unknown> | null | undefined)?.[method] === 'function')
  const [isPersistence, isPlugin] = [hasAll(PERSISTENCE_METHODS), hasAll(PLUGIN_METHODS)]
  if (cache !== undefined && !isPersistence && !isPlugin) {
    refuse(
      'cache must have the methods of CachePersistence or of CachePlugin',
      'Use createPersistentCache, or leave cache out.',
    )
  }
  if (logger !== undefined && typeof logger?.log !== 'function') refuse('logger.log must be a function')
  const level: unknown = logger?.level ?? LogLevel.Info
  if (!LEVELS.has(level)) refuse(`logger.level must be one of ${[...LEVELS].join(', ')}`)
  if (typeof http !== 'object' || http === null) refuse('http must be an object')
  const { parentWindow } = configuration
  // What is asked at each sign-in is not asked now: the window may not be there yet.
  if (typeof parentWindow !== 'function' && !isWindowObject(parentWindow)) toWindowHandle(parentWindow)
  return Object.freeze({
    clientId: clientId.trim(),
    authority: parseAuthority(configuration.authority ?? DEFAULT_AUTHORITY, protocolMode),
    redirectUri: optionalText(configuration.redirectUri, 'redirectUri', 2_048) ?? DEFAULT_REDIRECT_URI,
    clientCapabilities: Object.freeze([...clientCapabilities]),
    knownAuthorities: new Set(hosts),
    instanceDiscovery: flag('instanceDiscovery'),
    extendedLifetime: flag('extendedLifetime'),
    parentWindow,
    persistence: isPersistence ? (cache as CachePersistence) : undefined,
    plugin: isPersistence ? undefined : (cache as CachePlugin | undefined),
    http: validHttpOptions(http),
    logger,
  })
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(entry => typeof entry === 'string' && entry !== '')
}

/** People write hosts with and without https:// and the default port. */
function knownHost(text: string): string {
  const host = text
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/\/.*$/, '')
    .replace(/:443$/, '')
  return HOST.test(host) ? host : refuse(`knownAuthorities holds ${JSON.stringify(text)}, which is not a host`)
}
