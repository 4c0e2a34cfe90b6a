/** The silent hit: what a call costs that finds its token in the cache, with few and with many accounts. */
import { startSubject } from '../subject.mjs'

const SIZES = [1, 100, 10_000]

/** Calls a round. With 10 000 accounts each has several turns in a round, but for msal-node, which would take hours. */
const CALLS = {
  latchkey: { 1: 50_000, 100: 50_000, 10000: 50_000 },
  'msal-node': { 1: 1_000, 100: 200, 10000: 2 },
  'MSAL.NET': { 1: 8_000, 100: 8_000, 10000: 4_000 },
  'MSAL Python': { 1: 1_000, 100: 200, 10000: 4 },
}
// The compilers of V8 and .NET watch a program for a while before they have done all they will do.
const WARM_UP_MS = { 1: 2_000, 100: 1_000, 10000: 1_000 }

/**
 * Takes turns: in each round every library at every size makes its calls, so that what else the machine does hits all alike.
 * CPU is the mean of all rounds, since no other process adds to it; of the medians of the rounds the lowest one counts.
 *
 * @returns {name: {size: {cpuUs, p50Us, p50SameUs}}}, each for one call; the last one, always for the same account, of ours only
 */
export async function measureSilent(libraries, cacheOf, { rounds, mostRounds, isEnough, onProgress }) {
  const contenders = []
  try {
    for (const library of libraries) {
      const { name } = library
      for (const size of SIZES) {
        onProgress(`${name} loads ${size} accounts`)
        const subject = await startSubject(library, { cache: cacheOf(size, library) })
        contenders.push({
          name,
          size,
          subject,
          calls: CALLS[name][size],
          cpuUs: 0,
          allCalls: 0,
          p50Us: Number.POSITIVE_INFINITY,
          p50SameUs: Number.POSITIVE_INFINITY,
        })
        const until = performance.now() + WARM_UP_MS[size]
        while (performance.now() < until) {
          await subject.ask({ do: 'cpu', calls: CALLS[name][size] })
          await subject.ask({ do: 'latency', calls: CALLS[name][size] })
        }
      }
    }
    let results
    for (let round = 1; round <= mostRounds && (round <= rounds || !isEnough(results)); round++) {
      if (round % 3 === 1) onProgress(`silent hits, round ${round}`)
      for (const contender of contenders) await playRound(contender)
      results = summarize(contenders)
    }
    return results
  } finally {
    await Promise.all(contenders.map(({ subject }) => subject.stop()))
  }
}

async function playRound(contender) {
  const { subject, calls } = contender
  const { cpuUs } = await subject.ask({ do: 'cpu', calls })
  contender.cpuUs += cpuUs
  contender.allCalls += calls
  const { p50Us } = await subject.ask({ do: 'latency', calls })
  contender.p50Us = Math.min(contender.p50Us, p50Us)
  if (contender.name !== 'latchkey') return
  const same = await subject.ask({ do: 'latency', calls, sameAccount: true })
  contender.p50SameUs = Math.min(contender.p50SameUs, same.p50Us)
}

function summarize(contenders) {
  const results = {}
  for (const { name, size, cpuUs, allCalls, p50Us, p50SameUs } of contenders) {
    results[name] ??= {}
    results[name][size] = { cpuUs: cpuUs / allCalls, p50Us, p50SameUs }
  }
  return results
}
