/** Measures one library in this process on command: a line of JSON in, a line of JSON out. bench/dotnet/Program.cs speaks the same. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

// A prime, so that each call picks another account and all have their turn, in no order that a processor could foresee.
const STRIDE = 7919

/**
 * Serves until stdin ends.
 *
 * @param library `load({ clientId, authority, cache })` makes an application, `silent({ account, scopes })` resolves with a
 * result that has `fromCache`, `list()` resolves with all accounts.
 */
export async function serve(library) {
  let scopes
  let accounts
  let turn = 0
  const nextAccount = () => accounts[(turn++ * STRIDE) % accounts.length]

  const commands = {
    async load({ clientId, authority, cacheFile, accountsFile, ...command }) {
      scopes = command.scopes
      accounts = JSON.parse(readFileSync(accountsFile, 'utf8'))
      await library.load({ clientId, authority, cache: readFileSync(cacheFile, 'utf8') })
      return {}
    },

    /** CPU of the whole process, garbage collection included, and the middle of the calls' times; both per call. */
    async silent({ calls }) {
      const times = new Float64Array(calls)
      const before = process.cpuUsage()
      for (let call = 0; call < calls; call++) {
        const account = nextAccount()
        const started = performance.now()
        const result = await library.silent({ account, scopes })
        times[call] = performance.now() - started
        if (!result.fromCache) throw new Error('that was not a hit')
      }
      const { user, system } = process.cpuUsage(before)
      return { cpuUs: (user + system) / calls, p50Us: times.sort()[calls >> 1] * 1000 }
    },

    async list({ times }) {
      let fastest = Number.POSITIVE_INFINITY
      for (let time = 0; time < times; time++) {
        const started = performance.now()
        const { length } = await library.list()
        fastest = Math.min(fastest, performance.now() - started)
        if (length !== accounts.length) throw new Error(`${length} of ${accounts.length} accounts were listed`)
      }
      return { ms: fastest }
    },

    /** Calls that all begin before the first one ends. */
    async together({ calls }) {
      const account = nextAccount()
      const results = await Promise.all(Array.from({ length: calls }, () => library.silent({ account, scopes })))
      return { tokens: new Set(results.map(({ accessToken }) => accessToken)).size }
    },
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...command } = JSON.parse(line)
    const answer = await commands[name](command).catch(error => ({ error: error.stack }))
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
}
