/** A program that esbuild or webpack has bundled: with the package beside it all works, with the package in it all but the addon. */
import assert from 'node:assert/strict'
import { mkdir, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import webpack from 'webpack'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { pack } from './support/pack.js'
import { emptyProject, install, node } from './support/project.js'
import { addPrograms, settings } from './support/tenant.js'

const PROGRAM = `
  import * as latchkey from 'latchkey'
  import { signIn } from './sign-in.mjs'
  const keep = () => signIn(latchkey, 'bundle-' + process.argv[2])
  const tell = ({ name, code, message }) => ({ name, code, message })
  signIn(latchkey).then(async inMemory => {
    console.log(JSON.stringify({ inMemory, kept: await keep().catch(tell) }))
  })`

/** How each is called for a program of Node; resolves with what it warns of. */
type Bundle = (entry: string, file: string, external: string[]) => Promise<string[]>

const BUNDLERS: Record<string, { extension: string; bundle: Bundle; warnings: RegExp[] }> = {
  'esbuild, ES modules': { extension: 'mjs', bundle: withEsbuild('esm'), warnings: [] },
  // It has to warn of this. What the URL is for is told at run time.
  'esbuild, CommonJS': { extension: 'cjs', bundle: withEsbuild('cjs'), warnings: [/"import\.meta" is not available/] },
  'webpack, CommonJS': { extension: 'cjs', bundle: withWebpack, warnings: [] },
}

function withEsbuild(format: 'esm' | 'cjs'): Bundle {
  return async (entry, outfile, external) => {
    // CommonJS in a bundle of ES modules, as undici, asks for require.
    const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" }
    const { warnings } = await build({
      ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format, external, logLevel: 'silent' },
      ...(format === 'esm' && { banner }),
    })
    return warnings.map(({ text }) => text)
  }
}

async function withWebpack(entry: string, file: string, external: string[]): Promise<string[]> {
  const compiler = webpack({
    ...{ mode: 'production', target: 'node20', entry, context: project, devtool: false },
    optimization: { minimize: false },
    output: { path: dirname(file), filename: basename(file) },
    externals: Object.fromEntries(external.map(name => [name, `commonjs ${name}`])),
  })
  const stats = await promisify(compiler.run.bind(compiler))()
  const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {}
  assert.deepEqual(errors, [])
  return warnings.map(({ message }) => message)
}

/** Runs it as on a machine that has the bundle alone, where there is no such project. */
async function elsewhere<T>(work: () => Promise<T>): Promise<T> {
  const modules = join(project, 'node_modules')
  await rename(modules, `${modules}-away`)
  try {
    return await work()
  } finally {
    await rename(`${modules}-away`, modules)
  }
}

const { username, env } = await settings()
const project = await emptyProject(WHOLE_FILE)
const packed = await pack(WHOLE_FILE)
await install(project, [packed.file])
await addPrograms(project, { 'main.mjs': PROGRAM })
const entry = join(project, 'main.mjs')
const signedIn = { username, isFromCache: true }

for (const [index, [name, { extension, bundle, warnings }]] of Object.entries(BUNDLERS).entries()) {
  describe(name, () => {
    test('leaves the package out: the addon is loaded', async () => {
      const out = join(project, `out-${index}`)
      await mkdir(out)
      const file = join(out, `main.${extension}`)
      assert.deepEqual(await bundle(entry, file, ['latchkey']), [])
      const outcome = JSON.parse(await node(out, [file, `${index}`], env))
      assert.deepEqual(outcome, { inMemory: signedIn, kept: signedIn })
    })

    test('takes the package in: it signs in without the addon, and says what to do about that', async t => {
      const out = await temporaryFolder(t)
      const file = join(out, `main.${extension}`)
      const told = await bundle(entry, file, [])
      assert(
        told.every(text => warnings.some(pattern => pattern.test(text))),
        told.join('\n'),
      )
      const { inMemory, kept } = JSON.parse(await elsewhere(() => node(out, [file, `${index}-in`], env)))
      assert.deepEqual(inMemory, signedIn)
      assert.equal(kept.name, 'ClientError')
      assert.equal(kept.code, 'native_unavailable')
      assert.match(kept.message, /fileLock is not available: latchkey is in a bundle.*: leave latchkey external$/)
    })
  })
}
