/**
 * `npm run sbom`: what is installed with latchkey, its native binaries among it, as a CycloneDX bill of materials in sbom.cdx.json (or in the
 * file that is named), held against the lock file and the binaries.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readBuildInfo, sha256Of } from './prebuilds/build-info.mjs'
import { PREBUILDS } from './prebuilds/places.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = name => JSON.parse(readFileSync(join(root, name), 'utf8'))
const { name, version } = read('package.json')
// Its code is in every binary, though nobody installs it.
const COMPILED_IN = 'node_modules/node-addon-api'

/** `name@version` of each package that is installed with ours → its entry in the lock file, with the SHA-512 of its archive in hexadecimal digits. */
function lockedPackages() {
  const installed = Object.entries(read('package-lock.json').packages).filter(
    ([place, entry]) =>
      place === COMPILED_IN || (place !== '' && !entry.dev && !entry.devOptional && !entry.peer && !entry.optional),
  )
  return new Map(
    installed.map(([place, entry]) => {
      const id = `${place.slice(place.lastIndexOf('node_modules/') + 13)}@${entry.version}`
      return [id, { sha512: Buffer.from(entry.integrity.replace(/^sha512-/, ''), 'base64').toString('hex'), ...entry }]
    }),
  )
}

/** The binaries that are there, and what is compiled into them: what npm knows nothing of. */
function nativeParts() {
  const built = Object.values(readBuildInfo()?.binaries ?? {}).filter(({ file }) => existsSync(join(PREBUILDS, file)))
  if (built.length === 0) return { components: [], dependencies: [] }
  const [id, { version: compiled, sha512, license }] = [...lockedPackages()].find(([each]) =>
    each.startsWith('node-addon-api@'),
  )
  const library = {
    ...{ 'bom-ref': id, type: 'library', name: 'node-addon-api', version: compiled, purl: `pkg:npm/${id}` },
    ...{ hashes: [{ alg: 'SHA-512', content: sha512 }], licenses: [{ license: { id: license } }] },
  }
  const files = built.map(({ file, sha256, compiler, from }) => ({
    ...{ 'bom-ref': `prebuilds/${file}`, type: 'file', name: `prebuilds/${file}`, version },
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    properties: Object.entries({ compiler, from }).map(([key, value]) => ({ name: `${name}:${key}`, value })),
  }))
  return {
    components: [library, ...files],
    dependencies: [{ ref: id }, ...files.map(file => ({ ref: file['bom-ref'], dependsOn: [id] }))],
  }
}

/** @returns the bill of materials: what npm tells, with the native parts. */
export function billOfMaterials() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'library', '--omit', 'dev']
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
  if (status !== 0) throw new Error(`npm sbom ended with ${status}: ${stderr}`)
  const bom = JSON.parse(stdout)
  // npm calls it by the folder of the checkout.
  bom.metadata.component.name = name
  const { components, dependencies } = nativeParts()
  bom.components.push(...components)
  bom.dependencies.push(...dependencies)
  const own = bom.dependencies.find(({ ref }) => ref === `${name}@${version}`)
  own.dependsOn.push(...components.filter(({ type }) => type === 'file').map(file => file['bom-ref']))
  return bom
}

/** What is wrong with it, a line each. */
export function* problemsOf(bom) {
  if (bom.bomFormat !== 'CycloneDX' || !/^1\.[5-9]$/.test(bom.specVersion)) yield 'it is no CycloneDX 1.5'
  if (!/^urn:uuid:[0-9a-f-]{36}$/.test(bom.serialNumber)) yield 'it has no serial number'
  if (bom.metadata.component.purl !== `pkg:npm/${name}@${version}`) yield 'it is of another package'
  const listed = new Set(bom.components.map(component => component['bom-ref']))
  const files = bom.components.filter(({ type }) => type === 'file')
  const locked = lockedPackages()
  for (const id of locked.keys()) {
    if (!listed.has(id) && (files.length > 0 || !id.startsWith('node-addon-api@'))) yield `${id} is not listed`
  }
  for (const { file } of Object.values(readBuildInfo()?.binaries ?? {})) {
    if (existsSync(join(PREBUILDS, file)) && !listed.has(`prebuilds/${file}`)) yield `prebuilds/${file} is not listed`
  }
  for (const component of bom.components) {
    yield* component.type === 'file' ? problemsOfFile(component) : problemsOfPackage(component, locked)
  }
  for (const { ref, dependsOn = [] } of bom.dependencies) {
    for (const id of [ref, ...dependsOn]) {
      if (!listed.has(id) && id !== `${name}@${version}`) yield `${ref} depends on ${id}, which is not listed`
    }
  }
}

function* problemsOfFile({ name: file, hashes }) {
  if (!existsSync(join(root, file))) yield `${file} does not exist`
  else if (hashes?.[0]?.content !== sha256Of(join(root, file))) yield `${file} has another hash`
}

function* problemsOfPackage(component, locked) {
  const id = component['bom-ref']
  if (!locked.has(id)) yield `${id} is not installed with ${name}`
  if (component.purl !== `pkg:npm/${id.replace(/^@/, '%40')}`) yield `${id} has the purl ${component.purl}`
  if (!component.hashes?.some(({ alg, content }) => alg === 'SHA-512' && content === locked.get(id)?.sha512)) {
    yield `${id} has another hash than in the lock file`
  }
  if (!component.licenses?.length) yield `${id} names no license`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { 2: file = join(root, 'sbom.cdx.json') } = process.argv
  const bom = billOfMaterials()
  const problems = [...problemsOf(bom)]
  for (const problem of problems) console.error(`✗ ${problem}`)
  if (problems.length > 0) process.exit(1)
  writeFileSync(file, `${JSON.stringify(bom, undefined, 2)}\n`)
  const parts = bom.components.map(({ type, name: each, version: of }) => (type === 'file' ? each : `${each}@${of}`))
  const lacking = parts.some(part => part.endsWith('.node')) ? '' : '; no binaries: npm run prebuilds:all makes them'
  console.log(`${basename(file)}: ${name}@${version} with ${parts.join(', ')}${lacking}`)
}
