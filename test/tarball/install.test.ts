/** The tarball in an empty project of a machine without a compiler: how it is imported, in how many threads, and how often. */
import assert from 'node:assert/strict'
import { cp, mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { runExamples } from '../support/doc-examples.js'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { pack } from './support/pack.js'
import { emptyProject, install, installed, node } from './support/project.js'
import { addPrograms, settings } from './support/tenant.js'

// Its link, but on Windows, where npm writes a script of the shell's.
const MAIN = process.platform === 'win32' ? 'node_modules/latchkey/dist/cli/main.js' : 'node_modules/.bin/latchkey'
const SUB_PATHS = ['azure', 'electron', 'emulator', 'redis']

const PROGRAMS = {
  'esm.mjs': `
    import * as latchkey from 'latchkey'
    import { signIn } from './sign-in.mjs'
    ${SUB_PATHS.map(name => `import * as ${name} from 'latchkey/${name}'`).join('\n')}
    const names = Object.keys({ ${SUB_PATHS.map(name => `...${name}`).join(', ')} }).sort()
    console.log(JSON.stringify({ ...(await signIn(latchkey, 'esm')), names }))`,
  'cjs.cjs': `
    const latchkey = require('latchkey')
    const { signIn } = require('./sign-in.mjs')
    const names = Object.keys(Object.assign({}, ${SUB_PATHS.map(name => `require('latchkey/${name}')`).join(', ')})).sort()
    import('latchkey').then(async imported => {
      const isTheSame = imported.PublicClientApplication === latchkey.PublicClientApplication
      console.log(JSON.stringify({ ...(await signIn(latchkey, 'cjs')), names, isTheSame }))
    })`,
  'threads.mjs': `
    import { once } from 'node:events'
    import { isMainThread, parentPort, Worker } from 'node:worker_threads'
    import * as latchkey from 'latchkey'
    import { signIn } from './sign-in.mjs'
    const own = () => signIn(latchkey, 'threads')
    if (isMainThread) {
      const others = [1, 2, 3].map(() => new Worker(new URL(import.meta.url)))
      const told = others.map(async worker => (await once(worker, 'message'))[0])
      const ended = others.map(async worker => (await once(worker, 'exit'))[0])
      console.log(JSON.stringify({ signedIn: await Promise.all([own(), ...told]), codes: await Promise.all(ended) }))
    } else parentPort.postMessage(await own())`,
  'twice.mjs': `
    import * as one from 'latchkey'
    import * as two from 'plugin'
    import { signIn } from './sign-in.mjs'
    const signedIn = await Promise.all([one, two, one, two].map(copy => signIn(copy, 'twice')))
    const loaded = process.report.getReport().sharedObjects.filter(name => name.endsWith('.node'))
    const isTheSame = one.PublicClientApplication === two.PublicClientApplication
    console.log(JSON.stringify({ signedIn, isTheSame, loaded: loaded.length }))`,
}

const { username, env } = await settings()
const project = await emptyProject(WHOLE_FILE, { type: 'module' })
const packed = await pack(WHOLE_FILE)
const signedIn = { username, isFromCache: true }
const printed = async (...args: string[]) => JSON.parse(await node(project, args, env))

/** A PATH with what npm and its programs are started by, and with nothing else. */
async function pathWithoutCompiler(): Promise<string> {
  const folder = await temporaryFolder(WHOLE_FILE)
  for (const name of ['node', 'npm', 'env', 'sh']) {
    const place = name === 'node' ? process.execPath : await findOnPath(name)
    await symlink(place, join(folder, name))
  }
  return folder
}

async function findOnPath(name: string): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = await realpath(join(folder, name)).catch(() => undefined)
    if (found !== undefined) return found
  }
  throw new Error(`there is no ${name} on the PATH`)
}

await install(
  project,
  [packed.file],
  process.platform === 'win32' ? env : { ...env, PATH: await pathWithoutCompiler() },
)
await addPrograms(project, PROGRAMS)

describe('the package, installed without scripts', () => {
  test('brings four packages, of which none has a script to run', async () => {
    const packages = await installed(project)
    const names = Object.keys(packages).map(place => place.replace('node_modules/', ''))
    assert.deepEqual(names.sort(), ['latchkey', 'node-gyp-build', 'saxes', 'undici', 'xmlchars'])
    assert.deepEqual(
      names.filter(name => packages[`node_modules/${name}`]?.hasInstallScript),
      [],
    )
  })

  test('has the addon of this machine, and a command that says so', async () => {
    const found: { check: string; ok: boolean; detail: string }[] = await printed(
      ...[MAIN, 'diagnose', '--json', '--allow-unencrypted-storage'],
    )
    const native = found.find(({ check }) => check === 'native')
    assert.equal(native?.ok, true, native?.detail)
    assert.match(native.detail, new RegExp(`, from prebuilds.${process.platform}-${process.arch}.latchkey`))
  })

  test('is imported', async () => {
    const { names, ...outcome } = await printed('esm.mjs')
    assert.deepEqual(outcome, signedIn)
    assert.deepEqual(names, ['electronWebUi', 'redisCache', 'startTenant', 'tokenCredential'])
  })

  test('is required, and is then the one that is imported', async () => {
    const { names, ...outcome } = await printed('cjs.cjs')
    assert.deepEqual(outcome, { ...signedIn, isTheSame: true })
    assert.deepEqual(names, ['electronWebUi', 'redisCache', 'startTenant', 'tokenCredential'])
  })

  test('works in several threads at once, on one cache', async () => {
    assert.deepEqual(await printed('threads.mjs'), { signedIn: Array(4).fill(signedIn), codes: [0, 0, 0] })
  })

  test('works when there are two copies of it in a process, on one cache', async () => {
    const plugin = join(project, 'node_modules/plugin')
    await mkdir(plugin)
    await cp(join(project, 'node_modules/latchkey'), join(plugin, 'node_modules/latchkey'), { recursive: true })
    await writeFile(join(plugin, 'package.json'), '{ "name": "plugin", "type": "module", "exports": "./index.js" }')
    await writeFile(join(plugin, 'index.js'), "export * from 'latchkey'\n")
    assert.deepEqual(await printed('twice.mjs'), { signedIn: Array(4).fill(signedIn), isTheSame: false, loaded: 2 })
  })

  test('says what the emulator needs besides', async () => {
    await assert.rejects(node(project, [MAIN, 'emulator'], env), {
      code: 1,
      stderr: /The emulator needs \w+, which is not installed\. Run: npm i -D pkijs asn1js jose\n/,
    })
  })
})

const documents = pathToFileURL(join(project, 'node_modules/latchkey/'))
await runExamples({ 'README.md': [/^alice@\S+ has a token until /m] }, {}, { documents, folder: project })
