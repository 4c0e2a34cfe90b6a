/** Where prebuilds go, and where what is fetched and made on the way is kept: outside of the repository, from run to run. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const PREBUILDS = join(ROOT, 'prebuilds')
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'latchkey')

/** The version of an installed package. */
export function versionOf(name) {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version
}

/** A hash of what the addon is made from: a binary with another one is out of date. */
export function hashSources() {
  const hash = createHash('sha256')
  const native = readdirSync(join(ROOT, 'native'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name).slice(ROOT.length))
  for (const file of ['CMakeLists.txt', ...native.sort()]) {
    hash.update(`${file.replaceAll('\\', '/')}\0`).update(readFileSync(join(ROOT, file)))
  }
  for (const name of ['cmake-js', 'node-addon-api', 'node-api-headers']) hash.update(`${name} ${versionOf(name)}\0`)
  return hash.digest('hex')
}
