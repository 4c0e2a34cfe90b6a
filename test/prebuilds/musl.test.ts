/** The binary for Linux with musl in a program of musl's: its real loader and C library, and nothing of Node. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { forLinux } from './support/compile.js'

// The compiler copies no C.
const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const folder = await temporaryFolder(WHOLE_FILE)
const host = join(folder, 'host')

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 })
  return { status, stdout, stderr: `${error ?? stderr}` }
}

const flags = ['-Wall', '-Wextra', '-Wno-unused-parameter', '-Werror', '-rdynamic']
const compiled = run('musl-gcc', ...flags, '-o', host, path('test/prebuilds/programs/musl_host.c'))
assert.equal(compiled.status, 0, compiled.stderr)

test('every function that it needs is there, and it tells Node what it can do', () => {
  const loaded = run(host, path('prebuilds/linux-x64/latchkey.musl.node'))
  assert.deepEqual(loaded, {
    status: 0,
    stdout: 'Node-API 8\nboundaryVersion\nfileLock\nnegotiate\nparentWindow\nsecretStore\n',
    stderr: '',
  })
})

test('a library that needs a function of glibc alone is refused', () => {
  const file = join(folder, 'glibc.node')
  writeFileSync(file, forLinux('extern "C" int gnu_get_libc_version(); int (*function)() = gnu_get_libc_version;'))
  const { status, stderr } = run(host, file)
  assert.equal(status, 1)
  assert.match(stderr, /gnu_get_libc_version: symbol not found/)
})
