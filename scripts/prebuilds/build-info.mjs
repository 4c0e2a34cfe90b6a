/** The two files beside the binaries: what each was made from and by (build-info.json), and their sums (SHA256SUMS). */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { hashSources, PREBUILDS, ROOT, versionOf } from './places.mjs'
import { TARGETS } from './targets.mjs'
import { OWN_SYSTEM, originOf } from './toolchains.mjs'

const INFO = 'build-info.json'
const SUMS = 'SHA256SUMS'
const README = 'README.md'
const TOOLS = ['cmake-js', 'node-addon-api', 'node-api-headers', 'prebuildify']

/**
 * @typedef {{ file: string, sha256: string, bytes: number, compiler: string, from: string, headers?: string, rebuildForRelease?: string }} Entry
 * @typedef {{ version: string, sources: string, tools: Record<string, string>, binaries: Record<string, Entry> }} BuildInfo
 */

/** @returns {BuildInfo | undefined} what build-info.json says; undefined when there is none */
export function readBuildInfo(folder = PREBUILDS) {
  const file = join(folder, INFO)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

export function sha256Of(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** Removes the binaries that other sources were made into. */
export function removeOutdated() {
  if (readBuildInfo()?.sources === hashSources()) return
  for (const entry of readdirSync(PREBUILDS, { withFileTypes: true })) {
    if (entry.isDirectory()) rmSync(join(PREBUILDS, entry.name), { recursive: true })
  }
  for (const name of [INFO, SUMS]) rmSync(join(PREBUILDS, name), { force: true })
}

/** Writes both, about the targets that were built now and those that an earlier run has left. */
export function writeBuildInfo(built) {
  const binaries = { ...readBuildInfo()?.binaries }
  for (const { target, compiler } of built) binaries[target.name] = entryOf(target, compiler)
  const inOrder = TARGETS.filter(({ name }) => name in binaries).map(({ name }) => [name, binaries[name]])
  const info = { ...whatIsHere(), binaries: Object.fromEntries(inOrder) }
  writeFileSync(join(PREBUILDS, INFO), `${JSON.stringify(info, null, 2)}\n`)
  writeFileSync(join(PREBUILDS, SUMS), sumsOf(info))
}

/** What every binary is made from. */
function whatIsHere() {
  return {
    version: JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version,
    sources: hashSources(),
    tools: Object.fromEntries(TOOLS.map(name => [name, versionOf(name)])),
  }
}

function entryOf(target, { compiler, from, headers, trusted }) {
  const file = join(PREBUILDS, target.file)
  return {
    file: target.file,
    sha256: sha256Of(file),
    bytes: readFileSync(file).length,
    compiler,
    from,
    ...(headers && { headers }),
    ...(!trusted && {
      rebuildForRelease: 'a third party packed this compiler: build it anew on a machine that is trusted',
    }),
  }
}

/** As `sha256sum --check` reads it, from within prebuilds/. */
function sumsOf(info) {
  return Object.values(info.binaries)
    .map(({ file, sha256 }) => `${sha256}  ${file}\n`)
    .join('')
}

/** What in a folder of prebuilds is not as the two files say, or as it would be if it were built now, a sentence each. */
export function judgeFolder(folder = PREBUILDS) {
  const info = readBuildInfo(folder)
  if (info === undefined) return ['there are no prebuilds: npm run prebuilds']
  const wrong = []
  const here = whatIsHere()
  if (info.sources !== here.sources) wrong.push('the prebuilds are of other sources: npm run prebuilds:all')
  for (const name of ['version', 'tools']) {
    if (JSON.stringify(info[name]) !== JSON.stringify(here[name])) wrong.push(`${INFO} has another ${name}`)
  }
  const listed = Object.values(info.binaries).map(({ file }) => file)
  for (const file of filesIn(folder).filter(each => ![...listed, README, INFO, SUMS].includes(each))) {
    wrong.push(`${file} is nowhere in ${INFO}`)
  }
  for (const [name, entry] of Object.entries(info.binaries)) {
    const target = TARGETS.find(each => each.name === name)
    if (target === undefined) wrong.push(`${INFO} has ${name}, which is no target`)
    else wrong.push(...judgeEntry(folder, target, entry).map(sentence => `${entry.file} ${sentence}`))
  }
  const sums = join(folder, SUMS)
  if (!existsSync(sums) || readFileSync(sums, 'utf8') !== sumsOf(info)) wrong.push(`${SUMS} differs from ${INFO}`)
  return wrong
}

/** Everything but folders, by its path with `/`. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(({ parentPath, path, name }) => relative(folder, join(parentPath ?? path, name)).replaceAll('\\', '/'))
}

function judgeEntry(folder, target, entry) {
  const file = join(folder, entry.file)
  if (entry.file !== target.file) return [`is where ${target.file} should be`]
  if (!existsSync(file)) return ['is missing']
  // npm leaves links out of a package.
  if (!lstatSync(file).isFile()) return ['is not a file']
  const bytes = readFileSync(file)
  const wrong = []
  if (sha256Of(file) !== entry.sha256) wrong.push('is not what was built')
  if (bytes.length !== entry.bytes) wrong.push(`does not have ${entry.bytes} bytes`)
  wrong.push(...judgeOrigin(bytes, target, entry))
  return wrong
}

/** Whether it was made by what it is said to have been made by, as far as the target and the file itself tell. */
function judgeOrigin(bytes, target, { compiler, from, headers, rebuildForRelease }) {
  // On its own system a target is built by whatever is there.
  if (from === OWN_SYSTEM) return []
  const expected = originOf(target)
  const wrong = []
  if (!compiler.startsWith(expected.compiler)) wrong.push(`is not built by ${compiler}`)
  if (!from.startsWith(expected.from)) wrong.push(`has no compiler from ${from}`)
  if (headers !== expected.headers) wrong.push(`has not its headers from ${headers ?? 'the compiler alone'}`)
  if ((rebuildForRelease === undefined) !== expected.trusted)
    wrong.push('is wrong about being built anew for a release')
  // What makes a library for Linux writes its own version into it; the other formats have no place for it.
  const mark = expected.trusted ? `GCC: ${compiler.slice(compiler.indexOf('('))}\0` : 'github.com/ziglang/'
  if (target.format === 'elf' && !bytes.includes(mark)) wrong.push(`was not made by ${compiler}`)
  return wrong
}
