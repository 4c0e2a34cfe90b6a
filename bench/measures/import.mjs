/** What importing a library costs: a process that imports it and ends, over one that ends at once. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PACKAGES = { bare: undefined, latchkey: 'latchkey', 'msal-node': '@azure/msal-node' }

function run(specifier) {
  const program = [
    "import { writeSync } from 'node:fs'",
    ...(specifier === undefined ? [] : [`import ${JSON.stringify(specifier)}`]),
    'const { user, system } = process.cpuUsage()',
    'writeSync(1, String((user + system) / 1000))',
  ]
  const started = performance.now()
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program.join('\n')],
    { cwd: ROOT, encoding: 'utf8' },
  )
  const wallMs = performance.now() - started
  if (status !== 0) throw new Error(`importing ${specifier} failed\n${stderr}`)
  return { wallMs, cpuMs: Number(stdout) }
}

/** @returns {bare, latchkey, 'msal-node': {wallMs, cpuMs}}, the shortest of all rounds; the two libraries without what bare node takes. */
export function measureImport({ rounds, mostRounds, isEnough, onProgress }) {
  const best = {}
  let over = {}
  for (let round = 1; round <= mostRounds && (round <= rounds || !isEnough(over)); round++) {
    if (round % 5 === 1) onProgress(`imports, round ${round}`)
    for (const [name, specifier] of Object.entries(PACKAGES)) {
      const { wallMs, cpuMs } = run(specifier)
      const before = best[name] ?? { wallMs, cpuMs }
      best[name] = { wallMs: Math.min(before.wallMs, wallMs), cpuMs: Math.min(before.cpuMs, cpuMs) }
    }
    over = {
      bare: best.bare,
      latchkey: minus(best.latchkey, best.bare),
      'msal-node': minus(best['msal-node'], best.bare),
    }
  }
  return over
}

const minus = (one, other) => ({ wallMs: one.wallMs - other.wallMs, cpuMs: one.cpuMs - other.cpuMs })
