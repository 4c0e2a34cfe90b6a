/** `npm run test:fuzz-native [-- target …] [--seconds=n]`: libFuzzer over everything in C++ that reads what others have written. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = join(ROOT, 'test', 'native', 'fuzz')
const BUILD = join(ROOT, 'build-fuzz')
const OPTIONS = ['-std=c++17', '-O1', '-g', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-fno-rtti', '-pthread']
const SANITIZERS = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all']
const SECONDS = 10
// The machine may be busy; a target that reads nothing is done with far fewer.
const FEWEST_RUNS = 200

// In each: test/native/fuzz/<name>.cc, and what of ours it is about.
const TARGETS = {
  lock_owner: { ours: ['posix/file_lock_posix.cc', 'posix/errors_posix.cc'], longest: 600 },
  process_stat: { ours: ['linux/process_tree.cc'], longest: 128 },
  x11_answers: {
    ours: [
      'linux/parent_window_x11.cc',
      'linux/x11_connection.cc',
      'linux/process_tree.cc',
      'within_time.cc',
      'posix/threads_posix.cc',
    ],
    longest: 2_000,
  },
  appkit_handles: {
    ours: ['macos/parent_window_appkit.cc', 'macos/objc_runtime.cc'],
    more: ['../programs/fake_appkit.cc'],
    // The runtime is looked up by name, and a method is called as what it is; the stand-in has standard containers throw.
    options: ['-rdynamic', '-fexceptions', '-fno-sanitize=function'],
    longest: 64,
  },
  utf16: {
    ours: ['windows/utf8_windows.cc', 'windows/wipe_windows.cc'],
    more: ['windows/text_functions.cc'],
    options: ['-I', join(SOURCES, 'windows')],
    longest: 256,
  },
  kerberos_names: {
    ours: ['posix/gssapi_credentials.cc', 'posix/errors_gssapi.cc', 'posix/gssapi_library.cc', 'posix/wipe_posix.cc'],
    more: ['no_krb5.cc'],
    longest: 1_000,
  },
  krb5_files: {
    ours: [
      'posix/inspect_krb5.cc',
      'posix/krb5_library.cc',
      'posix/gssapi_credentials.cc',
      'posix/errors_gssapi.cc',
      'posix/gssapi_library.cc',
      'posix/wipe_posix.cc',
    ],
    // MIT's reader of keytabs forgets what it has of an entry that turns out to be damaged. What we forget would show in the
    // sanitizers' run of the ring kerberos.
    env: { ASAN_OPTIONS: 'detect_leaks=0' },
    longest: 2_000,
  },
}

function build(name) {
  const { ours, more = [], options = [] } = TARGETS[name]
  const files = [join(SOURCES, `${name}.cc`), ...more.map(file => join(SOURCES, file))]
  const ownFiles = ours.map(file => join(ROOT, 'native', file))
  const args = [...OPTIONS, ...SANITIZERS, ...options, ...files, ...ownFiles, '-ldl', '-o', join(BUILD, name)]
  return finish(spawn('clang++', args, { stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** Runs it from the seeds of the repository; what it finds beyond them stays in the build folder. */
function fuzz(name, seconds) {
  const corpus = join(BUILD, `${name}.corpus`)
  mkdirSync(corpus, { recursive: true })
  const seeds = join(SOURCES, 'seeds', name)
  const limits = [
    `-max_total_time=${seconds}`,
    `-max_len=${TARGETS[name].longest}`,
    '-timeout=10',
    '-rss_limit_mb=1024',
  ]
  const args = [
    ...limits,
    ...(TARGETS[name].limits ?? []),
    '-print_final_stats=1',
    `-artifact_prefix=${join(BUILD, `${name}.`)}`,
    corpus,
  ]
  if (existsSync(seeds)) args.push(seeds)
  if (existsSync(`${seeds}.dict`)) args.push(`-dict=${seeds}.dict`)
  // It ends by itself, unless its end is what hangs.
  const timeout = (seconds + 60) * 1000
  const env = { ...process.env, ...TARGETS[name].env }
  const stdio = ['ignore', 'pipe', 'pipe']
  return finish(spawn(join(BUILD, name), args, { cwd: BUILD, env, stdio, timeout, killSignal: 'SIGKILL' }))
}

function finish(child) {
  let output = ''
  child.stdout.on('data', chunk => (output += chunk))
  child.stderr.on('data', chunk => (output += chunk))
  return new Promise(resolve => {
    child.on('error', error => resolve({ ok: false, output: String(error) }))
    child.on('close', code => resolve({ ok: code === 0, output }))
  })
}

async function judge(name, seconds) {
  const built = await build(name)
  if (!built.ok) return say(name, 'does not build', built.output)
  const ran = await fuzz(name, seconds)
  const runs = Number(/number_of_executed_units: (\d+)/.exec(ran.output)?.[1] ?? 0)
  if (!ran.ok) {
    const inputs = readdirSync(BUILD).filter(file => new RegExp(`^${name}\\.(crash|leak|oom|timeout)-`).test(file))
    const again = inputs.map(file => `To repeat it: build-fuzz/${name} build-fuzz/${file}`).join('\n')
    return say(name, 'found a fault', `${ran.output.split('\n').slice(-60).join('\n')}\n${again}`)
  }
  if (runs < FEWEST_RUNS) return say(name, `ran ${runs} times only`, ran.output)
  const covered = [...ran.output.matchAll(/cov: (\d+)/g)].at(-1)?.[1]
  console.log(`✓ ${name.padEnd(15)} ${String(runs).padStart(8)} runs, ${covered} places in the code reached`)
  return true
}

function say(name, what, output) {
  console.log(`✗ ${name}: ${what}\n${output.replace(/^/gm, '    ')}`)
  return false
}

const args = process.argv.slice(2)
const seconds = Number(args.find(arg => arg.startsWith('--seconds='))?.slice(10) ?? SECONDS)
const wanted = args.filter(arg => !arg.startsWith('--'))
const unknown = wanted.filter(name => !(name in TARGETS))
if (unknown.length > 0) {
  console.error(`Unknown target: ${unknown.join(', ')}. Targets: ${Object.keys(TARGETS).join(' ')}`)
  process.exit(2)
}
if (spawnSync('clang++', ['--version']).error !== undefined) {
  console.error('There is no clang++. To mend it: sudo apt-get install clang libclang-rt-14-dev')
  process.exit(1)
}
mkdirSync(BUILD, { recursive: true })
const queue = wanted.length > 0 ? wanted : Object.keys(TARGETS)
const results = []
// Two at a time: more would only share the processors of a small machine.
await Promise.all(
  [0, 1].map(async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) results.push(await judge(name, seconds))
  }),
)
process.exitCode = results.every(Boolean) ? 0 : 1
