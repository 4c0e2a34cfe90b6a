/** The two files beside the binaries: what each was made from and by (build-info.json), and their sums (SHA256SUMS). */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashSources, PREBUILDS, ROOT, versionOf } from './places.mjs'
import { TARGETS } from './targets.mjs'

const INFO = 'build-info.json'
const SUMS = 'SHA256SUMS'
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
  const info = {
    version: JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version,
    sources: hashSources(),
    tools: Object.fromEntries(TOOLS.map(name => [name, versionOf(name)])),
    binaries: Object.fromEntries(inOrder),
  }
  writeFileSync(join(PREBUILDS, INFO), `${JSON.stringify(info, null, 2)}\n`)
  writeFileSync(join(PREBUILDS, SUMS), sumsOf(info))
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

/** What in a folder of prebuilds is not as the two files say, a sentence each. */
export function judgeFolder(folder = PREBUILDS) {
  const info = readBuildInfo(folder)
  if (info === undefined) return ['there are no prebuilds: npm run prebuilds']
  const wrong = []
  if (info.sources !== hashSources()) wrong.push('the prebuilds are of other sources: npm run prebuilds:all')
  const listed = Object.values(info.binaries)
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory())) {
    for (const file of readdirSync(join(folder, name)).map(each => `${name}/${each}`)) {
      if (!listed.some(entry => entry.file === file)) wrong.push(`${file} is nowhere in ${INFO}`)
    }
  }
  for (const { file, sha256 } of listed) {
    if (!existsSync(join(folder, file))) wrong.push(`${file} is missing`)
    else if (sha256Of(join(folder, file)) !== sha256) wrong.push(`${file} is not what was built`)
  }
  const sums = join(folder, SUMS)
  if (!existsSync(sums) || readFileSync(sums, 'utf8') !== sumsOf(info)) wrong.push(`${SUMS} differs from ${INFO}`)
  return wrong
}
