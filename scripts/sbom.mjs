/** `npm run sbom`: what is installed with latchkey, as a CycloneDX bill of materials in sbom.cdx.json, held against the lock file. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = name => JSON.parse(readFileSync(join(root, name), 'utf8'))
const { name, version } = read('package.json')

/** `name@version` of each package that is installed with ours → the SHA-512 of its archive, in hexadecimal digits. */
function lockedPackages() {
  const installed = Object.entries(read('package-lock.json').packages).filter(
    ([place, entry]) => place !== '' && !entry.dev && !entry.devOptional && !entry.peer && !entry.optional,
  )
  return new Map(
    installed.map(([place, entry]) => {
      const id = `${place.slice(place.lastIndexOf('node_modules/') + 13)}@${entry.version}`
      return [id, Buffer.from(entry.integrity.replace(/^sha512-/, ''), 'base64').toString('hex')]
    }),
  )
}

/** What is wrong with it, a line each. */
function* problemsOf(bom) {
  if (bom.bomFormat !== 'CycloneDX' || !/^1\.[5-9]$/.test(bom.specVersion)) yield 'it is no CycloneDX 1.5'
  if (!/^urn:uuid:[0-9a-f-]{36}$/.test(bom.serialNumber)) yield 'it has no serial number'
  if (bom.metadata.component.purl !== `pkg:npm/${name}@${version}`) yield 'it is of another package'
  const locked = lockedPackages()
  const listed = new Set(bom.components.map(component => component['bom-ref']))
  for (const id of locked.keys()) if (!listed.has(id)) yield `${id} is not listed`
  for (const component of bom.components) {
    const id = component['bom-ref']
    if (!locked.has(id)) yield `${id} is not installed with ${name}`
    if (component.purl !== `pkg:npm/${id.replace(/^@/, '%40')}`) yield `${id} has the purl ${component.purl}`
    if (!component.hashes?.some(({ alg, content }) => alg === 'SHA-512' && content === locked.get(id))) {
      yield `${id} has another hash than in the lock file`
    }
    if (!component.licenses?.length) yield `${id} names no license`
  }
  for (const { ref, dependsOn = [] } of bom.dependencies) {
    for (const id of [ref, ...dependsOn]) {
      if (!listed.has(id) && id !== `${name}@${version}`) yield `${ref} depends on ${id}, which is not listed`
    }
  }
}

const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'library', '--omit', 'dev']
const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
if (status !== 0) {
  console.error(`npm sbom ended with ${status}: ${stderr}`)
  process.exit(1)
}
const bom = JSON.parse(stdout)
// npm calls it by the folder of the checkout.
bom.metadata.component.name = name
const problems = [...problemsOf(bom)]
for (const problem of problems) console.error(`✗ ${problem}`)
if (problems.length > 0) process.exit(1)
writeFileSync(join(root, 'sbom.cdx.json'), `${JSON.stringify(bom, undefined, 2)}\n`)
console.log(`sbom.cdx.json: ${name}@${version} with ${bom.components.map(({ purl }) => purl.slice(8)).join(', ')}`)
