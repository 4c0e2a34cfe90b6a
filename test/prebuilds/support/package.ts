/** The package as an installation has it, prebuilds and nothing compiled, and the native tests in whatever program runs them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../../support/machine.js'
import { type Ending, reporters, reportOutcomes } from '../../support/outcomes.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const script = (name: string) => import(new URL(`../../../scripts/${name}.mjs`, import.meta.url).href)
const { layOut } = (await script('lay-out')) as {
  layOut(root: string, folder: string, addon: undefined, more: string[]): void
}

/** The programs of Node that `npm run setup:prebuilds` has fetched. */
export const { NODE_PROGRAMS } = (await script('prebuilds/nodes')) as {
  NODE_PROGRAMS: Record<'linuxX64' | 'linuxArm64' | 'windowsX64', string>
}

/** Where it is. */
export const PACKAGE = join(ROOT, 'build-prebuilds', 'package')
layOut(ROOT, PACKAGE, undefined, ['prebuilds'])

/** A program that runs JavaScript. */
export interface Runtime {
  readonly program: string
  /** Before node's own arguments. */
  readonly args?: string[]
  readonly env?: Record<string, string>
}

/** Runs it with these arguments in the folder of the package. */
export async function run(t: TestContext, { program, args = [], env }: Runtime, ...more: string[]): Promise<Ending> {
  const child = spawn(program, [...args, ...more], {
    cwd: PACKAGE,
    // What the test that starts it was started with; a path in the copy would be no line of lib/.
    env: { ...process.env, ...env, NODE_V8_COVERAGE: undefined, NODE_TEST_CONTEXT: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 150_000,
    killSignal: 'SIGKILL',
  })
  t.after(() => child.kill('SIGKILL'))
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', text => {
      written[name] += text
    })
  }
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, ...written }
}

/** Runs a compiled test file of the package, and reports each of its tests as one of `t`. */
export async function runTests(t: TestContext, runtime: Runtime, name: string, ...options: string[]): Promise<void> {
  const tally = join(await temporaryFolder(t), 'tally.ndjson')
  const args = ['--enable-source-maps', ...options, ...reporters(tally), `dist-test/${name}.test.js`]
  await reportOutcomes(t, name, tally, await run(t, runtime, ...args))
}

/** Prints which binary is loaded, of which boundary version, and in which Node, once a lock has been taken with it. */
export const LOAD = `
  const addon = require('node-gyp-build')(process.cwd())
  const lock = require('node:path').join(require('node:fs').mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'latchkey-')), 'lock')
  addon.fileLock.tryAcquire(lock, 'me', '').then(async ({ handle }) => {
    await handle.release()
    const file = require('node-gyp-build').path(process.cwd())
    console.log(require('node:path').relative(process.cwd(), file).replaceAll('\\\\', '/'), addon.boundaryVersion, process.version.split('.')[0], process.arch)
  })`
