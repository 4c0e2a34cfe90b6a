/** Listing all accounts: how the time grows from 1 000 to 10 000. */
import { AUTHORITY, CLIENT_ID, SCOPES, writeCache } from '../cache-file.mjs'
import { startPeer } from '../peer.mjs'

// msal-node's and MSAL.NET's listings grow with the square: at 10 000 they would take minutes.
const SIZES = { latchkey: [1_000, 10_000], 'msal-node': [1_000], 'msal.net': [1_000] }
const TIMES = { latchkey: 25, 'msal-node': 1, 'msal.net': 2 }

/** Resolves with `{ [subject]: { [accounts]: ms } }`, the least of all. */
export async function measureListing({ subjects, folder, rounds, tell }) {
  const best = Object.fromEntries(subjects.map(name => [name, {}]))
  for (const accounts of [1_000, 10_000]) {
    tell(`listing ${accounts} accounts`)
    const { file, accountsFile } = writeCache(folder, accounts)
    for (const name of subjects.filter(subject => SIZES[subject].includes(accounts))) {
      const peer = startPeer(name)
      try {
        await peer.ask({
          do: 'load',
          clientId: CLIENT_ID,
          authority: AUTHORITY,
          scopes: SCOPES,
          cacheFile: file,
          accountsFile,
        })
        for (let round = 0; round < (name === 'latchkey' ? rounds : 1); round += 1) {
          const { ms } = await peer.ask({ do: 'list', times: TIMES[name] })
          best[name][accounts] = Math.min(best[name][accounts] ?? Number.POSITIVE_INFINITY, ms)
        }
      } finally {
        peer.end()
      }
    }
  }
  return best
}
