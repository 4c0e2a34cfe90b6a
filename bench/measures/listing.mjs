/** Listing all accounts, with a thousand and with ten thousand. */
import { startSubject } from '../subject.mjs'

const OURS = [1_000, 10_000]
/** How many accounts the others can list while somebody waits; their time grows with the square. */
const THEIRS = {
  'msal-node': { quick: [100], long: [100, 1_000] },
  'MSAL.NET': { quick: [1_000], long: [1_000, 10_000] },
  'MSAL Python': { quick: [1_000], long: [1_000, 10_000] },
}
const TIMES = { 100: 3, 1000: 20, 10000: 5 }

/** @returns {name: {size: milliseconds}}, the shortest of all rounds. */
export async function measureListing(libraries, cacheOf, { rounds, mostRounds, isEnough, isQuick, onProgress }) {
  const [ours, ...others] = libraries
  const best = Object.fromEntries(libraries.map(({ name }) => [name, {}]))
  const subjects = []
  try {
    for (const size of OURS) subjects.push({ size, subject: await startSubject(ours, { cache: cacheOf(size, ours) }) })
    for (let round = 1; round <= mostRounds && (round <= rounds || !isEnough(best)); round++) {
      onProgress(`listings, round ${round}`)
      for (const { size, subject } of subjects) {
        const { ms } = await subject.ask({ do: 'list', times: TIMES[size] })
        best[ours.name][size] = Math.min(best[ours.name][size] ?? ms, ms)
      }
    }
  } finally {
    await Promise.all(subjects.map(({ subject }) => subject.stop()))
  }
  for (const library of others) {
    for (const size of THEIRS[library.name][isQuick ? 'quick' : 'long']) {
      onProgress(`${library.name} lists ${size} accounts`)
      const subject = await startSubject(library, { cache: cacheOf(size, library) })
      try {
        const { ms } = await subject.ask({ do: 'list', times: size > 100 ? 1 : TIMES[size] })
        best[library.name][size] = ms
      } finally {
        await subject.stop()
      }
    }
  }
  return best
}
