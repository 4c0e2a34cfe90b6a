/** The checks of where tokens are kept: can the place be used, and is it encrypted? */
import { access, constants, stat } from 'node:fs/promises'
import path from 'node:path'
import type { PersistentCache, PersistentCacheOptions } from '../cache/persistent-cache.js'
import { createCacheFile } from '../cache/storage/cache-file.js'
import { chooseEncryption, type Encryption } from '../cache/storage/choose-encryption.js'
import { choosePersistence, fileOf, isOwn } from '../cache/storage/choose-persistence.js'
import { unprotected } from '../cache/storage/protection.js'
import { noStoreInWords, notAllowed, secretStoreError } from '../cache/storage/secret-failure.js'
import { ClientError } from '../errors.js'
import { createLogger } from '../logger.js'
import { type LoadedAddon, requireCapability } from '../native/addon.js'
import type { NativeSecretStore } from '../native/contract.js'
import { SYSTEM_CLOCK } from '../request/system-clock.js'
import type { Check, Finding } from './diagnosis.js'

const DEFAULT_CACHE: PersistentCacheOptions = { name: 'latchkey' }
// How often the store is asked at most, one time after the other, until the checks have ended and taken their probe away.
const CALLS = 4

/** The checks of one cache; where none is given, of one that might be made. They ask the store of secrets together, so that it shows one dialog at most. */
export function storageChecks(
  given: PersistentCacheOptions | undefined,
  addon: LoadedAddon,
  timeoutMs: number,
): { readonly cache: Check; readonly encryption: Check } {
  const options = given ?? DEFAULT_CACHE
  const isMeant = given !== undefined
  const native = { ...addon, secretStore: addon.secretStore && hurried(addon.secretStore, timeoutMs / CALLS) }
  let asked: Promise<Encryption> | undefined
  const ask = async () => {
    // Without it there is no store either, but that would say too little.
    requireCapability(native, 'fileLock')
    asked ??= chooseEncryption(fileOf(options), native)
    return asked
  }
  return isOwn(options)
    ? { cache: () => ownCache(options, native, ask), encryption: () => ownEncryption(options, isMeant, ask) }
    : { cache: () => sharedCache(options, native), encryption: () => sharedEncryption(options, isMeant, native) }
}

/** A store that nobody waits for longer than this, so that no dialog holds up the checks. */
function hurried(store: NativeSecretStore, limitMs: number): NativeSecretStore {
  const within = (timeoutMs: number) => Math.min(timeoutMs, limitMs)
  return {
    get: (item, timeoutMs) => store.get(item, within(timeoutMs)),
    set: (item, secret, label, timeoutMs) => store.set(item, secret, label, within(timeoutMs)),
    delete: (item, timeoutMs) => store.delete(item, within(timeoutMs)),
  }
}

async function ownCache(
  options: PersistentCacheOptions,
  native: LoadedAddon,
  ask: () => Promise<Encryption>,
): Promise<Finding> {
  const file = fileOf(options)
  const { protection, reason, failure } = await ask()
  // Asked once more, it would only show its dialog once more.
  if (failure !== undefined) return unusable(`${file} cannot be used`, failure)
  const logger = createLogger(undefined)
  return look(
    file,
    createCacheFile({ file, protection: protection ?? unprotected(reason), native, clock: SYSTEM_CLOCK, logger }),
  )
}

async function sharedCache(options: PersistentCacheOptions, native: LoadedAddon): Promise<Finding> {
  // Where it is does not depend on whether the caller allows it.
  return look(fileOf(options), await choosePersistence({ ...options, allowUnencryptedStorage: true }, native))
}

/** Can tokens be kept there, and read? Writes a probe, but makes no folder. */
async function look(file: string, persistence: PersistentCache): Promise<Finding> {
  const folder = path.dirname(file)
  const found = await nearestExisting(folder)
  if (found !== folder) {
    return access(found, constants.W_OK).then(
      () => ({ ok: true, detail: `${file}, not there yet; it can be made in ${found}` }),
      (error: NodeJS.ErrnoException) => ({
        ok: false,
        detail: `${file} cannot be made: ${found} is not yours to write in (${error.code})`,
        hint: 'Name a folder that you can write to as the directory, or set HOME or XDG_DATA_HOME to one.',
      }),
    )
  }
  await persistence.load()
  await persistence.verify()
  const { mode } = await stat(folder)
  const isOpen = process.platform !== 'win32' && (mode & 0o022) !== 0 && (mode & 0o1000) === 0
  const detail = `${file}, can be written`
  return isOpen
    ? { ok: true, detail, hint: `Other users may write in ${folder}: chmod go-w it.` }
    : { ok: true, detail }
}

async function nearestExisting(folder: string): Promise<string> {
  try {
    await stat(folder)
    return folder
  } catch (error) {
    const above = path.dirname(folder)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error
    return nearestExisting(above)
  }
}

/** Does this system have a place that encrypts, and can it be used now? */
async function ownEncryption(
  options: PersistentCacheOptions,
  isMeant: boolean,
  ask: () => Promise<Encryption>,
): Promise<Finding> {
  const { protection, reason, failure } = await ask()
  if (failure !== undefined) return unusable(protection.description, failure)
  if (protection !== undefined) return { ok: true, detail: protection.description }
  const { why, remedy } = noStoreInWords(reason)
  if (options.allowUnencryptedStorage === true) {
    const detail = `none: ${why}; tokens are kept in a file that only you can read`
    return remedy === undefined ? { ok: true, detail } : { ok: true, detail, hint: `${remedy}.` }
  }
  const { hint } = notAllowed(reason)
  return { ok: !isMeant, detail: `none: ${why}`, hint }
}

async function sharedEncryption(
  options: PersistentCacheOptions,
  isMeant: boolean,
  native: LoadedAddon,
): Promise<Finding> {
  const detailOf = async (allowUnencryptedStorage: boolean) =>
    (await choosePersistence({ ...options, allowUnencryptedStorage }, native)).protection ?? 'not known'
  try {
    return { ok: true, detail: await detailOf(options.allowUnencryptedStorage === true) }
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'unencrypted_storage_not_allowed') throw error
    return { ok: !isMeant, detail: 'none: an MSAL reads a plain file here', hint: error.hint }
  }
}

/** What the store answers instead of the key. */
function unusable(what: string, failure: unknown): Finding {
  const { message, code, hint } = secretStoreError(failure)
  const isLate = (failure as { code?: unknown }).code === 'TIMEOUT'
  return {
    ok: false,
    detail: `${what}: ${message} [${code}]`,
    hint: isLate ? 'See whether the keyring shows a dialog to be unlocked, and answer it; then run this again.' : hint,
  }
}
