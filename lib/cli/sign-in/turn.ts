/** One sign-in at a time among the programs of this user: the first prompts, the others wait and learn how it ended. */
import { createHash } from 'node:crypto'
import { lstat, mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { CachePersistence } from '../../index.js'
import { announceTurn, joinTurn, type Waiting } from './turn-line.js'

// A turn is a socket that listens: the system closes it when its program ends, however that happens, so that no turn can be
// left behind, and whoever waits is told at once. A lock file would need guesses about process numbers and ages. The lock of
// the cache guards only the moment of taking a turn, never the time that a person needs.

/** What makes two sign-ins the same. */
export interface TurnOptions {
  readonly cache: CachePersistence
  readonly clientId: string
  readonly authority: string
  /** Who shall sign in; empty for anybody. */
  readonly person: string
  /** Shown to those who wait. */
  readonly note: string | undefined
  readonly signal: AbortSignal
}

/** This program's turn. */
export interface OwnTurn {
  readonly isOwn: true
  /** Gives it up; `homeAccountId` says who signed in, nothing that nobody did. */
  end(homeAccountId?: string): Promise<void>
}

/** Another program's turn. */
export interface OtherTurn extends Waiting {
  readonly isOwn: false
}

// What a socket's address can hold on macOS; Linux has four more.
const MAX_PATH_BYTES = 103

/**
 * Takes the turn or joins those who wait for it. Where no turns can be taken, such as on a disk without sockets, this program
 * has its own at once: two prompts are better than none.
 *
 * @throws {AuthError} as CachePersistence.withLock – the cache is not usable; better before the person is asked than after.
 * @throws the signal's reason when it fires first.
 */
export async function takeTurn(options: TurnOptions): Promise<OwnTurn | OtherTurn> {
  const { cache, signal } = options
  return cache.withLock(async () => {
    try {
      const address = await addressOf(options)
      const waiting = await joinTurn(address, signal)
      if (waiting !== undefined) return { isOwn: false, ...waiting }
      // Whoever listened there has ended: only the name is left. Nobody else can come between, because of the lock.
      if (process.platform !== 'win32') await rm(address, { force: true })
      return { isOwn: true, end: await announceTurn(address, options.note) }
    } catch {
      signal.throwIfAborted()
      return { isOwn: true, end: async () => {} }
    }
  }, signal)
}

async function addressOf({ cache, clientId, authority, person }: TurnOptions): Promise<string> {
  const { location = '' } = cache
  const key = JSON.stringify([location, clientId, authority, person.toLowerCase()])
  const name = createHash('sha256').update(key).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\latchkey-${name}`
  const folder = path.join(path.dirname(location), 'sign-ins')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = await lstat(folder)
  // A folder of somebody else's, or one open to others, could hold a turn that never ends.
  if (uid !== process.getuid?.() || (mode & 0o170_077) !== 0o040_000) throw new Error(`${folder} is not ours alone`)
  const address = path.join(folder, `${name}.sock`)
  if (Buffer.byteLength(address) > MAX_PATH_BYTES) throw new Error(`${address} is too long for a socket`)
  return address
}
