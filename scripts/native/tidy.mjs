/** `npm run check:native [-- part-of-a-name …]`: clang-tidy over every source that can be read on this system, after .clang-tidy. */
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FLAGS = ['-std=c++17', '-fno-exceptions', '-fno-rtti', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion']
const NODE_API = [
  ...['node-addon-api', 'node-api-headers/include'].flatMap(name => ['-isystem', join(ROOT, 'node_modules', name)]),
  '-DNAPI_VERSION=8',
  '-DNODE_GYP_MODULE_NAME=latchkey',
  '-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
  '-DNODE_ADDON_API_DISABLE_DEPRECATED',
]

// The code for macOS declares what it needs of Apple's; that for Windows would need clang's own headers for Windows, and
// is held to warnings by the compiler for Windows (scripts/build-windows.mjs).
const sources = readdirSync(join(ROOT, 'native'), { recursive: true })
  .map(String)
  .filter(name => name.endsWith('.cc') && !name.startsWith('windows/'))
  .filter(name => !/^bindings\/(?:data_protection|desktop|device)\.cc$/.test(name))
  .sort()

/** Resolves with what it has to say; nothing when all is well. */
function tidy(name) {
  const args = ['--quiet', join('native', name), '--', ...FLAGS, ...NODE_API]
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
await Promise.all(
  Array.from({ length: Math.min(availableParallelism(), 4) }, async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const output = await tidy(name)
      if (output === '') continue
      failed += 1
      console.log(`✗ native/${name}\n${output.trimEnd()}`)
    }
  }),
)
console.log(`${count} files, ${failed} with findings`)
process.exitCode = failed > 0 || count === 0 ? 1 : 0
