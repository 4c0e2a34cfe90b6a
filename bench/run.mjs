/**
 * `npm run bench`: measures this library beside @azure/msal-node and MSAL.NET and prints tables; README.md says how.
 * `--check` (`npm run bench:check`) makes fewer calls and fails when a target is missed by more than noise explains; `--json FILE` writes the results.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadPeer } from '../scripts/setup-peers.mjs'
import { AUTHORITY, CLIENT_ID, SCOPES, writeCache } from './cache-file.mjs'
import { buildDotnet } from './dotnet.mjs'
import { startRealm } from './kerberos.mjs'
import { startKeyring } from './keyring.mjs'
import { measureImport } from './measures/import.mjs'
import { measureInstall } from './measures/install.mjs'
import { integrated, measureIntegrated, measureLag, startServers } from './measures/integrated.mjs'
import { measureListing } from './measures/listing.mjs'
import { measurePersistent } from './measures/persistent.mjs'
import { measureSilent } from './measures/silent.mjs'
import { measureToken } from './measures/token.mjs'
import { report } from './report.mjs'
import {
  LATCHKEY,
  LATCHKEY_ENCRYPTED,
  LATCHKEY_ON_DISK,
  MSAL_NODE,
  MSAL_NODE_ON_DISK,
  msalNet,
  msalNetOnDisk,
} from './subject.mjs'
import { holdsSoFar, judge } from './targets.mjs'

const { values: options } = parseArgs({ options: { check: { type: 'boolean' }, json: { type: 'string' } } })
const inCi = process.env.CI === 'true'
const started = performance.now()
const onProgress = what =>
  console.error(`bench: ${((performance.now() - started) / 1000).toFixed(0).padStart(3)} s  ${what}`)

// With the tests, whose realm and acceptor the benchmark has too.
const build = spawnSync(
  process.execPath,
  [fileURLToPath(new URL('../scripts/build.mjs', import.meta.url)), '--tests'],
  {
    stdio: 'inherit',
  },
)
if (build.status !== 0) process.exit(1)
const dotnet = buildDotnet({ onProgress })
if (dotnet.missing !== undefined) onProgress(`without MSAL.NET: ${dotnet.missing}`)

const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
const caches = new Map()
let results
try {
  results = await measure()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const verdicts = judge(results)
console.log(`\n${report(results, verdicts)}`)
if (options.json !== undefined)
  writeFileSync(options.json, `${JSON.stringify({ ...results, verdicts }, undefined, 2)}\n`)

const missed = verdicts.filter(({ holds }) => holds === false)
const failed = verdicts.filter(({ holdsWithNoise: holds }) => holds === false || (holds === undefined && inCi))
onProgress(missed.length === 0 ? 'done' : `${missed.length} of ${verdicts.length} targets missed`)
// Elsewhere a machine may lack .NET; in CI a gap would look like success.
if (options.check && failed.length > 0) process.exitCode = 1

async function measure() {
  // It uses the library itself, which may have been built only now.
  const { measureTogether } = await import('./measures/together.mjs')
  const libraries = [LATCHKEY, MSAL_NODE, ...(dotnet.program === undefined ? [] : [msalNet(dotnet.program)])]
  const isQuick = options.check === true
  // When a target is missed more rounds are made: on a busy machine the best of a few rounds may still be a bad one.
  const rounds = (few, many) => ({ rounds: isQuick ? few : many, mostRounds: many * 2, isQuick, onProgress })
  const enough = name => results => holdsSoFar({ [name]: results })
  return {
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      platform: `${process.platform}-${process.arch}`,
      node: process.version,
    },
    import: measureImport({ ...rounds(12, 30), isEnough: enough('import') }),
    silent: await measureSilent(libraries, cacheOf, { ...rounds(6, 12), isEnough: enough('silent') }),
    persistent: await measureOnDisk(rounds(5, 12), enough('persistent')),
    listing: await measureListing(libraries, cacheOf, { ...rounds(6, 12), isEnough: enough('listing') }),
    together: await measureTogether(libraries, folder, { onProgress }),
    ...(await measureKerberos(rounds, enough)),
    install: measureInstall(),
  }
}

/** The libraries with their caches on disk, as far as they are here. */
async function measureOnDisk(rounds, isEnough) {
  const hasPeer = loadPeer('@azure/msal-node-extensions/package.json') !== undefined
  if (!hasPeer) onProgress('without the extensions of msal-node: they are not installed (npm run setup:peers)')
  const keyring = await startKeyring()
  if (keyring.missing !== undefined) onProgress(`without encryption: ${keyring.missing}`)
  const libraries = [
    LATCHKEY_ON_DISK,
    ...(keyring.missing === undefined ? [LATCHKEY_ENCRYPTED] : []),
    ...(hasPeer ? [MSAL_NODE_ON_DISK] : []),
    ...(dotnet.program === undefined ? [] : [msalNetOnDisk(dotnet.program)]),
  ]
  try {
    return await measurePersistent(libraries, cacheOf, folder, { ...rounds, isEnough })
  } finally {
    await keyring.stop?.()
  }
}

/** What there is to measure with a Kerberos ticket; nothing where there is no KDC. */
async function measureKerberos(rounds, enough) {
  const realm = await startRealm()
  if (realm.missing !== undefined) {
    onProgress(`without Kerberos: ${realm.missing}`)
    return {}
  }
  try {
    const hasPeer = loadPeer('kerberos') !== undefined
    if (!hasPeer) onProgress('without the package kerberos: it is not installed (npm run setup:peers)')
    const makers = ['latchkey', ...(hasPeer ? ['kerberos'] : [])]
    const token = await measureToken(makers, { realm, ...rounds(40, 100), isEnough: enough('token') })
    const servers = await startServers(realm, folder)
    try {
      const libraries = [integrated('latchkey'), integrated('latchkey, NTLM', 'ntlm')]
      if (dotnet.program !== undefined) libraries.push(msalNet(dotnet.program))
      const signIns = await measureIntegrated(libraries, servers, rounds(3, 9))
      const lag = await measureLag(servers, { ...rounds(5, 15), isEnough: enough('lag') })
      return { token, integrated: signIns, lag }
    } finally {
      await servers.stop()
    }
  } finally {
    await realm.stop()
  }
}

/** The cache of so many accounts, written once. */
function cacheOf(accounts) {
  if (!caches.has(accounts)) {
    caches.set(accounts, { clientId: CLIENT_ID, authority: AUTHORITY, scopes: SCOPES, ...writeCache(folder, accounts) })
  }
  return caches.get(accounts)
}
