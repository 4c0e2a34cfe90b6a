/** `npm run check`: everything that can be judged without running the library, one line a step. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const inCi = process.env.CI === 'true'
const node = process.execPath

// In this order since docs and knip look at what types has built.
const STEPS = [
  { name: 'lockfile', command: [node, 'scripts/check-lockfile.mjs'] },
  { name: 'types', command: [node, 'node_modules/typescript/bin/tsc', '-b', 'tsconfig.json', 'test/tsconfig.json'] },
  { name: 'rooms', command: [node, 'scripts/check-rooms.mjs'] },
  {
    name: 'biome',
    command: [node, 'node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '--colors=off', '.'],
  },
  {
    name: 'clang-format',
    command: ['clang-format', '--dry-run', '-Werror', ...nativeSources()],
    missing: 'clang-format is not installed: sudo apt-get install clang-format',
  },
  { name: 'docs', command: [node, 'scripts/check-docs.mjs'] },
  { name: 'knip', command: [node, 'node_modules/knip/bin/knip.js', '--no-progress'] },
]

function nativeSources() {
  if (!existsSync(`${root}native`)) return []
  return readdirSync(`${root}native`, { recursive: true })
    .filter(name => /\.(?:cc|h)$/.test(name))
    .map(name => `native/${name}`)
}

/** Runs one step. Resolves with `undefined` when it passed, else with what it printed. */
function run([program, ...args]) {
  return new Promise(resolve => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    })
    let output = ''
    child.stdout.on('data', chunk => (output += chunk))
    child.stderr.on('data', chunk => (output += chunk))
    child.on('error', error => resolve(String(error)))
    child.on('close', code => resolve(code === 0 ? undefined : output || `exit code ${code}`))
  })
}

let failed = 0
for (const { name, command, missing } of STEPS) {
  const started = performance.now()
  const absent = missing !== undefined && spawnSync(command[0], ['--version']).error !== undefined
  const output = absent ? missing : await run(command)
  const time = `${((performance.now() - started) / 1000).toFixed(1)} s`
  const tolerated = absent && !inCi
  if (output !== undefined && !tolerated) failed += 1
  console.log(`${output === undefined ? '✓' : tolerated ? '–' : '✗'} ${name.padEnd(12)} ${time.padStart(7)}`)
  if (output !== undefined) console.log(output.trimEnd().replace(/^/gm, '    '))
}
if (failed > 0) console.log(`${failed} of ${STEPS.length} steps failed`)
process.exitCode = failed > 0 ? 1 : 0
