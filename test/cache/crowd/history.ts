/**
 * Decides what a shared cache may show, from a log of who did what when.
 *
 * Every user is a register: absent, or present with an access token. What a look may see is what somebody wrote before the
 * look was over, unless something else had certainly taken its place before the look began. Of an operation that a kill cut
 * short nobody knows whether it happened, nor which token it brought.
 */

/** Milliseconds, of one clock. */
interface Span {
  start: number
  end: number
}

/** A change of one user. */
export interface Write extends Span {
  kind: 'signIn' | 'renewal' | 'removal'
  user: number
  /** The token that it brought; unknown where the process was killed. */
  token?: string | undefined
  /** Killed before it was done: it may have happened, until `end`, or not. */
  isUncertain?: boolean
}

/** What somebody saw of a user: a token, that the user is there, or that he is not. */
export interface Look extends Span {
  user: number
  saw: { token: string } | 'present' | 'absent'
  /** Who, for the report. */
  by: string
}

export class History {
  readonly #writes = new Map<number, Write[]>()
  readonly #looks: Look[] = []

  write(write: Write): void {
    const writes = this.#writes.get(write.user)
    if (writes === undefined) this.#writes.set(write.user, [write])
    else writes.push(write)
  }

  look(look: Look): void {
    this.#looks.push(look)
  }

  get size(): number {
    return this.#looks.length + [...this.#writes.values()].reduce((sum, writes) => sum + writes.length, 0)
  }

  /** What was seen and cannot have been, in words. Call it when everything is over. */
  contradictions(): string[] {
    return this.#looks.filter(look => !this.#isPossible(look)).map(look => this.#describe(look))
  }

  #isPossible(look: Look): boolean {
    const candidates = this.#candidates(look)
    const { saw } = look
    if (saw === 'absent') return candidates.some(({ kind }) => kind === 'removal')
    const writers = candidates.filter(({ kind }) => kind !== 'removal')
    if (saw === 'present') return writers.length > 0
    return writers.some(({ token, isUncertain }) => token === saw.token || (isUncertain && token === undefined))
  }

  /** The changes whose outcome may have been there to see. */
  #candidates(look: Look): Write[] {
    const writes = this.#writes.get(look.user) ?? []
    const settled = writes.filter(({ end, isUncertain }) => !isUncertain && end < look.start)
    const latest = Math.max(Number.NEGATIVE_INFINITY, ...settled.map(({ start }) => start))
    // That nobody has signed in yet is as if somebody had been removed at the beginning of time.
    const beginning: Write = { kind: 'removal', user: look.user, start: Number.NEGATIVE_INFINITY, end: latest - 1 }
    if (latest === Number.NEGATIVE_INFINITY) beginning.end = beginning.start
    return [beginning, ...writes].filter(
      write => write.start < look.end && write.end >= latest && !wasRemoved(write, settled, writes),
    )
  }

  #describe(look: Look): string {
    const { user, saw, by, start, end } = look
    const what = typeof saw === 'string' ? saw : `token ${saw.token.slice(0, 6)}`
    const near = (this.#writes.get(user) ?? []).filter(write => write.end > start - 2_000 && write.start < end)
    const told = near.map(write => {
      const token = write.token?.slice(0, 6) ?? ''
      return `${write.kind} ${token}${write.isUncertain ? ' (killed)' : ''} ${at(write.start)}–${at(write.end)}`
    })
    return `${by} saw user ${user}: ${what}, ${at(start)}–${at(end)}, after ${told.join('; ') || 'nothing lately'}`
  }
}

/**
 * True of a renewal beside which the user was removed: it must not bring him back, whichever of the two was done first. Only
 * a sign-in that may have come between them lets the renewal count.
 */
function wasRemoved(write: Write, settled: readonly Write[], writes: readonly Write[]): boolean {
  if (write.kind !== 'renewal') return false
  return settled.some(
    removal =>
      removal.kind === 'removal' &&
      removal.end > write.start &&
      !writes.some(
        ({ kind, start, end }) => kind === 'signIn' && end > removal.start && start < Math.max(write.end, removal.end),
      ),
  )
}

function at(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? milliseconds.toFixed(1) : 'never'
}
