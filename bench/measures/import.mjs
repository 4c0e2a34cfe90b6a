/** Importing the package: a whole process, less one that imports nothing. */
import { spawnSync } from 'node:child_process'
import { ROOT } from '../peer.mjs'

const PROGRAMS = { bare: '', latchkey: "import 'latchkey'", 'msal-node': "import '@azure/msal-node'" }
const REPORT =
  "process.on('exit', () => { const { user, system } = process.cpuUsage(); process._rawDebug(user + system) })"

/** Resolves with `{ latchkey: { wallMs, cpuMs }, 'msal-node': … }`, the least of all rounds, the bare process taken off. */
export async function measureImport({ rounds, tell }) {
  tell('import')
  const best = {}
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, program] of Object.entries(PROGRAMS)) {
      const started = performance.now()
      const { stderr, status } = spawnSync(
        process.execPath,
        ['--input-type=module', '--eval', `${program}\n${REPORT}`],
        {
          cwd: ROOT,
          encoding: 'utf8',
        },
      )
      const wallMs = performance.now() - started
      const cpuMs = Number(stderr.trim()) / 1000
      if (status !== 0 || Number.isNaN(cpuMs)) throw new Error(`importing ${name} failed: ${stderr}`)
      const known = best[name] ?? { wallMs, cpuMs }
      best[name] = { wallMs: Math.min(known.wallMs, wallMs), cpuMs: Math.min(known.cpuMs, cpuMs) }
    }
  }
  const { bare, ...others } = best
  return Object.fromEntries(
    Object.entries(others).map(([name, { wallMs, cpuMs }]) => [
      name,
      { wallMs: wallMs - bare.wallMs, cpuMs: cpuMs - bare.cpuMs },
    ]),
  )
}
