/** What an installation brings: the packages below one, from package-lock.json. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../peer.mjs'

/** How many packages come with this one, and with @azure/msal-node; each counts itself. */
export function countPackages() {
  const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'))
  return { latchkey: below(packages, ''), 'msal-node': below(packages, 'node_modules/@azure/msal-node') }
}

function below(packages, root) {
  const seen = new Set()
  const visit = place => {
    if (seen.has(place)) return
    seen.add(place)
    for (const name of Object.keys(packages[place].dependencies ?? {})) visit(resolve(packages, place, name))
  }
  visit(root)
  return seen.size
}

/** As Node looks for it: in the package's own node_modules, then in those above. */
function resolve(packages, from, name) {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    const found = `${place === '' ? '' : `${place}/`}node_modules/${name}`
    if (packages[found]) return found
    if (place === '') throw new Error(`${from} needs ${name}, which package-lock.json does not have`)
  }
}
