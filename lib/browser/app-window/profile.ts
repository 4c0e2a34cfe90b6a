/** The folder that a browser keeps its cookies in: one for a single sign-in, or one that stays. */
import { lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ClientError } from '../../errors.js'
import type { Logger } from '../../logger.js'

/** Runs what needs a profile, while nobody else uses that one. */
export type WithProfile = <T>(work: (folder: string) => Promise<T>, signal: AbortSignal) => Promise<T>

// To save a password in a window that is about to close, or that has no way to its settings, helps nobody.
const PREFERENCES = JSON.stringify({
  credentials_enable_service: false,
  profile: { password_manager_enabled: false },
  autofill: { profile_enabled: false, credit_card_enabled: false },
  // A page that is fetched before it is asked for is not asked about: the answer would be sent.
  net: { network_prediction_options: 2 },
})

// A browser that has ended may have helpers that end a little later, and write until then.
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }

/**
 * A new profile for each sign-in. Nobody but this user can read it, and it is gone afterwards.
 *
 * @throws {ClientError} authentication_ui_failed – there is no temporary folder that it could be in.
 */
export function withPrivateProfile(logger: Logger): WithProfile {
  return async work => {
    const folder = await makePrivate()
    try {
      return await work(folder)
    } finally {
      await rm(folder, REMOVAL).catch(({ code }: NodeJS.ErrnoException) =>
        logger.warning(`app window: the profile ${folder} could not be deleted: ${code}`),
      )
    }
  }
}

async function makePrivate(): Promise<string> {
  const place = path.join(tmpdir(), 'latchkey-window-')
  try {
    // mkdtemp makes folders that are their owner's alone.
    const folder = await mkdtemp(place)
    await writePreferences(folder)
    return folder
  } catch (cause) {
    throw notMade(`${place}…`, cause)
  }
}

/**
 * The profile in this folder, which is made when it is not there yet. The browser has it for itself: two at once would be one,
 * whose end neither could tell.
 *
 * @throws {ClientError} authentication_ui_failed – the folder cannot be made, or others could read what is in it.
 */
export function withKeptProfile(
  folder: string,
  lock: <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>,
): WithProfile {
  return async (work, signal) => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await assertOwn(folder)
      await writePreferences(folder)
    } catch (cause) {
      throw notMade(folder, cause)
    }
    return lock(() => work(folder), signal)
  }
}

/** Cookies in a folder of somebody else's, or through a link of theirs, would be sessions of theirs. */
async function assertOwn(folder: string): Promise<void> {
  if (process.getuid === undefined) return
  const { uid, mode } = await lstat(folder).then(found => (found.isDirectory() ? found : { uid: -1, mode: 0 }))
  if (uid === process.getuid() && (mode & 0o077) === 0) return
  throw new ClientError(
    'authentication_ui_failed',
    `The profile ${folder} is a link, another user's, or open to others. Delete it, so that it is made anew.`,
  )
}

function notMade(folder: string, cause: unknown): ClientError {
  if (cause instanceof ClientError) return cause
  const { code } = cause as NodeJS.ErrnoException
  return new ClientError('authentication_ui_failed', `The profile ${folder} cannot be made: ${code}.`, { cause })
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
