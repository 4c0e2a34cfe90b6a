/** `npm run check:native [-- part-of-a-name …]`: clang-tidy over every source of the addon, after .clang-tidy. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FLAGS = [
  '-std=c++17',
  '-fno-exceptions',
  '-fno-rtti',
  '-fstack-protector-strong',
  '-Wall',
  '-Wextra',
  '-Wpedantic',
  '-Wconversion',
]
const NODE_API = [
  ...['node-addon-api', 'node-api-headers/include'].flatMap(name => ['-isystem', join(ROOT, 'node_modules', name)]),
  '-DNAPI_VERSION=8',
  '-DNODE_GYP_MODULE_NAME=latchkey',
  '-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
  '-DNODE_ADDON_API_DISABLE_DEPRECATED',
]

const WINDOWS_TRIPLET = 'x86_64-w64-mingw32'
const IS_FOR_WINDOWS = /^windows\/|^bindings\/(?:data_protection|desktop|device)\.cc$/

// The code for macOS declares what it needs of Apple's, and is read as if it were for this system.
const sources = readdirSync(join(ROOT, 'native'), { recursive: true })
  .map(String)
  .filter(name => name.endsWith('.cc'))
  .sort()

/**
 * Flags to read the code for Windows with, as the compiler for Windows does, but for that one's own headers of what the
 * processor can do; clang has others. What CMake writes for the build goes into `folder`.
 */
function windowsFlags(folder) {
  const compiler = `${WINDOWS_TRIPLET}-g++-posix`
  const { stderr, error } = spawnSync(compiler, ['-x', 'c++', '-E', '-v', '/dev/null'], { encoding: 'utf8' })
  if (error !== undefined) throw new Error(`There is no ${compiler}. To mend it: npm run setup:debian`)
  const headers = stderr.split('\n').filter(line => /^ \/.*(?:\/c\+\+|mingw32\/include$)/.test(line))
  const list = join(ROOT, 'node_modules', 'node-api-headers', 'def', 'node_api.def')
  const written = spawnSync('cmake', [`-DDEF=${list}`, `-DFOLDER=${folder}`, '-P', 'native/cmake/windows.cmake'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (written.status !== 0) throw new Error(String(written.error ?? written.stderr))
  const definitions = readFileSync(join(folder, 'windows.flags'), 'utf8').split('\n')
  const paths = headers.flatMap(line => ['-isystem', line.trim()])
  return [`--target=${WINDOWS_TRIPLET}`, '-nostdinc++', ...paths, '-I', folder, ...definitions]
}

/** Resolves with what it has to say; nothing when all is well. */
function tidy(name, forWindows) {
  const system = IS_FOR_WINDOWS.test(name) ? forWindows : []
  const args = ['--quiet', join('native', name), '--', ...FLAGS, ...system, ...NODE_API]
  const child = spawn('clang-tidy', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', chunk => (output += chunk))
  // How many warnings of other people's headers were left out; worth reading only when it fails.
  child.stderr.on('data', chunk => (errors += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve(code === 0 && output === '' ? '' : `${output}${code === 0 ? '' : errors}`))
  })
}

if (spawnSync('clang-tidy', ['--version']).error !== undefined) {
  console.error('There is no clang-tidy. To mend it: sudo apt-get install clang-tidy')
  process.exit(1)
}
const wanted = process.argv.slice(2)
const queue = sources.filter(name => wanted.length === 0 || wanted.some(part => name.includes(part)))
const count = queue.length
let failed = 0
const folder = mkdtempSync(join(tmpdir(), 'latchkey-tidy-'))
try {
  const forWindows = windowsFlags(folder)
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), 4) }, async () => {
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
        const output = await tidy(name, forWindows)
        if (output === '') continue
        failed += 1
        console.log(`✗ native/${name}\n${output.trimEnd()}`)
      }
    }),
  )
} finally {
  rmSync(folder, { recursive: true })
}
console.log(`${count} files, ${failed} with findings`)
process.exitCode = failed > 0 || count === 0 ? 1 : 0
