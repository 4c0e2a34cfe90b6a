/** Measures one library in this process on command: a line of JSON in, a line of JSON out. ../dotnet/Program.cs speaks the same. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

// A prime, so that each call is for another account and all have their turn, in no order that a processor could foresee.
const STRIDE = 7919

/**
 * Serves until stdin ends.
 *
 * @param library `load({ clientId, authority, cacheFile })` makes an application with the cache in this file,
 * `silent({ account, scopes })` resolves with a result that has `accessToken` and `fromCache`, `list()` resolves with all
 * accounts. `answerWith(answers)`, of those on disk only, says what the service answers from now on.
 */
export async function serve(library) {
  let scopes
  let accounts
  let sessions
  let turn = 0
  const next = () => (turn++ * STRIDE) % accounts.length

  const commands = {
    async load({ scopes: wanted, accountsFile, ...options }) {
      scopes = wanted
      accounts = JSON.parse(readFileSync(accountsFile, 'utf8'))
      sessions = accounts.map(account => JSON.stringify(account))
      await library.load(options)
      return {}
    },

    /**
     * How long calls take, each for an account that has just come out of a session: another one each time, or always the
     * same one. The median, in microseconds.
     */
    async latency({ calls, sameAccount = false }) {
      const same = next()
      const times = new Float64Array(calls)
      for (let call = 0; call < calls; call++) {
        const account = JSON.parse(sessions[sameAccount ? same : next()])
        const started = performance.now()
        const result = await library.silent({ account, scopes })
        times[call] = performance.now() - started
        if (!result.fromCache) throw new Error('that was not a hit')
      }
      return { p50Us: times.sort()[calls >> 1] * 1000 }
    },

    /** CPU of the whole process for so many calls, garbage collection and all, in microseconds. */
    async cpu({ calls }) {
      const before = process.cpuUsage()
      for (let call = 0; call < calls; call++) await library.silent({ account: accounts[next()], scopes })
      const { user, system } = process.cpuUsage(before)
      return { cpuUs: user + system }
    },

    /** One hit for the account of this number, which may have other tokens than before. */
    async hit({ index }) {
      const before = process.cpuUsage()
      const started = performance.now()
      const { accessToken, fromCache } = await library.silent({ account: accounts[index], scopes })
      const ms = performance.now() - started
      const { user, system } = process.cpuUsage(before)
      if (!fromCache) throw new Error('that was not a hit')
      return { ms, cpuUs: user + system, accessToken }
    },

    /** Renews the tokens of the account of this number, and saves those of `answers`, which are at hand. */
    async save({ index, answers }) {
      await library.answerWith(answers)
      const before = process.cpuUsage()
      const started = performance.now()
      const result = await library.silent({ account: accounts[index], scopes, forceRefresh: true })
      const ms = performance.now() - started
      const { user, system } = process.cpuUsage(before)
      if (result.accessToken !== answers.token.access_token) throw new Error('the token was not renewed')
      return { ms, cpuUs: user + system }
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
      const account = accounts[next()]
      const results = await Promise.all(Array.from({ length: calls }, () => library.silent({ account, scopes })))
      if (results.some(({ fromCache }) => fromCache)) throw new Error('an expired token was used')
      return { tokens: new Set(results.map(({ accessToken }) => accessToken)).size }
    },
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...command } = JSON.parse(line)
    const answer = await commands[name](command).catch(error => ({ error: error.stack }))
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
}
