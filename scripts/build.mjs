/** Builds what is missing or older than its sources: the library, with `--tests` the tests too, and the native addon. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { missingBuildTools } from './prerequisites.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ADDON = join(ROOT, 'build', 'Release', 'latchkey.node')
const STAMP = join(ROOT, 'build', 'sources.sha256')
const resolvePackage = createRequire(import.meta.url).resolve

const say = message => process.stderr.write(`build: ${message}\n`)

/** Runs a script of a package with this Node; its output is shown only when it fails, or when a compiler warns in it. */
function run(script, args) {
  const started = performance.now()
  const result = spawnSync(process.execPath, [script, ...args], { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20 })
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? `${result.error}\n` : ''}`)
    return undefined
  }
  if (/: warning: /.test(`${result.stdout}${result.stderr}`)) process.stderr.write(`${result.stdout}${result.stderr}`)
  return `${((performance.now() - started) / 1000).toFixed(1)} s`
}

function buildTypeScript(projects) {
  const time = run(resolvePackage('typescript/lib/tsc.js'), ['-b', ...projects])
  if (time === undefined) return false
  removeLeftovers()
  say(`TypeScript is up to date (${projects.join(', ')}; ${time})`)
  return true
}

/** tsc leaves what it made of a source that has gone since, and `npm pack` would take it. */
function removeLeftovers() {
  const [dist, lib] = [join(ROOT, 'dist'), join(ROOT, 'lib')]
  for (const name of readdirSync(dist, { recursive: true })) {
    const source = /^(.+?)(?:\.js|\.js\.map|\.d\.ts)$/.exec(name)?.[1]
    if (source !== undefined && !existsSync(join(lib, `${source}.ts`))) rmSync(join(dist, name))
  }
}

/** A hash of everything the addon is made from: file times change with every checkout. */
function hashSources() {
  const hash = createHash('sha256')
  const files = readdirSync(join(ROOT, 'native'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
  for (const file of [join(ROOT, 'CMakeLists.txt'), ...files.sort()]) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function buildAddon() {
  const sources = hashSources()
  if (existsSync(ADDON) && readText(STAMP) === sources) {
    say('the native addon is up to date')
    return true
  }
  const missing = missingBuildTools()
  if (missing !== undefined) {
    say(`the native addon is left out, and with it what needs it (the persistent cache): ${missing}`)
    return true
  }
  say('compiling the native addon')
  // CMake refuses a build folder that was configured elsewhere, for example before the checkout was moved.
  rmSync(join(ROOT, 'build'), { recursive: true, force: true })
  // What only warns here has to be mended before it is taken.
  const strict = process.env.CI === 'true' ? ['--CDCMAKE_COMPILE_WARNING_AS_ERROR=ON'] : []
  const time = run(resolvePackage('cmake-js/bin/cmake-js'), ['build', '--log-level', 'error', ...strict])
  if (time === undefined) return false
  writeFileSync(STAMP, sources)
  say(`the native addon is built (${time})`)
  return true
}

/** What is packed takes the addon from prebuilds/, not from the build. */
function adviseOnPacking() {
  const { platform, arch } = process
  if (process.env.npm_lifecycle_event !== 'prepack' || existsSync(join(ROOT, 'prebuilds', `${platform}-${arch}`)))
    return
  say(
    `the package gets no native addon for ${platform}-${arch}, and with it no persistent cache. First run: npm run prebuilds`,
  )
}

const projects = ['tsconfig.json', ...(process.argv.includes('--tests') ? ['test/tsconfig.json'] : [])]
try {
  process.exitCode = buildTypeScript(projects) && buildAddon() ? 0 : 1
  adviseOnPacking()
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error
  say('the development packages are not installed. Run: npm ci')
  process.exitCode = 1
}
