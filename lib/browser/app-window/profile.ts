/** The folder that a browser keeps its cookies in: one for a single sign-in, or one that stays. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ClientError } from '../../errors.js'

/** Runs what needs a profile, while nobody else uses that one. */
export type WithProfile = <T>(work: (folder: string) => Promise<T>, signal: AbortSignal) => Promise<T>

// To save a password in a window that is about to close, or that has no way to its settings, helps nobody.
const PREFERENCES = JSON.stringify({
  credentials_enable_service: false,
  profile: { password_manager_enabled: false },
  autofill: { profile_enabled: false, credit_card_enabled: false },
})

// A browser that has ended may have helpers that end a little later, and write until then.
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }

/** A new profile for each sign-in. Nobody but this user can read it, and it is gone afterwards. */
export const withPrivateProfile: WithProfile = async work => {
  // mkdtemp makes folders that are their owner's alone.
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-window-'))
  try {
    await writePreferences(folder)
    return await work(folder)
  } finally {
    await rm(folder, REMOVAL).catch(() => {})
  }
}

/**
 * The profile in this folder, which is made when it is not there yet. The browser has it for itself: two at once would be one,
 * whose end neither could tell.
 *
 * @throws {ClientError} authentication_ui_failed – the folder cannot be made.
 */
export function withKeptProfile(
  folder: string,
  lock: <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>,
): WithProfile {
  return async (work, signal) => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writePreferences(folder)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      throw new ClientError('authentication_ui_failed', `The profile ${folder} cannot be made: ${code}.`, { cause })
    }
    return lock(() => work(folder), signal)
  }
}

async function writePreferences(folder: string): Promise<void> {
  const file = path.join(folder, 'Default', 'Preferences')
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  try {
    await writeFile(file, PREFERENCES, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    // By now they are the browser's.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
