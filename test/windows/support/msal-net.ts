/** MSAL.NET with its extensions as a program of Windows that a test gives orders to: programs/msal-net. */
import assert from 'node:assert/strict'
import type { Tenant } from 'latchkey/emulator'
import { Program } from '../../support/program.js'

/** What it is told; the shapes are those of Program.cs. */
type Order =
  | { do: 'accounts' | 'verify' | 'watch' | 'lock' | 'unlock' }
  | { do: 'signIn'; username: string; password: string }
  | { do: 'silent'; username: string; refresh?: boolean }
  | { do: 'remove'; username: string }
  | { do: 'contend'; marker: string; times: number }

interface Answer {
  did: string
  accessToken?: string
  source?: 'cache' | 'service'
  names?: string[]
  /** Home account ids. */
  added?: string[]
  removed?: string[]
  met?: number
  error?: string
  message?: string
}

/** Where it signs users in, and for whom. */
export interface Place {
  tenant: Tenant
  caFile: string
  authority: string
  scopes: string[]
}

/** One process of it. */
export class MsalNet {
  readonly #program: Program

  private constructor(program: Program) {
    this.#program = program
  }

  /** Starts it on a cache file, which it encrypts with DPAPI. */
  static async start(t: Parameters<typeof Program.start>[0], file: string, place: Place): Promise<MsalNet> {
    const { LATCHKEY_MSAL_NET: executable } = process.env
    assert(executable, 'LATCHKEY_MSAL_NET does not say where the program is')
    const { tenant, caFile, authority, scopes } = place
    const program = Program.start(t, executable, [], process.env)
    const { clientId, proxyUrl } = tenant
    program.send(JSON.stringify({ file, clientId, authority, scopes, proxyUrl, caFile }))
    const made = new MsalNet(program)
    await made.answer('ready')
    return made
  }

  /** The next line it says, which must be that it has done this. */
  async answer(did: string): Promise<Answer> {
    const line = await this.#program.line()
    // What .NET prints of an exception that ends the program begins otherwise.
    assert(line.startsWith('{'), line + (line.startsWith('{') ? '' : await this.#program.rest()))
    const answer = JSON.parse(line) as Answer
    assert.equal(answer.did, did, answer.message)
    return answer
  }

  async #do(order: Order, did: string): Promise<Answer> {
    this.tell(order)
    return this.answer(did)
  }

  /** Gives an order whose answer is awaited later, with {@link answer}. */
  tell(order: Order): void {
    this.#program.send(JSON.stringify(order))
  }

  async signIn({ username, password }: { username: string; password: string }): Promise<string> {
    const { accessToken } = await this.#do({ do: 'signIn', username, password }, 'token')
    assert(accessToken)
    return accessToken
  }

  /** A token of the user from the cache, or with `refresh` one that it renews. */
  async silent(username: string, refresh = false): Promise<{ accessToken: string; fromCache: boolean }> {
    const { accessToken, source } = await this.#do({ do: 'silent', username, refresh }, 'token')
    assert(accessToken)
    return { accessToken, fromCache: source === 'cache' }
  }

  /** The user names of its accounts, sorted. */
  async accounts(): Promise<string[]> {
    return ((await this.#do({ do: 'accounts' }, 'accounts')).names ?? []).sort()
  }

  async remove(username: string): Promise<void> {
    await this.#do({ do: 'remove', username }, 'removed')
  }

  /** Has it write, read and remove a probe beside the file. */
  async verify(): Promise<void> {
    await this.#do({ do: 'verify' }, 'verified')
  }

  /** From here on it says `changed` whenever accounts come or go by other programs. */
  async watch(): Promise<void> {
    await this.#do({ do: 'watch' }, 'watching')
  }

  async lock(): Promise<void> {
    await this.#do({ do: 'lock' }, 'locked')
  }

  async unlock(): Promise<void> {
    await this.#do({ do: 'unlock' }, 'unlocked')
  }

  /** Ends it as a crash would. */
  kill(): Promise<void> {
    return this.#program.kill()
  }
}
