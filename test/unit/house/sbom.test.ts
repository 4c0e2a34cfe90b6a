/** `npm run sbom`: every package that is installed, every binary, and each fault that the check looks for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

interface Component {
  'bom-ref': string
  type: string
  name: string
  purl?: string
  hashes?: { alg: string; content: string }[]
  licenses?: unknown[]
}
interface Bom {
  specVersion: string
  serialNumber: string
  components: Component[]
  dependencies: { ref: string; dependsOn?: string[] }[]
}
const { billOfMaterials, problemsOf } = (await import(new URL('../../../scripts/sbom.mjs', import.meta.url).href)) as {
  billOfMaterials(): Bom
  problemsOf(bom: Bom): Iterable<string>
}
const bom = billOfMaterials()
const own = bom.dependencies.find(({ ref }) => ref.startsWith('latchkey@'))

test('the bill of materials has each package that is installed, and each binary with its hash', () => {
  assert.deepEqual([...problemsOf(bom)], [])
  const packages = bom.components.filter(({ type }) => type === 'library').map(({ name }) => name)
  for (const name of ['undici', 'saxes', 'node-gyp-build']) assert.ok(packages.includes(name), name)
  for (const { name, hashes } of bom.components.filter(({ type }) => type === 'file')) {
    assert.match(name, /^prebuilds\/.*\.node$/)
    assert.match(`${hashes?.[0]?.content}`, /^[0-9a-f]{64}$/)
    assert.ok(own?.dependsOn?.includes(name))
    assert.ok(packages.includes('node-addon-api'), 'whose code is in it')
  }
})

const spoilFirst = (change: Partial<Component>) => (faulty: Bom) => {
  Object.assign(faulty.components[0] ?? {}, change)
}
const FAULTS: [what: string, spoil: (faulty: Bom) => void, told: RegExp][] = [
  ['another format', faulty => Object.assign(faulty, { specVersion: '0.9' }), /^it is no CycloneDX/],
  ['no serial number', faulty => Object.assign(faulty, { serialNumber: 'x' }), /^it has no serial number$/],
  ['a package that is missing', faulty => void faulty.components.shift(), /^node-gyp-build@\S+ is not listed$/],
  ['another hash', spoilFirst({ hashes: [] }), /has another hash than in the lock file$/],
  ['another purl', spoilFirst({ purl: 'pkg:npm/x@1' }), / has the purl pkg:npm\/x@1$/],
  ['no license', spoilFirst({ licenses: [] }), / names no license$/],
  ['a package too many', spoilFirst({ 'bom-ref': 'x@1' }), /^x@1 is not installed with/],
  [
    'a binary that is not there',
    ({ components }) => void components.push({ 'bom-ref': 'a', type: 'file', name: 'prebuilds/a.node' }),
    /^prebuilds\/a\.node does not exist$/,
  ],
]
for (const [what, spoil, told] of FAULTS) {
  test(`is refused with ${what}`, () => {
    const faulty = structuredClone(bom)
    spoil(faulty)
    const problems = [...problemsOf(faulty)]
    assert.ok(
      problems.some(problem => told.test(problem)),
      problems.join('\n'),
    )
  })
}
