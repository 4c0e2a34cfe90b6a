/** Makes all the measurements of a run, or some of them, with the libraries that are here. */
import { AUTHORITY, CLIENT_ID, SCOPES, writeCache } from './cache-file.mjs'
import { startRealm } from './kerberos.mjs'
import { startKeyring } from './keyring.mjs'
import { measureImport } from './measures/import.mjs'
import { measureInstall } from './measures/install.mjs'
import { integrated, measureIntegrated, measureLag, startServers } from './measures/integrated.mjs'
import { measureListing } from './measures/listing.mjs'
import { measurePersistent } from './measures/persistent.mjs'
import { measureSilent } from './measures/silent.mjs'
import { measureToken } from './measures/token.mjs'
import { LATCHKEY, LATCHKEY_ENCRYPTED, LATCHKEY_ON_DISK } from './subject.mjs'
import { holdsSoFar } from './targets.mjs'

/** The names that `--only` takes. `kerberos` is the token, the integrated sign-in and the event loop. */
export const MEASURES = ['import', 'silent', 'persistent', 'listing', 'together', 'kerberos', 'install']

/**
 * @param plan `isQuick`, few rounds; `rounds`, so many and no more; `only`, names of {@link MEASURES}
 * @returns `results` by name; `missing`, what this machine has not got; `failed`, what went wrong
 */
export async function measure({ peers, folder, plan, onProgress }) {
  const run = { peers, folder, onProgress, cacheOf: cachesIn(folder), missing: [], limits: limitsOf(plan, onProgress) }
  const results = {}
  const failed = []
  for (const name of MEASURES) {
    if (!plan.only.includes(name)) continue
    try {
      Object.assign(results, await STEPS[name](run))
    } catch (error) {
      // The figures of the others took minutes.
      console.error(error)
      failed.push(`${name}: ${error.message.split('\n', 1)[0]}`)
    }
  }
  return { results, missing: run.missing, failed }
}

const STEPS = {
  import: async ({ limits }) => ({ import: measureImport(limits('import', 12, 30)) }),
  silent: async ({ peers, cacheOf, limits }) => ({
    silent: await measureSilent([LATCHKEY, ...peers.inMemory], cacheOf, limits('silent', 6, 12)),
  }),
  persistent: async run => ({ persistent: await measureOnDisk(run) }),
  listing: async ({ peers, cacheOf, limits }) => ({
    listing: await measureListing([LATCHKEY, ...peers.inMemory], cacheOf, limits('listing', 6, 12)),
  }),
  async together({ peers, folder, onProgress }) {
    // It uses the library itself, which may have been built only now.
    const { measureTogether } = await import('./measures/together.mjs')
    return { together: await measureTogether([LATCHKEY, ...peers.inMemory], folder, { onProgress }) }
  },
  kerberos: run => measureKerberos(run),
  install: async () => ({ install: measureInstall() }),
}

/** How often each measure goes round. When a target is missed more rounds are made: on a busy machine the best of a few may still be a bad one. */
function limitsOf({ isQuick, rounds: wanted }, onProgress) {
  return (name, few, many) => ({
    rounds: wanted ?? (isQuick ? few : many),
    mostRounds: wanted ?? many * 2,
    isEnough: results => holdsSoFar({ [name]: results }),
    isQuick,
    onProgress,
  })
}

async function measureOnDisk({ peers, folder, cacheOf, missing, limits }) {
  const keyring = await startKeyring()
  if (keyring.missing !== undefined) missing.push(`our encrypted cache: ${keyring.missing}`)
  const ours = keyring.missing === undefined ? [LATCHKEY_ON_DISK, LATCHKEY_ENCRYPTED] : [LATCHKEY_ON_DISK]
  try {
    return await measurePersistent([...ours, ...peers.onDisk], cacheOf, folder, limits('persistent', 5, 12))
  } finally {
    await keyring.stop?.()
  }
}

/** What there is to measure with a Kerberos ticket; nothing where there is no KDC. */
async function measureKerberos({ peers, folder, missing, limits }) {
  const realm = await startRealm()
  if (realm.missing !== undefined) {
    missing.push(`tickets and integrated sign-ins: ${realm.missing}`)
    return {}
  }
  try {
    const makers = ['latchkey', ...(peers.hasKerberos ? ['kerberos'] : [])]
    const token = await measureToken(makers, { realm, ...limits('token', 40, 100) })
    const servers = await startServers(realm, folder)
    try {
      const libraries = [integrated('latchkey'), integrated('latchkey, NTLM', 'ntlm'), ...peers.integrated]
      const signIns = await measureIntegrated(libraries, servers, limits('integrated', 3, 9))
      return { token, integrated: signIns, lag: await measureLag(servers, limits('lag', 5, 15)) }
    } finally {
      await servers.stop()
    }
  } finally {
    await realm.stop()
  }
}

/** The cache of so many accounts as a library would have written it; each is written once. */
function cachesIn(folder) {
  const caches = new Map()
  return (accounts, { environment }) => {
    const key = `${accounts} ${environment}`
    if (!caches.has(key)) {
      const files = writeCache(folder, accounts, environment)
      caches.set(key, { clientId: CLIENT_ID, authority: AUTHORITY, scopes: SCOPES, ...files })
    }
    return caches.get(key)
  }
}
