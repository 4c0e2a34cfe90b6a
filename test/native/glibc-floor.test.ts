/** What prebuilds for Linux have in place of the functions of a newer glibc, in a program that has nothing else. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { onlyOn, temporaryFolder } from '../support/machine.js'
import { ROOT } from './support.js'

const run = promisify(execFile)
const FLAGS = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-O2', '-D_FORTIFY_SOURCE=2', '-fno-exceptions', '-pthread']

test(
  'waits end in time or when they are told, files are found, and secrets are wiped',
  onlyOn('linux', 'glibc'),
  async t => {
    const folder = await temporaryFolder(t)
    const [program, file, link] = ['program', 'file', 'link'].map(name => join(folder, name)) as [
      string,
      string,
      string,
    ]
    await writeFile(file, 'eleven text', { mode: 0o640 })
    await symlink(file, link)
    const sources = ['test/native/programs/glibc_floor.cc', 'native/linux/glibc_floor.cc'].map(name => join(ROOT, name))
    await run('c++', [...FLAGS, ...sources, '-o', program])
    const { stdout } = await run(program, [file, link], { timeout: 60_000 })
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      'a moment: not done, as long',
      'longer than its own waits: not done, as long',
      'the past: not done, as long',
      'for another thread: done, less',
      'lstat: 0 1',
      'fstat: 0 11 640',
      'fstat of nothing: -1',
      'wiped: 1 x',
      'wiping more than there is ends the process: 1',
    ])
    // The program's own are what it has called.
    const { stdout: symbols } = await run('/usr/bin/readelf', ['--wide', '--symbols', program])
    for (const name of ['pthread_cond_clockwait', 'fstat', 'lstat', '__explicit_bzero_chk']) {
      assert.match(symbols, new RegExp(`FUNC +GLOBAL +DEFAULT +\\d+ ${name}\\n`), name)
    }
  },
)
