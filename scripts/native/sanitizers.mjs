/** `npm run test:sanitizers`: the addon with AddressSanitizer, UndefinedBehaviorSanitizer and LeakSanitizer, under the tests that use it most. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { layOut } from '../lay-out.mjs'
import { SanitizedNode } from './sanitized-node.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILD = join(ROOT, 'build-sanitized')
const PACKAGE = join(BUILD, 'package')

// The native ring, and of the others what goes through native code again and again.
const FILES = [
  'native/addon',
  'native/file-lock',
  'native/hostile-arguments',
  'native/negotiate',
  'native/threads',
  'cache/broken-lock',
  'cache/file-lock',
  'kerberos/conversation',
  'kerberos/credentials',
  'kerberos/failures',
  'keyring/ends',
  'keyring/gnome-keyring',
  'keyring/waiting',
  'window/no-display',
  'window/parent-window',
].map(name => `dist-test/${name}.test.js`)

// How a fault is named in a report.
const FAULTS = { overflow: 'heap-buffer-overflow', undefined: 'signed integer overflow', leak: '4242 byte' }

const started = performance.now()
const say = text => console.log(`${text} (${((performance.now() - started) / 1000).toFixed(0)} s)`)

function run(program, args) {
  const result = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20 })
  if (result.status !== 0) console.error(`${result.stdout ?? ''}${result.stderr ?? result.error}`)
  return result.status === 0
}

function build() {
  const cache = join(BUILD, 'CMakeCache.txt')
  // CMake refuses a build folder that was configured in another checkout.
  if (existsSync(cache) && !readFileSync(cache, 'utf8').includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${resolve(ROOT)}`)) {
    rmSync(BUILD, { recursive: true })
  }
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js')
  const options = ['--CDLATCHKEY_SANITIZE=ON', '--CDCMAKE_CXX_COMPILER=clang++', '--config', 'RelWithDebInfo']
  return (
    run(process.execPath, ['scripts/build.mjs', '--tests']) &&
    run(process.execPath, [cmakeJs, 'build', '--out', BUILD, ...options, '--log-level', 'error'])
  )
}

/** Each kind of fault has to be seen, or nothing that follows says anything. */
async function seesFaults(node) {
  const library = join(BUILD, 'canary.node')
  const options = [
    '-std=c++17',
    '-g',
    '-shared',
    '-fPIC',
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all',
    '-shared-libasan',
  ]
  if (!run('clang++', [...options, join(ROOT, 'scripts/native/canary.cc'), '-o', library])) return false
  const load = `try { process.dlopen({ exports: {} }, ${JSON.stringify(library)}) } catch {}`
  for (const [fault, name] of Object.entries(FAULTS)) {
    const options = { env: { ...process.env, LATCHKEY_CANARY: fault }, stdio: 'ignore' }
    const code = await node.run(['-e', load], options)
    const reports = node.takeReports()
    if (code !== 0 && reports.length === 1 && reports[0].includes(name)) continue
    console.error(
      `A planted fault (${fault}) was not seen: exit code ${code}, reports: ${reports.join('\n') || 'none'}`,
    )
    return false
  }
  const clean = await node.run(['-e', load], { stdio: 'ignore' })
  return clean === 0 && node.takeReports().length === 0
}

async function main() {
  if (!build()) return false
  const node = SanitizedNode.in(join(BUILD, 'node'))
  if (node === undefined) {
    console.error(
      'clang++ has no runtime of AddressSanitizer. To mend it: sudo apt-get install clang libclang-rt-14-dev',
    )
    return false
  }
  say('built')
  if (!(await seesFaults(node))) return false
  say(`planted faults are seen: ${Object.keys(FAULTS).join(', ')}`)
  layOut(ROOT, PACKAGE, join(BUILD, 'RelWithDebInfo', 'latchkey.node'), [
    'test/kerberos/programs',
    'test/keyring/programs',
  ])
  const wanted = process.argv.slice(2)
  const files = FILES.filter(file => wanted.length === 0 || wanted.some(part => file.includes(part)))
  const env = { ...process.env }
  delete env.NODE_TEST_CONTEXT
  const args = ['--test', '--test-concurrency=2', '--test-timeout=240000', '--test-reporter=spec', ...files]
  const code = await node.run(args, { cwd: PACKAGE, env })
  const reports = node.takeReports()
  for (const report of reports) console.error(report)
  say(`${files.length} files of tests, exit code ${code}, ${reports.length} reports of the sanitizers`)
  return code === 0 && reports.length === 0
}

process.exitCode = (await main()) ? 0 : 1
