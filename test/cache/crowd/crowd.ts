/** A tenant and any number of processes that share a token cache, as a test sees them. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Scope, temporaryFolder } from '../../support/machine.js'
import { Program } from '../../support/program.js'
import type { Answer, Order, StoreKind, TenantPlace } from './protocol.js'

const LATCHKEY = new URL('../programs/crowd-member.js', import.meta.url)

/** One process of a crowd. */
export class Member {
  readonly program: Program
  readonly #pending = new Map<number, (answer: Answer | undefined) => void>()
  #lastId = 0
  #isOver = false

  constructor(program: Program) {
    this.program = program
    this.#listen()
  }

  /** What the process answers; `undefined` when it ended before it did. */
  attempt(order: Order): Promise<Answer | undefined> {
    if (this.#isOver) return Promise.resolve(undefined)
    const id = ++this.#lastId
    const answered = new Promise<Answer | undefined>(resolve => this.#pending.set(id, resolve))
    this.program.send(JSON.stringify({ id, ...order }))
    return answered
  }

  /** What the process answers, which must be no error. */
  async tell(order: Order): Promise<Answer> {
    const answer = await this.attempt(order)
    assert(answer, `the process ended during ${order.do}: ${this.program.errors}`)
    assert.equal(answer.error, undefined, `${order.do}: ${answer.error}`)
    return answer
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.#isOver = true
    await this.program.kill()
  }

  async #listen(): Promise<void> {
    for await (const line of this.program.lines()) {
      // Half a line is what a process that was killed leaves behind.
      if (this.#isOver) break
      const { id, ...answer } = JSON.parse(line) as Answer & { id: number }
      this.#pending.get(id)?.(answer)
      this.#pending.delete(id)
    }
    this.#isOver = true
    for (const resolve of this.#pending.values()) resolve(undefined)
  }
}

/** The tenant of a file of tests, in a process of its own. */
export class Crowd {
  readonly users: number[]
  readonly #scope: Scope
  readonly #place: string
  readonly #env: NodeJS.ProcessEnv

  private constructor(scope: Scope, users: number, place: string, env: NodeJS.ProcessEnv) {
    this.#scope = scope
    this.#env = env
    this.users = Array.from({ length: users }, (_, user) => user)
    this.#place = place
  }

  /** Starts a tenant with so many users, whose every answer takes so long. The processes get this environment. */
  static async start(
    scope: Scope,
    users: number,
    { latencyMs = 0, env = process.env }: { latencyMs?: number; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Crowd> {
    const program = new URL('../programs/tenant.js', import.meta.url)
    const tenant = Program.node(scope, program, String(users), String(latencyMs))
    const place = join(await temporaryFolder(scope), 'place.json')
    const line = await tenant.line()
    await writeFile(place, line, { mode: 0o600 })
    // Other clients are told whom to trust by their environment.
    const caFile = join(dirname(place), 'ca.pem')
    await writeFile(caFile, (JSON.parse(line) as TenantPlace).caPem)
    return new Crowd(scope, users, place, { ...env, NODE_EXTRA_CA_CERTS: caFile })
  }

  /** Starts a process; `program` is that of this library unless another one is given. */
  member(program: URL = LATCHKEY): Member {
    return new Member(Program.nodeIn(this.#scope, this.#env, program, this.#place))
  }

  /** Starts so many processes that share this store. */
  async members(count: number, store: StoreKind, folder: string): Promise<Member[]> {
    const members = Array.from({ length: count }, () => this.member())
    await all(members, { do: 'open', store, folder })
    return members
  }
}

/** Tells all of them the same. */
export function all(members: readonly Member[], order: Order): Promise<Answer[]> {
  return Promise.all(members.map(member => member.tell(order)))
}
