/** Whole integrated sign-ins: how many requests they cost, counted at the servers, how long they take, and what many at once do to the event loop. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { USERNAME } from '../kerberos.mjs'
import { startSubject } from '../subject.mjs'

export const AT_ONCE = 100
const PROGRAM = fileURLToPath(new URL('../subjects/integrated.mjs', import.meta.url))
const SERVERS = fileURLToPath(new URL('../servers/federation.mjs', import.meta.url))

/**
 * Starts the servers, in a process of their own, and writes their certificate authorities into a file of `folder`.
 *
 * @returns {loaded, ask(), stop(), env}; `env` is what a client needs, the realm's included
 */
export async function startServers({ env, keytab }, folder) {
  const program = [process.execPath, SERVERS, USERNAME, keytab]
  const servers = await startSubject({ name: 'the servers', program }, { load: {}, env })
  const caFile = join(folder, 'federation.pem')
  writeFileSync(
    caFile,
    Object.values(servers.loaded)
      .map(({ caPem }) => caPem)
      .join(''),
  )
  const direct = { NO_PROXY: 'localhost,127.0.0.1' }
  return { ...servers, env: { ...env, ...direct, NODE_EXTRA_CA_CERTS: caFile, SSL_CERT_FILE: caFile } }
}

/**
 * The first sign-in of an application, and the next ones. Libraries take turns, round by round.
 *
 * @param libraries {name, program, tenant?} that answer to `open`, `first` and `again`
 * @returns {name: {first, again: {requests, p50Ms}}}; of the medians of the rounds the lowest one counts
 */
export async function measureIntegrated(libraries, servers, { rounds, onProgress }) {
  const contenders = []
  try {
    for (const { tenant = 'kerberos', ...library } of libraries) {
      onProgress(`${library.name}: integrated sign-ins`)
      const load = { ...servers.loaded[tenant], username: USERNAME, ntlm: tenant === 'ntlm' }
      const subject = await startSubject(library, { load, env: servers.env })
      const contender = { name: library.name, subject, first: { p50Ms: Infinity }, again: { p50Ms: Infinity } }
      contenders.push(contender)
      // What a process does once and never again is not asked about.
      await subject.ask({ do: 'first', times: 2 })
      await subject.ask({ do: 'open' })
      for (const which of ['first', 'again']) {
        await servers.ask({ do: 'requests', tenant })
        await subject.ask({ do: 'again', times: 1 })
        const { count, bound } = await servers.ask({ do: 'requests', tenant })
        if (bound.join() !== 'this') throw new Error(`${library.name} is bound to ${bound.join() || 'nothing'}`)
        contender[which].requests = count
      }
    }
    for (let round = 1; round <= rounds; round++) {
      for (const { subject, first, again } of contenders) {
        for (const [which, result] of Object.entries({ first, again })) {
          const { p50Us } = await subject.ask({ do: which, times: 11 })
          result.p50Ms = Math.min(result.p50Ms, p50Us / 1000)
        }
      }
    }
    return Object.fromEntries(contenders.map(({ name, first, again }) => [name, { first, again }]))
  } finally {
    await Promise.all(contenders.map(({ subject }) => subject.stop()))
  }
}

/** This library; `tenant` says which of the servers it talks to. */
export const integrated = (name, tenant) => ({ name, tenant, program: [process.execPath, PROGRAM] })

/**
 * Takes turns with a fake addon that shows a token of the real one, so that all but the addon's own work is the same.
 *
 * @returns {addon, fake: {p50Ms, p99Ms, maxMs, wallMs}}, medians of the rounds
 */
export async function measureLag(servers, { rounds, mostRounds, isEnough, onProgress }) {
  const load = { ...servers.loaded.kerberos, username: USERNAME }
  const subject = await startSubject(integrated('latchkey'), { load, env: servers.env })
  const runs = { addon: [], fake: [] }
  try {
    let results
    for (let round = 0; round <= mostRounds && (round <= rounds || !isEnough(results)); round++) {
      if (round % 5 === 1) onProgress(`${AT_ONCE} sign-ins at once, round ${round}`)
      // Neither is always the first one.
      for (const which of round % 2 === 0 ? ['addon', 'fake'] : ['fake', 'addon']) {
        const run = await subject.ask({ do: 'lag', signIns: AT_ONCE, isFake: which === 'fake' })
        // The first round compiles what the others run.
        if (round > 0) runs[which].push(run)
      }
      results = { addon: medians(runs.addon), fake: medians(runs.fake) }
    }
    return results
  } finally {
    await subject.stop()
  }
}

function medians(runs) {
  const names = Object.keys(runs[0] ?? {})
  return Object.fromEntries(
    names.map(name => [name, runs.map(run => run[name]).toSorted((a, b) => a - b)[runs.length >> 1]]),
  )
}
