/** A project of somebody who uses the package: an empty folder, what npm installs into it, and programs that run there. */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Scope, temporaryFolder } from '../../support/machine.js'

const PATIENCE_MS = 120_000
const run = promisify(execFile)

/** An entry of npm's own list of what it has put into node_modules. */
interface InstalledPackage {
  version: string
  hasInstallScript?: true
}

/** Runs npm in a folder and resolves with what it writes to stdout; rejects with all it wrote when it fails. */
export async function npm(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  const { stdout } = await run('npm', [...args, ...quiet], {
    ...{ cwd: folder, env: own(env), timeout: PATIENCE_MS, maxBuffer: 64 << 20, shell: process.platform === 'win32' },
  })
  return stdout
}

/** Runs a Node program in a folder and resolves with what it writes to stdout; rejects with all it wrote when it fails. */
export async function node(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { stdout } = await run(process.execPath, args, { cwd: folder, env: own(env), timeout: PATIENCE_MS })
  return stdout
}

/** Another package's code is not to count as covered, and settings of an npm that runs this are not the user's. */
function own(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^npm_|^NODE_V8_COVERAGE$|^NODE_TEST_CONTEXT$/i.test(name))
  return Object.fromEntries(kept)
}

/** An empty folder with a manifest that depends on nothing. */
export async function emptyProject(t: Scope, manifest: object = {}): Promise<string> {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'somebody', private: true, ...manifest }))
  return folder
}

/** Installs without any script; from npm's cache what is there, which `npm ci` has filled. */
export async function install(folder: string, packages: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> {
  await npm(folder, ['install', '--ignore-scripts', '--prefer-offline', ...packages], env)
}

/** What npm has put into the project: paths in it, as `node_modules/undici`. */
export async function installed(folder: string): Promise<Record<string, InstalledPackage>> {
  const text = await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8')
  return (JSON.parse(text) as { packages: Record<string, InstalledPackage> }).packages
}
