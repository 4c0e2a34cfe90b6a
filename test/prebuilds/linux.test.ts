/** The binaries for Linux with glibc: the native ring over them in several Nodes, in Electron, and on another processor. */
import assert from 'node:assert/strict'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { BOUNDARY_VERSION } from '#lib/native/contract.js'
import { Display } from '../electron/support/display.js'
import { ELECTRON, FLAGS } from '../electron/support/electron.js'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { Program } from '../support/program.js'
import { LOAD, NODE_PROGRAMS, PACKAGE, type Runtime, run, runTests } from './support/package.js'

const FILES = ['native/addon', 'native/file-lock', 'native/negotiate', 'native/threads']

/** With the version that each says it is of. */
const RUNTIMES: Record<string, Runtime & { version: string }> = {
  'the Node that runs this': { program: process.execPath, version: `v${process.versions.node.split('.')[0]}` },
  'Node 22': { program: NODE_PROGRAMS.linuxX64, version: 'v22' },
  'Electron as Node': { program: ELECTRON, env: { ELECTRON_RUN_AS_NODE: '1' }, version: 'v20' },
}

/** Electron itself does not start without the Kerberos library, so the test in which there is none is left out. */
function limitsOf(name: string, file: string): string[] {
  const isLimited = name.startsWith('Electron') && file === 'native/negotiate'
  return isLimited ? ['--test-name-pattern=refused|throw|no current user'] : []
}

for (const [name, runtime] of Object.entries(RUNTIMES)) {
  describe(`linux-x64 in ${name}`, () => {
    test('is what is loaded', async t => {
      const { stdout, stderr } = await run(t, runtime, '-e', LOAD)
      assert.equal(
        stdout.trim(),
        `prebuilds/linux-x64/latchkey.glibc.node ${BOUNDARY_VERSION} ${runtime.version} x64`,
        stderr,
      )
    })
    for (const file of FILES) test(file, t => runTests(t, runtime, file, ...limitsOf(name, file)))
  })
}

test('linux-x64 in the main process of Electron', async t => {
  const display = await Display.start(t)
  const app = join(await temporaryFolder(t), 'app')
  await mkdir(app)
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'app', main: 'main.mjs' }))
  const addon = pathToFileURL(join(PACKAGE, 'dist/native/addon.js')).href
  await writeFile(
    join(app, 'main.mjs'),
    `import { createRequire } from 'node:module'
    const { app } = createRequire(import.meta.url)('electron')
    const { loadNativeAddon, nativeAddonFile } = await import(${JSON.stringify(addon)})
    await app.whenReady()
    const addon = loadNativeAddon()
    const { handle } = await addon.fileLock.tryAcquire(${JSON.stringify(join(app, 'lock'))}, 'me', '')
    await handle.release()
    console.log(process.type, nativeAddonFile(), addon.boundaryVersion)
    app.exit(0)`,
  )
  const env = { ...process.env, DISPLAY: display.name, NODE_V8_COVERAGE: undefined }
  const program = Program.start(t, ELECTRON, [...FLAGS, app], env)
  assert.equal(await program.line(), `browser prebuilds/linux-x64/latchkey.glibc.node ${BOUNDARY_VERSION}`)
  await program.ended()
})

// What the tests start as node has to be the emulator with node in it.
const QEMU = ['/usr/bin/qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu', NODE_PROGRAMS.linuxArm64] as const
const launcher = join(await temporaryFolder(WHOLE_FILE), 'node')
await writeFile(launcher, `#!/bin/sh\nexec ${QEMU.join(' ')} "$@"\n`)
await chmod(launcher, 0o755)

describe('linux-arm64 under qemu', () => {
  const [program, ...args] = QEMU
  const runtime: Runtime = { program, args, env: { LATCHKEY_TEST_EXEC_PATH: launcher } }

  test('is what is loaded', async t => {
    const { stdout, stderr } = await run(t, runtime, '-e', LOAD)
    assert.equal(stdout.trim(), `prebuilds/linux-arm64/latchkey.glibc.node ${BOUNDARY_VERSION} v20 arm64`, stderr)
  })

  const shim = ['--import', './dist-test/prebuilds/programs/exec-path.js']
  for (const file of ['native/addon', 'native/file-lock', 'native/threads']) {
    test(file, t => runTests(t, runtime, file, ...shim))
  }
  // Without the rest, which asks a Kerberos library, and there is none for arm64.
  test('native/negotiate', t => runTests(t, runtime, 'native/negotiate', ...shim, '--test-name-pattern=refused|throw'))
})
