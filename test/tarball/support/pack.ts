/** Packs this checkout as a release would: `npm pack` of the files that it would take, and the addon of this machine as a prebuild. */
import assert from 'node:assert/strict'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ROOT } from '../../support/examples.js'
import { type Scope, temporaryFolder } from '../../support/machine.js'
import { npm } from './project.js'

const { releaseDist } = (await import(new URL('../../../scripts/release-dist.mjs', import.meta.url).href)) as {
  releaseDist(root: string): void
}

/** A tarball, and what npm says is in it. */
export interface Packed {
  /** Absolute. */
  readonly file: string
  /** Relative to the package, with `/`, in npm's order. */
  readonly paths: readonly string[]
  readonly bytes: number
  readonly unpackedBytes: number
}

/** What `npm pack --json` prints of one package. */
interface Listing {
  filename: string
  size: number
  unpackedSize: number
  files: { path: string }[]
}

/** Packs what has been built; the tarball goes away with the test. */
export async function pack(t: Scope): Promise<Packed> {
  const copy = await temporaryFolder(t)
  for (const { path } of (await npmPack(ROOT, '--dry-run')).files) {
    await mkdir(dirname(join(copy, path)), { recursive: true })
    await copyFile(join(ROOT, path), join(copy, path))
  }
  // As npm would, once it has built what is built already.
  releaseDist(copy)
  await addPrebuild(copy)
  const destination = await temporaryFolder(t)
  const { filename, size, unpackedSize, files } = await npmPack(copy, '--pack-destination', destination)
  const paths = files.map(({ path }) => path)
  return { file: join(destination, filename), paths, bytes: size, unpackedBytes: unpackedSize }
}

async function npmPack(folder: string, ...options: string[]): Promise<Listing> {
  const output = await npm(folder, ['pack', '--json', '--ignore-scripts', ...options])
  const [listing, ...others] = JSON.parse(output) as Listing[]
  assert(listing)
  assert.deepEqual(others, [])
  return listing
}

/** Puts the addon that was built here where prebuildify would, which names a build for glibc after it. */
async function addPrebuild(folder: string): Promise<void> {
  const prebuilds = join(folder, 'prebuilds', `${process.platform}-${process.arch}`)
  await mkdir(prebuilds, { recursive: true })
  if ((await readdir(prebuilds)).some(name => name.endsWith('.node'))) return
  const name = process.platform === 'linux' ? 'latchkey.glibc.node' : 'latchkey.node'
  await copyFile(join(ROOT, 'build/Release/latchkey.node'), join(prebuilds, name))
}
