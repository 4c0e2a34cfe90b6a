/** The code for macOS's windows, compiled here and run over a stand-in for AppKit under AddressSanitizer. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { onlyOn, temporaryFolder } from '../support/machine.js'
import { ROOT } from './support.js'

const run = promisify(execFile)
const PROGRAMS = join(ROOT, 'test', 'native', 'programs')
const SOURCES = ['objc_runtime.cc', 'parent_window_appkit.cc'].map(name => join(ROOT, 'native', 'macos', name))
const FLAGS = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-g', '-fsanitize=address,undefined']
const OURS = ['-Wconversion', '-fno-exceptions', '-fno-sanitize-recover']

// The stand-in passes arguments as this processor's calls do.
const onLinux =
  process.arch === 'x64'
    ? onlyOn('linux', 'building with a stand-in for AppKit')
    : { skip: 'not demanded: the stand-in for AppKit is for x64' }

test(
  'windows and their views are found, owned and brought to the front; strangers are refused unseen',
  onLinux,
  async t => {
    const folder = await temporaryFolder(t)
    const library = join(folder, 'libappkit.so')
    const program = join(folder, 'appkit')
    // A leak of its own is the stand-in's business.
    await run('c++', [...FLAGS, '-shared', '-fPIC', join(PROGRAMS, 'fake_appkit.cc'), '-o', library])
    const linked = [library, '-ldl', '-pthread', '-o', program]
    await run('c++', [...FLAGS, ...OURS, join(PROGRAMS, 'appkit.cc'), ...SOURCES, ...linked])
    const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=1' }
    const { stdout } = await run(program, [], { timeout: 60_000, env })
    const no = 'INVALID_HANDLE no window of this process has it'
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      'inspect without an application: INVALID_HANDLE this process has no windows',
      'inspect window: 100 300 600 400 a process',
      'inspect content view: 100 300 600 400 a process',
      'inspect inner view: 100 300 600 400 a process',
      `inspect null: ${no}`,
      `inspect small number: ${no}`,
      `inspect all bits: ${no}`,
      `inspect inside an object: ${no}`,
      `inspect closed window: ${no}`,
      `activate view of a closed window: ${no}`,
      `own by a closed window: ${no}`,
      'own by itself: INVALID_HANDLE a window cannot belong to itself',
      'find: UNAVAILABLE macOS lets no program have the windows of another one',
      'own by a view: done [child setFrameOrigin:, parent addChildWindow:ordered:child 1, child makeKeyAndOrderFront:, NSApp activateIgnoringOtherApps:]',
      'inspect owned: 300 450 200 100 a process',
      'release it: done [parent removeChildWindow:child, parent makeKeyAndOrderFront:, NSApp activateIgnoringOtherApps:]',
      'activate minimised: yes [parent deminiaturize:, parent makeKeyAndOrderFront:, NSApp activateIgnoringOtherApps:]',
      'release a closed one: done [parent makeKeyAndOrderFront:, NSApp activateIgnoringOtherApps:]',
      'activate while the main thread hangs: TIMEOUT the main thread runs no event loop, or does not get to it',
      'inspect when it goes on: 100 300 600 400 a process',
    ])
  },
)
