/** The cache on disk: a hit while the file is unchanged and after another process has written it, a save, and a cold start. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AUTHORITY, answerFor, TENANT_ID, withForeignWrite } from '../cache-file.mjs'
import { startSubject } from '../subject.mjs'

const SIZES = [1, 100, 1_000]
const COLD_SIZES = [1, 1_000]
/** Of these sizes what is dearer is measured as well. */
const WRITTEN_SIZE = 1_000

/** Hits a round. */
const CALLS = {
  latchkey: { 1: 20_000, 100: 20_000, 1000: 20_000 },
  'latchkey, encrypted': { 1: 20_000, 100: 20_000, 1000: 20_000 },
  'msal-node': { 1: 1_000, 100: 200, 1000: 20 },
  'MSAL.NET': { 1: 1_000, 100: 200, 1000: 10 },
  'MSAL Python': { 1: 1_000, 100: 200, 1000: 20 },
}
const WARM_UP_MS = 1_500
const WARM_UP_WRITES = 3
/** What a plain cache file's readers take for a write that a later one might be hidden by. */
const SETTLED_MS = 100

/** What the service says about itself, for those who ask. */
const METADATA = {
  instance: {
    tenant_discovery_endpoint: `${AUTHORITY}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: 'login.microsoftonline.com',
        preferred_cache: 'login.windows.net',
        aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
      },
    ],
  },
  openid: {
    token_endpoint: `${AUTHORITY}/oauth2/v2.0/token`,
    authorization_endpoint: `${AUTHORITY}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${AUTHORITY}/oauth2/v2.0/logout`,
    jwks_uri: `${AUTHORITY}/discovery/v2.0/keys`,
    issuer: `https://login.microsoftonline.com/${TENANT_ID}/v2.0`,
  },
}

/**
 * Takes turns, as the silent hits in memory do; each library has a file of its own. CPU is the mean of all rounds; of wall
 * times the lowest median counts, and of what happens once a round the median of the rounds.
 *
 * @returns {name: {hit: {size: {cpuUs, p50Us}}, save, afterSave, afterForeign, cold: {size: ms}}}, with {ms, cpuMs} for a
 * save, for the hit that follows it, and for the one after another process has written
 */
export async function measurePersistent(libraries, cacheOf, folder, { rounds, mostRounds, isEnough, onProgress }) {
  const contenders = []
  try {
    for (const library of libraries) {
      for (const size of SIZES) {
        onProgress(`${library.name} loads ${size} accounts from disk`)
        const contender = { library, size, subjects: [], cpuUs: 0, allCalls: 0, p50Us: Number.POSITIVE_INFINITY }
        contenders.push(contender)
        await prepare(contender, cacheOf(size, library), folder)
      }
    }
    let results
    for (let round = 1; round <= mostRounds && (round <= rounds || !isEnough(results)); round++) {
      if (round % 3 === 1) onProgress(`hits on disk, round ${round}`)
      for (const contender of contenders) await playRound(contender, round)
      results = summarize(contenders)
    }
    return results
  } finally {
    await Promise.all(contenders.flatMap(({ subjects }) => subjects.map(({ stop }) => stop())))
  }
}

async function prepare(contender, cache, folder) {
  const { library, size, subjects } = contender
  const { name } = library
  const cacheFile = ownCopy(join(folder, `${name}-${size}`), cache.cacheFile)
  const start = async () => {
    const subject = await startSubject(library, { cache: { ...cache, cacheFile } })
    subjects.push(subject)
    return subject
  }
  const subject = await start()
  const calls = CALLS[name][size]
  Object.assign(contender, { name, subject, calls, cacheFile, start })
  // Only this makes a plain file an encrypted one.
  await save(contender, 0, 'start')
  const until = performance.now() + WARM_UP_MS
  do {
    await subject.ask({ do: 'cpu', calls })
    await subject.ask({ do: 'latency', calls })
  } while (performance.now() < until)
  contender.cold = COLD_SIZES.includes(size) ? [] : undefined
  if (size !== WRITTEN_SIZE) return
  contender.writes = { save: [], afterSave: [], afterForeign: [] }
  // In a file that is encrypted only another process of the same library can write.
  if (library.load?.isEncrypted) contender.other = await start()
  else contender.contents = JSON.parse(readFileSync(cache.cacheFile, 'utf8'))
  // What is loaded for the first request of a process, and the compilers, again.
  for (let round = 1; round <= WARM_UP_WRITES; round++) await write(contender, `warm-up ${round}`)
}

async function playRound(contender, round) {
  const { subject, calls, writes, cold } = contender
  const { cpuUs } = await subject.ask({ do: 'cpu', calls })
  contender.cpuUs += cpuUs
  contender.allCalls += calls
  const { p50Us } = await subject.ask({ do: 'latency', calls })
  contender.p50Us = Math.min(contender.p50Us, p50Us)
  if (writes !== undefined) {
    for (const [key, value] of Object.entries(await write(contender, round))) writes[key].push(value)
  }
  cold?.push(await coldStart(contender))
}

/** A save by this process and one by another, each followed by a hit; `time` tells them from those before. */
async function write(contender, time) {
  const { size, cacheFile, contents, other } = contender
  const index = 331 % size
  const saved = await save(contender, index, `save ${time}`)
  const afterSave = await hit(contender, index, `save ${time}`)

  const foreign = `foreign ${time}`
  if (other === undefined) replace(cacheFile, JSON.stringify(withForeignWrite(contents, index, foreign)))
  else await save({ subject: other }, index, foreign)
  await wait(SETTLED_MS)
  const afterForeign = await hit(contender, index, foreign)
  return { save: saved, afterSave, afterForeign }
}

function save({ subject }, index, time) {
  return subject.ask({ do: 'save', index, answers: { ...METADATA, token: answerFor(index, time) } })
}

/** One hit, with the token of this time, which has to be there by now. */
async function hit({ name, subject }, index, time) {
  const { accessToken, ...cost } = await subject.ask({ do: 'hit', index })
  if (accessToken === answerFor(index, time).access_token) return cost
  throw new Error(`${name} does not have the token that was saved last`)
}

/** From the start of a process to its first hit. */
async function coldStart({ start, subjects }) {
  const started = performance.now()
  const subject = await start()
  await subject.ask({ do: 'hit', index: 0 })
  const ms = performance.now() - started
  subjects.pop()
  await subject.stop()
  return ms
}

function ownCopy(folder, file) {
  mkdirSync(folder, { recursive: true })
  const copy = join(folder, 'cache.json')
  copyFileSync(file, copy)
  chmodSync(copy, 0o600)
  return copy
}

/** As a process does that lets nobody see half of a file. */
function replace(file, text) {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

function summarize(contenders) {
  const results = {}
  for (const { name, size, cpuUs, allCalls, p50Us, writes = {}, cold } of contenders) {
    results[name] ??= { hit: {}, cold: {} }
    results[name].hit[size] = { cpuUs: cpuUs / allCalls, p50Us }
    for (const [key, costs] of Object.entries(writes)) {
      results[name][key] = {
        ms: median(costs.map(({ ms }) => ms)),
        cpuMs: median(costs.map(({ cpuUs }) => cpuUs)) / 1000,
      }
    }
    if (cold !== undefined) results[name].cold[size] = median(cold)
  }
  return results
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]
