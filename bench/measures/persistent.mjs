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
  'msal-node': { 1: 1_000, 100: 200, 1000: 20 },
  'MSAL.NET': { 1: 1_000, 100: 200, 1000: 10 },
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
 * @returns {name: {hit: {size: {cpuUs, p50Us}}, foreignMs, saveMs, saveCpuMs, afterSaveMs, cold: {size: ms}}}
 */
export async function measurePersistent(libraries, cacheOf, folder, { rounds, mostRounds, isEnough, onProgress }) {
  const contenders = []
  try {
    for (const library of libraries) {
      for (const size of SIZES) contenders.push(await startContender(library, size, cacheOf(size), folder, onProgress))
    }
    const cold = Object.fromEntries(
      libraries.map(({ name }) => [name, Object.fromEntries(COLD_SIZES.map(n => [n, []]))]),
    )
    let results
    for (let round = 1; round <= mostRounds && (round <= rounds || !isEnough(results)); round++) {
      if (round % 3 === 1) onProgress(`hits on disk, round ${round}`)
      for (const contender of contenders) await playRound(contender, round)
      for (const library of libraries) {
        for (const size of COLD_SIZES) cold[library.name][size].push(await coldStart(library, size, cacheOf, folder))
      }
      results = summarize(contenders, cold)
    }
    return results
  } finally {
    await Promise.all(contenders.map(({ subject }) => subject.stop()))
  }
}

async function startContender(library, size, cache, folder, onProgress) {
  const { name } = library
  onProgress(`${name} loads ${size} accounts from disk`)
  const cacheFile = ownCopy(join(folder, `${name}-${size}`), cache.cacheFile)
  const subject = await startSubject(library, { cache: { ...cache, cacheFile } })
  const calls = CALLS[name][size]
  const until = performance.now() + WARM_UP_MS
  do {
    await subject.ask({ do: 'cpu', calls })
    await subject.ask({ do: 'latency', calls })
  } while (performance.now() < until)
  const contents = size === WRITTEN_SIZE ? JSON.parse(readFileSync(cacheFile, 'utf8')) : undefined
  const contender = {
    name,
    size,
    subject,
    calls,
    cacheFile,
    contents,
    cpuUs: 0,
    allCalls: 0,
    p50Us: Number.POSITIVE_INFINITY,
  }
  // What is loaded for the first request of a process, and the compilers, again.
  for (let round = 1; contents !== undefined && round <= WARM_UP_WRITES; round++)
    await write(contender, `warm-up ${round}`)
  return { ...contender, once: { foreignMs: [], saveMs: [], saveCpuMs: [], afterSaveMs: [] } }
}

async function playRound(contender, round) {
  const { subject, calls, contents, once } = contender
  const { cpuUs } = await subject.ask({ do: 'cpu', calls })
  contender.cpuUs += cpuUs
  contender.allCalls += calls
  const { p50Us } = await subject.ask({ do: 'latency', calls })
  contender.p50Us = Math.min(contender.p50Us, p50Us)
  if (contents === undefined) return
  for (const [key, value] of Object.entries(await write(contender, round))) once[key].push(value)
}

/** A save by this process and one by another, each followed by a hit; `time` tells them from those before. */
async function write({ name, size, subject, cacheFile, contents }, time) {
  const index = 331 % size
  const token = answerFor(index, `save ${time}`)
  const { ms: saveMs, cpuUs } = await subject.ask({ do: 'save', index, answers: { ...METADATA, token } })
  const afterSaveMs = await hit({ name, subject }, index, token.access_token)

  const foreign = `foreign ${time}`
  replace(cacheFile, JSON.stringify(withForeignWrite(contents, index, foreign)))
  await wait(SETTLED_MS)
  const foreignMs = await hit({ name, subject }, index, answerFor(index, foreign).access_token)
  return { saveMs, saveCpuMs: cpuUs / 1000, afterSaveMs, foreignMs }
}

/** One hit, with the token that has to be there by now. */
async function hit({ name, subject }, index, expected) {
  const { ms, accessToken } = await subject.ask({ do: 'hit', index })
  if (accessToken !== expected) throw new Error(`${name} does not have the token that was saved last`)
  return ms
}

/** From the start of a process to its first hit. */
async function coldStart(library, size, cacheOf, folder) {
  const cache = cacheOf(size)
  const cacheFile = ownCopy(join(folder, `${library.name}-cold-${size}`), cache.cacheFile)
  const started = performance.now()
  const subject = await startSubject(library, { cache: { ...cache, cacheFile } })
  await subject.ask({ do: 'hit', index: 0 })
  const ms = performance.now() - started
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

function summarize(contenders, cold) {
  const results = {}
  for (const { name, size, cpuUs, allCalls, p50Us, contents, once } of contenders) {
    results[name] ??= { hit: {} }
    results[name].hit[size] = { cpuUs: cpuUs / allCalls, p50Us }
    if (contents === undefined) continue
    for (const [key, values] of Object.entries(once)) results[name][key] = median(values)
  }
  for (const [name, sizes] of Object.entries(cold)) {
    results[name].cold = Object.fromEntries(Object.entries(sizes).map(([size, times]) => [size, median(times)]))
  }
  return results
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]
