/** What is in the tarball: what was made from the sources and no other file, and nothing that publint or attw object to. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, test } from 'node:test'
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import typescript from 'typescript'
import { ROOT } from '../support/examples.js'
import { WHOLE_FILE } from '../support/machine.js'
import { pack } from './support/pack.js'
import { emptyProject, install } from './support/project.js'

const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** What users may import, and what they may run. A new one is a promise, and is added here on purpose. */
const ENTRIES = ['.', './azure', './electron', './emulator', './redis', './package.json']
const COMMANDS = { latchkey: 'dist/cli/main.js' }

/** Files that no source stands for. Whatever else is found has no business in the package. */
const FURTHER = [
  /^(?:package\.json|LICENSE|README\.md|CHANGELOG\.md|SECURITY\.md)$/,
  /^docs\/(?:README|(?:moving\/)?[a-z-]+)\.md$/,
  /^prebuilds\/(?:README\.md|SHA256SUMS|build-info\.json)$/,
  /^prebuilds\/(?:linux|win32|darwin)-(?:x64|arm64)\/latchkey(?:\.glibc|\.musl)?\.node$/,
]
const ALWAYS = [
  'package.json',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...filesIn('docs'),
  ...filesIn('prebuilds'),
]
/** The lifecycle scripts that npm runs where a package is installed. */
const AT_INSTALL = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare']

const packed = await pack(WHOLE_FILE)
const unpacked = await emptyProject(WHOLE_FILE)
await install(unpacked, [packed.file])
const folder = join(unpacked, 'node_modules/latchkey')

/** What this checkout has in a folder, with `/`. */
function filesIn(name: string): string[] {
  return readdirSync(join(ROOT, name), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
}

/** What tsc makes of `lib/` to be run. */
function compiled(): string[] {
  return filesIn('lib').map(name => name.replace(/^lib\/(.+)\.ts$/, 'dist/$1.js'))
}

/** The declarations that tsc reads for a program that imports every entry. */
function declarations(): string[] {
  const entries = Object.values(MANIFEST.exports as Record<string, string | { types: string }>)
  const files = entries.flatMap(entry => (typeof entry === 'string' ? [] : [join(folder, entry.types)]))
  const options = { module: typescript.ModuleKind.NodeNext, noLib: true, types: [] }
  const read = typescript.createProgram(files, options).getSourceFiles()
  const place = `${realpathSync(folder).replaceAll('\\', '/')}/`
  return read
    .map(({ fileName }) => fileName)
    .filter(name => name.startsWith(place))
    .map(name => name.slice(place.length))
}

/**
 * What attw finds, but for `moduleResolution: node10`, which knows no exports, and for require() in the eyes of TypeScript's node16, which
 * does not know yet that Node can require ES modules: its profile esm-only.
 */
async function attw(tarball: Uint8Array): Promise<{ entries: string[]; problems: Problem[] }> {
  const analysis = await checkPackage(createPackageFromTarballData(tarball))
  assert(analysis.types)
  const problems = analysis.problems.filter(
    problem => !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
  )
  return { entries: Object.keys(analysis.entrypoints), problems }
}

describe('the tarball', () => {
  test('has all that is made from lib/, but of declarations only what an entry leads to, and beside it only documents and prebuilds', () => {
    const made = [...compiled(), ...declarations()]
    const others = packed.paths.filter(path => !made.includes(path))
    assert.deepEqual(
      made.filter(path => !packed.paths.includes(path)),
      [],
      'missing',
    )
    assert.deepEqual(
      others.filter(path => !FURTHER.some(pattern => pattern.test(path))),
      [],
      'stray',
    )
    assert.deepEqual(
      ALWAYS.filter(path => !others.includes(path)),
      [],
      'missing',
    )
  })

  test('has the addon for this machine', () => {
    const name = process.platform === 'linux' ? 'latchkey.glibc.node' : 'latchkey.node'
    assert.ok(packed.paths.includes(`prebuilds/${process.platform}-${process.arch}/${name}`))
  })

  test('installs just these files, none of which names a folder of this machine or a source map', async () => {
    const there = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    assert.equal(there.length, packed.paths.length)
    const telling: string[] = []
    for (const path of packed.paths) {
      const bytes = await readFile(join(folder, path))
      if (bytes.includes(ROOT) || (path.endsWith('.js') && bytes.includes('sourceMappingURL'))) telling.push(path)
    }
    assert.deepEqual(telling, [])
  })

  test('is made by npm as it is made here', () => {
    assert.equal(MANIFEST.scripts.prepack, 'node scripts/build.mjs && node scripts/release-dist.mjs')
  })

  test('has these entries and commands', async () => {
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    assert.deepEqual(Object.keys(manifest.exports), ENTRIES)
    assert.deepEqual(manifest.bin, COMMANDS)
  })

  test('runs nothing where it is installed: no script, and no binding.gyp, which npm would build', async () => {
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    assert.equal(manifest.name, 'latchkey')
    assert.deepEqual(
      AT_INSTALL.filter(name => name in manifest.scripts),
      [],
    )
    assert.equal(manifest.gypfile, undefined)
    assert(!packed.paths.includes('binding.gyp'))
  })

  test('is as publint would have it', async () => {
    const { messages } = await publint({ pkgDir: folder, pack: false, strict: true })
    assert.deepEqual(
      messages.map(message => formatMessage(message, MANIFEST)),
      [],
    )
  })

  test('gives the types of each entry to whoever can import ES modules', async () => {
    const { entries, problems } = await attw(await readFile(packed.file))
    assert.deepEqual(entries, ENTRIES)
    assert.deepEqual(problems, [])
  })
})
