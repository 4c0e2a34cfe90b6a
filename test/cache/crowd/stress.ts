/** Processes that do all kinds of things to one cache by chance, some of them killed in the middle, and a log of all that. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { TestContext } from 'node:test'
import { temporaryFolder } from '../../support/machine.js'
import type { Crowd, Member } from './crowd.js'
import { History, type Look, type Write } from './history.js'
import type { Answer, Order, StoreKind } from './protocol.js'

interface Stress {
  processes: number
  /** Decides what each process does, one after the other; not how they meet. */
  seed: number
  /** By all processes together. */
  operations: number
  store: StoreKind
  folder: string
}

interface StressOutcome {
  history: History
  /** How often each thing was done. */
  counts: Record<string, number>
  /** Errors that nothing explains. */
  failures: string[]
}

/** Of a hundred things that are done. What is left is a kill. */
const SHARES = { silent: 28, signIn: 24, renewal: 16, removal: 14, list: 12, deserialize: 5 }

/** Calls at once in each process. */
const WORKERS = 4

/** Runs it, and asserts that nothing failed and that nothing was seen that cannot have been. */
export async function assertStressIsBorne(
  t: TestContext,
  crowd: Crowd,
  options: Omit<Stress, 'folder' | 'processes' | 'seed'>,
): Promise<void> {
  // Another one may be given, to look for more.
  const seed = Number(process.env.LATCHKEY_SEED ?? 6)
  const outcome = await stress(crowd, { ...options, processes: 6, seed, folder: await temporaryFolder(t) })
  const { history, counts, failures } = outcome
  t.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}, ${history.size} entries in the log`)
  assert.deepEqual({ failures, contradictions: history.contradictions() }, { failures: [], contradictions: [] })
  for (const what of ['signIn', 'silent', 'renewal', 'removal', 'list', 'deserialize', 'kill']) {
    assert((counts[what] ?? 0) > 0, `no ${what}`)
  }
}

/** Runs it; all users are looked at once more at the end, by a process that was not in it. */
async function stress(crowd: Crowd, options: Stress): Promise<StressOutcome> {
  const open: Order = { do: 'open', store: options.store, folder: options.folder }
  const outcome: StressOutcome = { history: new History(), counts: {}, failures: [] }
  const share = Math.ceil(options.operations / (options.processes * WORKERS))
  const lives = Array.from({ length: options.processes }, (_, i) => new Life(crowd, open, `process ${i}`, outcome))
  await Promise.all(lives.map(life => life.begin()))
  const workers = lives.flatMap((life, i) =>
    Array.from({ length: WORKERS }, async (_, worker) => {
      const random = randomsOf(`${options.seed} ${i} ${worker}`)
      for (let done = 0; done < share; done++) await life.doSomething(random)
    }),
  )
  await Promise.all(workers)
  const last = new Life(crowd, open, 'the last look', outcome)
  await last.begin()
  await last.list()
  for (const user of crowd.users) await last.silent(user)
  return outcome
}

/** One process and those that take its place when it is killed. */
class Life {
  readonly #crowd: Crowd
  readonly #open: Order
  readonly #name: string
  readonly #outcome: StressOutcome
  /** Whom something is being done about here: calls for one user may share a request, and then prove nothing. */
  readonly #busy = new Set<number>()
  #member: Member | undefined
  #beginning: Promise<void> | undefined

  constructor(crowd: Crowd, open: Order, name: string, outcome: StressOutcome) {
    this.#crowd = crowd
    this.#open = open
    this.#name = name
    this.#outcome = outcome
  }

  async begin(): Promise<void> {
    this.#member = this.#crowd.member()
    await this.#member.tell(this.#open)
  }

  async doSomething(random: () => number): Promise<void> {
    await this.#beginning
    const user = Math.floor(random() * this.#crowd.users.length)
    let chance = random() * 100
    const is = (share: number) => {
      chance -= share
      return chance < 0
    }
    if (is(SHARES.list)) return this.list()
    if (is(SHARES.deserialize)) return this.#deserialize()
    if (this.#busy.has(user)) return this.list()
    this.#busy.add(user)
    try {
      if (is(SHARES.silent)) await this.silent(user)
      else if (is(SHARES.signIn)) await this.#change('signIn', user, { do: 'signIn', user })
      else if (is(SHARES.renewal)) await this.#change('renewal', user, { do: 'silent', user, forceRefresh: true })
      else if (is(SHARES.removal)) await this.#change('removal', user, { do: 'remove', user })
      else await this.#kill()
    } finally {
      this.#busy.delete(user)
    }
  }

  async list(): Promise<void> {
    const start = performance.now()
    const answer = await this.#ask('list', { do: 'list' })
    if (answer?.users === undefined) return
    const found = new Set(answer.users)
    for (const user of this.#crowd.users) this.#saw(user, start, found.has(user) ? 'present' : 'absent')
  }

  async silent(user: number): Promise<void> {
    const start = performance.now()
    const answer = await this.#ask('silent', { do: 'silent', user })
    // Somebody may have signed in after it had found no token and before it looked for a refresh token; then it renews.
    const renewal = { kind: 'renewal' as const, user, start, end: performance.now() }
    if (answer === undefined) this.#outcome.history.write({ ...renewal, isUncertain: true })
    else if (answer.token === undefined) this.#saw(user, start, 'absent')
    else if (answer.fromCache === true) this.#saw(user, start, { token: answer.token })
    else this.#outcome.history.write({ ...renewal, token: answer.token })
  }

  async #change(kind: Write['kind'], user: number, order: Order): Promise<void> {
    const start = performance.now()
    const answer = await this.#ask(kind, order)
    const write: Write = { kind, user, start, end: performance.now() }
    if (answer === undefined) this.#outcome.history.write({ ...write, isUncertain: true })
    else if (answer.error === undefined) this.#outcome.history.write({ ...write, token: answer.token })
    // There was nothing to renew.
    else this.#saw(user, start, 'absent')
  }

  async #deserialize(): Promise<void> {
    await this.#ask('deserialize', { do: 'deserialize' })
  }

  async #kill(): Promise<void> {
    this.#count('kill')
    const killed = this.#member?.kill()
    this.#beginning = Promise.resolve(killed).then(() => this.begin())
    await this.#beginning
  }

  /** `undefined` when the process was killed, or when the answer is an error that nothing explains. */
  async #ask(name: string, order: Order): Promise<Answer | undefined> {
    this.#count(name)
    const answer = await this.#member?.attempt(order)
    const error = answer?.error
    if (error === undefined || (error === 'no_tokens_found' && order.do === 'silent')) return answer
    this.#fail(`${order.do}: ${error}`)
    return undefined
  }

  #saw(user: number, start: number, saw: Look['saw']): void {
    this.#outcome.history.look({ user, saw, start, end: performance.now(), by: this.#name })
  }

  #count(name: string): void {
    this.#outcome.counts[name] = (this.#outcome.counts[name] ?? 0) + 1
  }

  #fail(what: string): void {
    this.#outcome.failures.push(`${this.#name}, ${what}`)
  }
}

/** Random numbers from 0 to 1, the same for the same seed: a hash of the seed and a counter. */
function randomsOf(seed: string): () => number {
  let count = 0
  return () => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32BE() / 2 ** 32
}
