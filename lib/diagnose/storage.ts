/** The checks of where tokens are kept: can the place be used, and is it encrypted? */
import { access, constants, stat } from 'node:fs/promises'
import path from 'node:path'
import { createPersistentCache, type PersistentCacheOptions } from '../cache/persistent-cache.js'
import { ClientError } from '../errors.js'
import type { Finding } from './diagnosis.js'

const DEFAULT_CACHE: PersistentCacheOptions = { name: 'latchkey' }

/** Can tokens be kept where they would be kept? Writes a probe, but makes no folder. */
export async function cache(options: PersistentCacheOptions = DEFAULT_CACHE): Promise<Finding> {
  // Where it is does not depend on whether the caller allows it.
  const persistence = await createPersistentCache({ ...options, allowUnencryptedStorage: true })
  const file = persistence.location
  if (file === undefined) return { ok: true, detail: 'a place without a path' }
  const folder = path.dirname(file)
  const found = await nearestExisting(folder)
  if (found !== folder) {
    await access(found, constants.W_OK)
    return { ok: true, detail: `${file}, not there yet; it can be made in ${found}` }
  }
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

/** Does this system have a place that encrypts? */
export async function encryption(options: PersistentCacheOptions = DEFAULT_CACHE): Promise<Finding> {
  try {
    const kept = await createPersistentCache({ ...options, allowUnencryptedStorage: false })
    return { ok: true, detail: `${kept.location ?? 'the token cache'} is ${kept.protection ?? 'encrypted'}` }
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'unencrypted_storage_not_allowed') throw error
    const detail = 'none here: tokens can be kept in a file that only you can read, and only if that is allowed'
    return options.allowUnencryptedStorage === true ? { ok: true, detail } : { ok: true, detail, hint: error.hint }
  }
}
