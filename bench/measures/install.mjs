/** What an application that depends on a library installs: packages and bytes, as the lock file has them. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** @returns {latchkey, 'msal-node': {packages, bytes}}; packages besides the library itself. */
export function measureInstall() {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const ours = dependenciesOf(packages, '')
  const theirs = dependenciesOf(packages, 'node_modules/@azure/msal-node')
  const shipped = files.filter(name => !name.startsWith('!'))
  return {
    latchkey: { packages: ours.size, bytes: bytesOf([...ours, ...shipped]) },
    'msal-node': { packages: theirs.size, bytes: bytesOf([...theirs, 'node_modules/@azure/msal-node']) },
  }
}

/** The folders of all packages that this one brings along. */
function dependenciesOf(packages, folder, found = new Set()) {
  const { dependencies = {}, optionalDependencies = {} } = packages[folder]
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const place = resolve(packages, folder, name)
    if (place === undefined || found.has(place)) continue
    found.add(place)
    dependenciesOf(packages, place, found)
  }
  return found
}

/** Where Node finds a package: in the folder itself or in one further up. */
function resolve(packages, folder, name) {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const place = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
    if (packages[place] !== undefined) return place
    if (at === '') return undefined
  }
}

function bytesOf(places) {
  return places.reduce((sum, place) => sum + sizeOf(join(ROOT, place)), 0)
}

function sizeOf(path) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined || path.endsWith('.tsbuildinfo')) return 0
  if (!stats.isDirectory()) return stats.size
  return readdirSync(path).reduce((sum, name) => sum + (name === 'node_modules' ? 0 : sizeOf(join(path, name))), 0)
}
