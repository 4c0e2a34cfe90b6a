/** What a first token costs that a server takes: the conversation opened and its first step, with the ticket of the service in the cache. */
import { fileURLToPath } from 'node:url'
import { startSubject } from '../subject.mjs'

const TOKENS = 60
const PROGRAM = fileURLToPath(new URL('../subjects/token.mjs', import.meta.url))

/**
 * Takes turns, round by round. One realm, credential cache and service for all; of the medians of the rounds the lowest one counts.
 *
 * @returns {name: {p50Us}}
 */
export async function measureToken(names, { realm, rounds, mostRounds, isEnough, onProgress }) {
  const contenders = []
  try {
    for (const name of names) {
      const subject = await startSubject(
        { name, program: [process.execPath, PROGRAM, name] },
        { load: {}, env: realm.env },
      )
      // The first one fetches the ticket of the service, unless it is there.
      await subject.ask({ do: 'warm up', count: TOKENS * 3 })
      contenders.push({ name, subject, p50Us: Number.POSITIVE_INFINITY })
    }
    let results
    for (let round = 1; round <= mostRounds && (round <= rounds || !isEnough(results)); round++) {
      if (round % 20 === 1) onProgress(`tokens, round ${round}`)
      for (const contender of contenders) {
        const { p50Us } = await contender.subject.ask({ do: 'tokens', count: TOKENS })
        contender.p50Us = Math.min(contender.p50Us, p50Us)
      }
      results = Object.fromEntries(contenders.map(({ name, p50Us }) => [name, { p50Us }]))
    }
    return results
  } finally {
    await Promise.all(contenders.map(({ subject }) => subject.stop()))
  }
}
