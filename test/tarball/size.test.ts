/** What a user gets installed with the tarball, beside what the same user gets with msal-node and its extensions. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from '../support/examples.js'
import { WHOLE_FILE } from '../support/machine.js'
import { pack } from './support/pack.js'
import { emptyProject, install, installed } from './support/project.js'

/** Packages besides the one that was asked for, and the bytes of all files. */
interface Size {
  packages: number
  bytes: number
}

const packed = await pack(WHOLE_FILE)
const msalNode = `@azure/msal-node@${lockedVersion('package-lock.json', '@azure/msal-node')}`
const extensions = lockedVersion('scripts/peers/package-lock.json', '@azure/msal-node-extensions')

function lockedVersion(lock: string, name: string): string {
  return JSON.parse(readFileSync(join(ROOT, lock), 'utf8')).packages[`node_modules/${name}`].version
}

async function sizeOf(...packages: string[]): Promise<Size> {
  const project = await emptyProject(WHOLE_FILE)
  await install(project, packages)
  const places = Object.keys(await installed(project))
  const files = readdirSync(join(project, 'node_modules'), { recursive: true, withFileTypes: true })
  const bytes = files
    .filter(entry => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
  return { packages: places.length - packages.length, bytes }
}

test('brings fewer packages along than msal-node, with and without what keeps its cache on disk', async t => {
  const ours = await sizeOf(packed.file)
  const theirs = {
    'msal-node': await sizeOf(msalNode),
    'msal-node and its extensions': await sizeOf(msalNode, `@azure/msal-node-extensions@${extensions}`),
  }
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  t.diagnostic(`tarball ${megabytes(packed.bytes)}, unpacked ${megabytes(packed.unpackedBytes)}`)
  t.diagnostic(`latchkey: ${ours.packages} further packages, ${megabytes(ours.bytes)} in all`)
  for (const [name, { packages, bytes }] of Object.entries(theirs)) {
    const ratios = [packages / ours.packages, bytes / ours.bytes].map(ratio => ratio.toFixed(2))
    t.diagnostic(`${name}: ${packages}, ${megabytes(bytes)}; ${ratios[0]} and ${ratios[1]} times ours`)
    assert(packages >= 3 * ours.packages, name)
  }
})
