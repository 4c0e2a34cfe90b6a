/** Finds what this system can encrypt a cache file with, if anything. */
import { randomBytes } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ClientError } from '../../errors.js'
import type { LoadedAddon } from '../../native/addon.js'
import type { NativeFailure, NativeSecretStore } from '../../native/contract.js'
import { CacheKeys } from './cache-key.js'
import { DpapiProtection } from './dpapi-protection.js'
import { HEADER_BYTES, readHeader } from './envelope.js'
import { EnvelopeProtection } from './envelope-protection.js'
import type { Protection } from './protection.js'
import { Refusal } from './refusal.js'
import { isNoStore } from './secret-failure.js'
import { readStart } from './settled-file.js'

/**
 * What files are encrypted with here; `undefined` when there is nothing. Asks nobody: whether the store of secrets can be
 * used is seen when the file is.
 */
export async function encryptionFor(
  file: string,
  { dataProtection, secretStore }: LoadedAddon,
): Promise<Protection | undefined> {
  if (dataProtection !== undefined) return new DpapiProtection(dataProtection)
  return secretStore && new EnvelopeProtection(secretStore, await realPathOf(file))
}

/** A protection, and what its store fails with now; or none, and why: both in the words of the system. */
export type Encryption =
  | { readonly protection: Protection; readonly failure?: unknown; readonly reason?: undefined }
  | { readonly protection?: undefined; readonly failure?: undefined; readonly reason: unknown }

/**
 * As {@link encryptionFor}, but asks the store of secrets for the key, and one that has none whether it would keep one. A
 * store that is locked, refuses or does not answer is there all the same: what is done with the file then fails.
 */
export async function chooseEncryption(file: string, native: LoadedAddon): Promise<Encryption> {
  const { dataProtection, secretStore } = native
  if (dataProtection !== undefined) return { protection: new DpapiProtection(dataProtection) }
  if (secretStore === undefined) return { reason: new Error('this system has no store of secrets') }
  const path = await realPathOf(file)
  const refusal = new Refusal()
  const keys = new CacheKeys(secretStore, path, refusal)
  let failure: unknown
  try {
    await keys.ask()
    if (keys.current === undefined && !(await isEnvelope(file))) await tryToStore(secretStore, path)
  } catch (error) {
    failure = (error instanceof ClientError && error.cause) || error
    if (isNoStore(failure as NativeFailure)) return { reason: failure }
    refusal.remember(failure)
  }
  return { protection: new EnvelopeProtection(secretStore, path, refusal, keys), failure }
}

/** Only storing shows that there is a collection to store in. */
async function tryToStore(store: NativeSecretStore, file: string): Promise<void> {
  const trial = new CacheKeys(store, `${file}.${randomBytes(8).toString('hex')}.probe`)
  try {
    await trial.make()
  } finally {
    await trial.remove()
  }
}

/**
 * The path by which the key is found: the same whichever links lead to the folder (a home in `/home`, say, that is in
 * `/var/home`), for else the others would take the key to be lost. A link in the place of the file itself is refused later.
 */
async function realPathOf(file: string): Promise<string> {
  const folder = dirname(file)
  if (folder === file) return file
  const real = await realpath(folder).catch(() => realPathOf(folder))
  return join(real, basename(file))
}

/** True when the file is encrypted with a key in the store of secrets. */
export async function isEnvelope(file: string): Promise<boolean> {
  // Whatever is wrong with the file will be said when it is used.
  const start = await readStart(file, HEADER_BYTES).catch(() => undefined)
  return readHeader(start).kind !== 'none'
}
