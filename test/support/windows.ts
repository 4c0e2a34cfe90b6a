/** A Windows to run our Windows code in: Wine with a prefix of its own, node.exe, and the package as it would be there. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from './machine.js'
import { type Ending, reporters, reportOutcomes } from './outcomes.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
// Not /usr/bin/wine, which complains at each start that there is no 32-bit Wine.
const WINE = '/usr/lib/wine/wine64'
const PREFIX = join(ROOT, '.wine', 'prefix')
const { WINDOWS_NODES } = (await import(new URL('../../scripts/windows-node.mjs', import.meta.url).href)) as {
  WINDOWS_NODES: string[]
}

/** Every node.exe that `npm run setup:wine` has fetched, the oldest first. */
export const NODES = WINDOWS_NODES.filter(file => existsSync(file))

/** What `npm run build:windows` makes. */
export const BUILD = join(ROOT, 'build-windows')

/** The package as it would be on Windows, with the tests in `dist-test`. */
export const PACKAGE = join(BUILD, 'package')

/** A path of this machine, as a program in Wine sees it. */
export function windowsPath(file: string): string {
  return `Z:${file.replaceAll('/', '\\')}`
}

/** What a program in Wine is given besides its arguments. */
export interface Surroundings {
  /** Added to this process's environment. */
  env?: Record<string, string>
  /** Default: the first of {@link NODES}. */
  executable?: string
  timeoutMs?: number
  /** The package's folder. Default: {@link PACKAGE}. */
  folder?: string
}

/** Builds the package, and boots a Windows to run it in. */
export function prepareWindows(): void {
  const build = spawnSync(process.execPath, [join(ROOT, 'scripts', 'build-windows.mjs')], { encoding: 'utf8' })
  assert.equal(build.status, 0, build.stderr)
  bootWindows()
}

/** Boots a Windows, once for all rings and runs of this checkout; 10 s the first time. */
export function bootWindows(): void {
  const booted = join(PREFIX, 'booted')
  if (existsSync(booted)) return
  rmSync(PREFIX, { recursive: true, force: true })
  // The second makes it a Windows 10: in an older one node.exe refuses to start.
  for (const args of [
    ['wineboot', '-i'],
    ['winecfg', '-v', 'win10'],
  ]) {
    // Without these two DLLs Wine does not offer to download Mono and Gecko. A .NET that is there needs the first.
    const env = wineEnvironment({ WINEDLLOVERRIDES: 'mscoree,mshtml=' })
    const { status } = spawnSync(WINE, args, { env, stdio: 'ignore', timeout: 120_000 })
    assert.equal(status, 0, `wine ${args.join(' ')}`)
  }
  // The registry is on the disk when the last process has ended.
  waitForQuiet()
  writeFileSync(booted, '')
}

/** Waits until nothing runs in it any more: what comes next is started with a surrounding of its own. */
export function waitForQuiet(): void {
  spawnSync('/usr/lib/wine/wineserver64', ['-w'], { env: wineEnvironment(), stdio: 'ignore', timeout: 60_000 })
}

function wineEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const env = { ...process.env, WINEPREFIX: PREFIX, WINEDEBUG: '-all', ...more }
  // What the test that starts it was started with; paths of another system would make no coverage.
  return { ...env, NODE_V8_COVERAGE: undefined, NODE_TEST_CONTEXT: undefined }
}

/** Runs node.exe, or another program. Its output goes through files, since libuv cannot use the pipes of Linux in Wine. */
export async function runInWindows(t: TestContext, args: string[], surroundings: Surroundings = {}): Promise<Ending> {
  const { executable = NODES[0], env, timeoutMs = 120_000, folder: cwd = PACKAGE } = surroundings
  assert(executable, 'there is no node.exe: npm run setup:wine')
  const folder = await temporaryFolder(t)
  const files = ['stdout', 'stderr'].map(name => join(folder, name))
  const [stdout, stderr] = files.map(file => openSync(file, 'w')) as [number, number]
  const read = (file: string | undefined) => readFileSync(String(file), 'utf8')
  try {
    const child = spawn(WINE, [executable, ...args], {
      cwd,
      env: wineEnvironment(env),
      stdio: ['ignore', stdout, stderr],
    })
    t.after(() => child.kill('SIGKILL'))
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    const [status] = (await once(child, 'exit')) as [number | null]
    clearTimeout(timer)
    return { status, stdout: read(files[0]), stderr: read(files[1]) }
  } finally {
    closeSync(stdout)
    closeSync(stderr)
  }
}

/** Runs a compiled test file of the package in node.exe, and reports each of its tests as one of `t`. */
export async function runWindowsTests(t: TestContext, file: string, surroundings: Surroundings = {}): Promise<void> {
  const tally = join(await temporaryFolder(t), 'tally.ndjson')
  const shim = ['--import', './dist-test/windows/support/keep-alive.js']
  const args = ['--enable-source-maps', ...shim, ...reporters(windowsPath(tally)), file]
  await reportOutcomes(t, basename(file), tally, await runInWindows(t, args, surroundings))
}
