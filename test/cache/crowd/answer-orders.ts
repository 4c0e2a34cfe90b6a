/** The loop of a process that is told what to do by lines of JSON; orders that come while one is under way run beside it. */
import { readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import type { Answer, Handlers, Order, TenantPlace } from './protocol.js'

/** The tenant that the first argument of the process tells of. */
export function tenantPlace(): TenantPlace {
  const [file = ''] = process.argv.slice(2)
  return JSON.parse(readFileSync(file, 'utf8')) as TenantPlace
}

/** Answers orders until there are no more. */
export async function answerOrders(handlers: Handlers): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, ...order } = JSON.parse(line) as Order & { id: number }
    const handle = handlers[order.do] as ((order: Order) => Promise<Answer> | Answer) | undefined
    const run = async () => {
      if (handle === undefined) throw new Error(`nobody here can ${order.do}`)
      return handle(order as Order)
    }
    run()
      .catch((error): Answer => ({ error: describe(error) }))
      .then(answer => process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`))
  }
}

/** The code where there is one. */
export function describe(error: unknown): string {
  const { code, errorCode, message } = error as { code?: string; errorCode?: string; message?: string }
  return code ?? errorCode ?? message ?? String(error)
}

/** The numbers of the users with these names, in order. */
export function numbersOf(place: TenantPlace, accounts: ReadonlyArray<{ username: string }>): number[] {
  const numbers = new Map(place.users.map(({ username }, number) => [username, number]))
  return accounts.map(({ username }) => numbers.get(username) ?? -1).sort((a, b) => a - b)
}

/** Signs in one user after the other. */
export async function inTurn(users: readonly number[], signIn: (user: number) => Promise<unknown>): Promise<Answer> {
  const failures: string[] = []
  for (const user of users) {
    await signIn(user).catch(error => failures.push(`sign-in of user ${user}: ${describe(error)}`))
  }
  return { count: users.length - failures.length, failures }
}

/** Somebody who lists without a pause, and notices who was there and no longer is. */
export class Reader {
  #isStopped = false
  #done: Promise<Answer> | undefined

  start(list: () => Promise<number[]>): Answer {
    // Otherwise a few of them leave nothing of a small machine to those who write, who are what it is about.
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
    this.#isStopped = false
    this.#done = this.#read(list)
    return {}
  }

  async stop(): Promise<Answer> {
    this.#isStopped = true
    return (await this.#done) ?? { error: 'was not reading' }
  }

  async #read(list: () => Promise<number[]>): Promise<Answer> {
    const failures: string[] = []
    let before = new Set<number>()
    let count = 0
    while (!this.#isStopped) {
      try {
        const now = new Set(await list())
        const gone = [...before].filter(user => !now.has(user))
        if (gone.length > 0) failures.push(`${gone.length} of ${before.size} users gone: ${gone.join(' ')}`)
        before = now
      } catch (error) {
        failures.push(`listing: ${describe(error)}`)
      }
      count++
      // Whoever is at the front of the event loop for ever would not hear that it is to stop.
      await new Promise(resolve => setImmediate(resolve))
    }
    return { count, failures: failures.slice(0, 20), users: [...before].sort((a, b) => a - b) }
  }
}
