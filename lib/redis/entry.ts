/** What a process knows of one account and of what Redis has of it. */
import { OneAtATime } from '../cache/one-at-a-time.js'
import type { Bucket } from '../cache/snapshot.js'
import { EMPTY, type Partition } from './partition.js'

/** A change of the account that is being made: what was there when it began. */
export interface Writing {
  /** The version that may be replaced. */
  readonly expected: string
  readonly fence: number
  readonly bucket: Bucket
  /** Whether memory held changes that Redis had not. */
  readonly wasPending: boolean
  readonly isSignIn: boolean
}

export class Entry {
  /** In lower case. */
  readonly home: string
  readonly key: string
  /** What Redis had when it was last looked at or written. Memory is ahead of it by what could not be saved. */
  known: Partition = EMPTY
  /** Of {@link known}; empty while nothing is. */
  version = ''
  fence = 0
  /** When Redis lets it go, by this machine's clock. */
  endsAt = 0
  /** The version that is stored: another than {@link version} where Redis has lost ours, or has one that cannot be read. */
  stored = ''
  /** Why what is stored cannot be read. */
  unreadable: unknown
  /** Whether a sign-in is among what could not be saved. */
  isSignedIn = false
  writing: Writing | undefined
  /** Somebody else has saved between the load and the save of a change, which will be made again. */
  conflicting: Writing | undefined
  isFlushing = false
  /** Accesses under way, which need it in memory. */
  users = 0
  readonly #looks: OneAtATime<void>

  constructor(home: string, key: string, look: (entry: Entry) => Promise<void>) {
    this.home = home
    this.key = key
    this.#looks = new OneAtATime(() => look(this))
  }

  /** Looks at Redis. Whoever comes while a look is under way shares the next one: it may have begun too early for him. */
  look(): Promise<void> {
    return this.#looks.runNow()
  }

  /** Takes over what Redis has. */
  learn(known: Partition, version: string, fence: number, endsAt: number): void {
    this.known = known
    this.version = version
    this.stored = version
    this.fence = fence
    this.endsAt = endsAt
    this.unreadable = undefined
  }
}

/** Somebody else saved an account between the load and the save of a change: make the change again. */
export class Conflict extends Error {
  readonly #entries: readonly Entry[]

  constructor(entries: readonly Entry[]) {
    super('another process saved the account meanwhile')
    this.#entries = entries
  }

  /** The change is not made again: it stays in memory, for the next access to save. */
  giveUp(): void {
    for (const entry of this.#entries) entry.conflicting = undefined
  }
}
