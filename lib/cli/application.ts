/** Makes the PublicClientApplication and the token cache that the options of the command line describe. */
import { createReadStream } from 'node:fs'
import { type CachePersistence, type Configuration, createPersistentCache, PublicClientApplication } from '../index.js'
import type { CommandContext } from './context.js'
import { libraryLog } from './library-log.js'
import { DEFAULT_CACHE_NAME, DEFAULT_SCOPE, type OptionName } from './options.js'
import { commandLine, printable } from './text.js'
import { UsageError } from './usage-error.js'

const MAX_FILE_BYTES = 1024 * 1024
const SILENT_MS = 3_000

/** An application, and what people are told about where its tokens are. */
export interface Application {
  readonly app: PublicClientApplication
  readonly cache: CachePersistence
  /** Contents of --ca. */
  readonly ca: string | undefined
  /** Path of the token cache. */
  readonly location: string
  /** How it is kept there, as in "kept in a file, …": `encrypted with Windows DPAPI`, `not encrypted`. */
  readonly protection: string
  /** Scopes of --scope, or the default. */
  readonly scopes: string[]
}

/**
 * Runs `work` with the application of the options, and closes it afterwards.
 *
 * @throws {UsageError} – there is no client ID, or --ca cannot be read.
 * @throws {ClientError} unencrypted_storage_not_allowed – before anything else has happened.
 * @throws {ClientError} secret_store_unavailable – the cache is encrypted, and there is no store that could have its key.
 * @throws {ClientError} native_unavailable, invalid_authority, invalid_configuration – see createPersistentCache and PublicClientApplication.
 */
export async function withApplication(
  context: CommandContext,
  work: (application: Application) => Promise<void>,
  further: Pick<Configuration, 'clientCapabilities'> = {},
): Promise<void> {
  const { options } = context
  const clientId = options['client-id']
  if (clientId === undefined) {
    throw new UsageError(
      'no client ID was given',
      'Pass the application (client) ID of your app registration with --client-id, in LATCHKEY_CLIENT_ID, or in a profile.',
    )
  }
  const logger = libraryLog(context)
  const cache = await patiently(
    context,
    createPersistentCache({
      name: options['cache-name'] ?? DEFAULT_CACHE_NAME,
      ...(options['cache-dir'] !== undefined && { directory: options['cache-dir'] }),
      allowUnencryptedStorage: options['allow-unencrypted-storage'] === true,
      logger,
    }),
  )
  const ca = options.ca === undefined ? undefined : await readOptionFile('ca', options.ca)
  const app = new PublicClientApplication({
    clientId,
    ...(options.authority !== undefined && { authority: options.authority }),
    ...(options['known-authority'] && { knownAuthorities: [...options['known-authority']] }),
    http: {
      ...(ca !== undefined && { ca }),
      ...(options['proxy-integrated-authentication'] === true && { proxy: { integratedAuthentication: true } }),
      ...(options.timeout !== undefined && { timeoutSeconds: options.timeout }),
    },
    cache,
    logger,
    ...further,
  })
  try {
    const { location = 'the token cache', protection = 'not encrypted' } = cache
    await work({ app, cache, ca, location, protection, scopes: scopesOf(options.scope) })
  } finally {
    await app.close()
  }
}

/** Says what is waited for when the keyring does not answer: its dialog may be behind other windows. */
async function patiently<T>({ stderr }: CommandContext, opening: Promise<T>): Promise<T> {
  const timer = setTimeout(() => {
    stderr.prose('', 'Waiting for the keyring or keychain, which may show a dialog to be unlocked …')
  }, SILENT_MS)
  try {
    return await opening
  } finally {
    clearTimeout(timer)
  }
}

/** The scopes of --scope, or the default. No scope has a space in it, so that several may be given at once. */
export function scopesOf(given: readonly string[] = [DEFAULT_SCOPE]): string[] {
  return given.flatMap(text => text.split(/\s+/)).filter(scope => scope !== '')
}

/**
 * Reads a file that an option names.
 *
 * @throws {UsageError} – it cannot be read, or is larger than any such file.
 */
export async function readOptionFile(option: OptionName, file: string): Promise<string> {
  try {
    const chunks: Buffer[] = []
    let size = 0
    // In pieces, since what a pipe or a device has is not known before.
    for await (const chunk of createReadStream(file)) {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_FILE_BYTES) throw new Error(`it is larger than ${MAX_FILE_BYTES} bytes`)
    }
    return Buffer.concat(chunks).toString('utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? printable(cause.message) : 'unknown'
    const hint =
      option === 'ca' ? 'That of latchkey emulator is there while it runs; each start makes another.' : undefined
    throw new UsageError(`--${option} ${printable(file)} cannot be read: ${reason}`, hint, { cause })
  }
}

/** A command to try next, with the options that were typed for this one: application, tenant, cache and scopes. */
export function nextCommand(context: CommandContext, command: string, ...further: string[]): string {
  const repeated = [...context.typed].flatMap(([name, values]) => {
    if (!REPEATED.has(name)) return []
    return values.flatMap(value => (value === '' ? [`--${name}`] : [`--${name}`, value]))
  })
  return `${context.program} ${commandLine([command, ...repeated, ...further])}`
}

const REPEATED: ReadonlySet<OptionName> = new Set([
  'profile',
  'client-id',
  'authority',
  'known-authority',
  'ca',
  'proxy-integrated-authentication',
  'cache-name',
  'cache-dir',
  'allow-unencrypted-storage',
  'scope',
])
