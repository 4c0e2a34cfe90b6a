/** Cache hits: CPU and time of a silent call with 1, 100 and 10 000 accounts, another account at each call. */
import { AUTHORITY, CLIENT_ID, SCOPES, writeCache } from '../cache-file.mjs'
import { startPeer } from '../peer.mjs'

// A peer that needs 100 ms for a call gets few calls, one that needs microseconds gets many.
const CALLS = {
  latchkey: { 1: 20_000, 100: 20_000, 10000: 20_000 },
  'msal-node': { 1: 1_000, 100: 400, 10000: 6 },
  'msal.net': { 1: 4_000, 100: 4_000, 10000: 4_000 },
}

/** Resolves with `{ [subject]: { [accounts]: { cpuUs, p50Us } } }`, the least of all rounds. */
export async function measureSilent({ subjects, folder, rounds, tell }) {
  const best = Object.fromEntries(subjects.map(name => [name, {}]))
  for (const accounts of [1, 100, 10_000]) {
    tell(`silent hit with ${accounts} accounts`)
    const { file, accountsFile } = writeCache(folder, accounts)
    const peers = new Map(subjects.map(name => [name, startPeer(name)]))
    try {
      for (const [name, peer] of peers) {
        await peer.ask({
          do: 'load',
          clientId: CLIENT_ID,
          authority: AUTHORITY,
          scopes: SCOPES,
          cacheFile: file,
          accountsFile,
        })
        await peer.ask({ do: 'silent', calls: Math.ceil(CALLS[name][accounts] / 4) })
      }
      // In turn, so that a busy minute of the machine hits all of them.
      for (let round = 0; round < rounds; round += 1) {
        for (const [name, peer] of peers) {
          const { cpuUs, p50Us } = await peer.ask({ do: 'silent', calls: CALLS[name][accounts] })
          const known = best[name][accounts] ?? { cpuUs: Number.POSITIVE_INFINITY, p50Us: Number.POSITIVE_INFINITY }
          best[name][accounts] = { cpuUs: Math.min(known.cpuUs, cpuUs), p50Us: Math.min(known.p50Us, p50Us) }
        }
      }
    } finally {
      for (const peer of peers.values()) peer.end()
    }
  }
  return best
}
