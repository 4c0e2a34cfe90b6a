/** The code for macOS's Keychain, compiled here and run over a stand-in for Apple's frameworks under AddressSanitizer. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { onlyOn, temporaryFolder } from '../support/machine.js'
import { ROOT } from './support.js'

const run = promisify(execFile)
const PROGRAMS = join(ROOT, 'test', 'native', 'programs')
const SOURCES = [
  'macos/errors_keychain.cc',
  'macos/keychain_library.cc',
  'macos/secret_store_keychain.cc',
  'posix/wipe_posix.cc',
].map(name => join(ROOT, 'native', name))
const FLAGS = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-g', '-fsanitize=address,undefined']
const OURS = ['-Wconversion', '-fno-exceptions', '-fno-sanitize-recover']

const onLinux = onlyOn('linux', 'building with a stand-in for Apple’s frameworks')

test('secrets are added, found, changed and deleted; failures have their codes; nothing is left', onLinux, async t => {
  const folder = await temporaryFolder(t)
  const library = join(folder, 'libkeychain.so')
  const program = join(folder, 'keychain')
  await run('c++', [...FLAGS, '-shared', '-fPIC', join(PROGRAMS, 'fake_keychain.cc'), '-o', library])
  const define = `-DLATCHKEY_KEYCHAIN_LIBRARY="${library}"`
  const linked = [library, '-ldl', '-pthread', '-o', program]
  await run('c++', [...FLAGS, ...OURS, define, join(PROGRAMS, 'keychain.cc'), ...SOURCES, ...linked])
  const { stdout } = await run(program, [], { timeout: 60_000 })
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    'get: absent',
    'delete: absent',
    'set: done',
    'get: [first]',
    'set: done',
    'get: [second]',
    'label: a label',
    'get: absent',
    'get: absent',
    'set: done',
    'get: []',
    'delete: deleted',
    'get: absent',
    'set: done',
    'get: [quick]',
    'get: LOCKED SecItemCopyMatching -25308 text of -25308',
    'get: LOCKED SecItemCopyMatching -25315 text of -25315',
    ...[-128, -61, -25243, -25292, -25293, -34018].map(
      status => `get: DENIED SecItemCopyMatching ${status} text of ${status}`,
    ),
    ...[-25294, -25295, -25307].map(status => `get: NO_COLLECTION SecItemCopyMatching ${status} text of ${status}`),
    'get: UNAVAILABLE SecItemCopyMatching -4 text of -4',
    'get: UNAVAILABLE SecItemCopyMatching -25291 text of -25291',
    'get: FAILED SecItemCopyMatching -25299 text of -25299',
    'get: FAILED SecItemCopyMatching -67671 text of -67671',
    'get: FAILED SecItemCopyMatching -1 OSStatus -1',
    'set: LOCKED SecItemUpdate -25308 text of -25308',
    'set: NO_COLLECTION SecItemAdd -25307 text of -25307',
    'delete: DENIED SecItemDelete -128 text of -128',
    'live: 0',
  ])
})
