/** What is in the tarball: what was made from the sources and no other file, and nothing that publint or attw object to. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { ROOT } from '../support/examples.js'
import { WHOLE_FILE } from '../support/machine.js'
import { pack } from './support/pack.js'
import { emptyProject, install } from './support/project.js'

const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** Files that no source stands for. Whatever else is found has no business in the package. */
const FURTHER = [
  /^(?:package\.json|LICENSE|README\.md|CHANGELOG\.md|SECURITY\.md)$/,
  /^docs\/(?:README|(?:moving\/)?[a-z-]+)\.md$/,
  /^prebuilds\/(?:README\.md|SHA256SUMS|build-info\.json)$/,
  /^prebuilds\/(?:linux|win32|darwin)-(?:x64|arm64)\/latchkey(?:\.glibc|\.musl)?\.node$/,
]
const ALWAYS = ['package.json', 'LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'docs/errors.md']
/** The lifecycle scripts that npm runs where a package is installed. */
const AT_INSTALL = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare']

const packed = await pack(WHOLE_FILE)
const unpacked = await emptyProject(WHOLE_FILE)
await install(unpacked, [packed.file])
const folder = join(unpacked, 'node_modules/latchkey')

/** What tsc makes of `lib/`. */
function compiled(): string[] {
  return readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `dist/${name.replaceAll('\\', '/').slice(0, -'.ts'.length)}`)
    .flatMap(stem => [`${stem}.js`, `${stem}.js.map`, `${stem}.d.ts`])
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
  test('has all that is made from lib/, and beside it only documents and prebuilds', () => {
    const made = compiled()
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

  test('installs just these files, none of which names a folder of this machine', async () => {
    const there = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    assert.equal(there.length, packed.paths.length)
    const telling: string[] = []
    for (const path of packed.paths) {
      if ((await readFile(join(folder, path))).includes(ROOT)) telling.push(path)
    }
    assert.deepEqual(telling, [])
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
    assert.deepEqual(entries, Object.keys(MANIFEST.exports))
    assert.deepEqual(problems, [])
  })
})
