/** Saving a file: completely or not at all, for this user alone, and never in another one's place. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { chmod, chown, lstat, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import {
  ensureFolderOf,
  removeFile,
  removeStaleTemporaries,
  writeFileAtomically,
} from '#lib/cache/storage/atomic-file.js'
import { exceptOnWindows, needs, soak, temporaryFolder } from '../support/machine.js'
import { startProgram } from './support.js'

const NOBODY = 65534
const posix = exceptOnWindows('permission bits and user numbers')
const withLinks = exceptOnWindows('symbolic links in Wine')
const asRoot = posix.skip ? posix : needs(process.getuid?.() === 0, 'root, to act as another user and to mount')
const withMount = posix.skip ? posix : needs(canMount(), 'the right to mount a small disk')
const bytes = (text: string) => Buffer.from(text)
const failed = (message: RegExp) => ({ code: 'cache_write_failed', message })

function mountSmallDisk(folder: string): boolean {
  return spawnSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'latchkey', folder]).status === 0
}

function unmount(folder: string): void {
  spawnSync('/usr/bin/umount', [folder])
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  try {
    return mountSmallDisk(folder)
  } finally {
    unmount(folder)
    rmdirSync(folder)
  }
}

describe('writeFileAtomically', () => {
  test('creates the file 0600, and the folders above it 0700', posix, async t => {
    const folder = await temporaryFolder(t)
    const file = join(folder, 'a', 'b', 'cache')
    await ensureFolderOf(file)
    await writeFileAtomically(file, bytes('one'))
    assert.equal(await readFile(file, 'utf8'), 'one')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.equal((await stat(join(folder, 'a'))).mode & 0o777, 0o700)
    assert.equal((await stat(join(folder, 'a', 'b'))).mode & 0o777, 0o700)
  })

  test('replaces a file that others can read by one that they cannot', posix, async t => {
    const file = join(await temporaryFolder(t), 'cache')
    await writeFile(file, 'old', { mode: 0o644 })
    await writeFileAtomically(file, bytes('new'))
    assert.equal((await stat(file)).mode & 0o777, 0o600)
  })

  test('leaves nothing else in the folder', async t => {
    const folder = await temporaryFolder(t)
    for (const text of ['one', 'two']) await writeFileAtomically(join(folder, 'cache'), bytes(text))
    assert.deepEqual(await readdir(folder), ['cache'])
  })

  test('gives the file a time later than any look before the save, which is what MSAL Python goes by', async t => {
    const file = join(await temporaryFolder(t), 'cache')
    for (let i = 0; i < 30; i++) {
      const before = performance.timeOrigin + performance.now()
      await writeFileAtomically(file, bytes('contents'))
      const { mtimeMs } = await stat(file)
      assert(mtimeMs > before, `${before - mtimeMs} ms too early`)
    }
  })

  test('leaves temporary files that removeStaleTemporaries removes once they are older than a minute, and no others', async t => {
    const folder = await temporaryFolder(t)
    const stale = ['.cache.0123456789abcdef.tmp', '.cache.fedcba9876543210.tmp']
    const kept = ['.other.0123456789abcdef.tmp', '.cache.0123.tmp', 'cache.0123456789abcdef.tmp']
    const longAgo = Date.now() / 1000 - 61
    for (const name of [...stale, ...kept]) {
      await writeFile(join(folder, name), '')
      await utimes(join(folder, name), longAgo, longAgo)
    }
    await writeFile(join(folder, '.cache.aaaaaaaaaaaaaaaa.tmp'), 'of a writer at work')
    await removeStaleTemporaries(join(folder, 'cache'))
    assert.deepEqual((await readdir(folder)).sort(), [...kept, '.cache.aaaaaaaaaaaaaaaa.tmp'].sort())
    await removeStaleTemporaries(join(folder, 'nowhere', 'cache'))
  })

  test('refuses a symbolic link and leaves its target alone', withLinks, async t => {
    const folder = await temporaryFolder(t)
    await writeFile(join(folder, 'precious'), 'content')
    await symlink('precious', join(folder, 'cache'))
    await assert.rejects(writeFileAtomically(join(folder, 'cache'), bytes('new')), failed(/symbolic link/))
    assert.equal(await readFile(join(folder, 'precious'), 'utf8'), 'content')
    assert((await lstat(join(folder, 'cache'))).isSymbolicLink())
  })

  test('refuses a folder in the place of the file', async t => {
    const file = join(await temporaryFolder(t), 'cache')
    await mkdir(file)
    await assert.rejects(writeFileAtomically(file, bytes('new')), failed(/not a regular file/))
  })

  test('refuses a file of another user', asRoot, async t => {
    const file = join(await temporaryFolder(t), 'cache')
    await writeFile(file, 'theirs')
    await chown(file, NOBODY, NOBODY)
    await assert.rejects(writeFileAtomically(file, bytes('new')), failed(/belongs to another user/))
    assert.equal(await readFile(file, 'utf8'), 'theirs')
  })

  test('is not called for a folder of another user', asRoot, async t => {
    const folder = await temporaryFolder(t)
    await chown(folder, NOBODY, NOBODY)
    await assert.rejects(ensureFolderOf(join(folder, 'cache')), failed(/belongs to another user/))
  })
})

describe('removeFile', () => {
  test('removes a file, and does nothing when there is none', async t => {
    const file = join(await temporaryFolder(t), 'cache')
    await writeFile(file, '')
    await removeFile(file)
    await assert.rejects(lstat(file), { code: 'ENOENT' })
    await removeFile(file)
  })

  test('says so when it cannot', async t => {
    const file = join(await temporaryFolder(t), 'cache')
    await mkdir(file)
    await assert.rejects(removeFile(file), failed(/could not be saved/))
  })
})

describe('when saving fails', () => {
  test('a process killed at any moment leaves the old contents or the new ones', async t => {
    const file = join(await temporaryFolder(t), 'cache')
    await writeFile(file, Buffer.alloc(200_000, 'a'))
    for (let i = 0; i < soak(300); i++) {
      const writer = startProgram(t, 'save-file', 'loop', file)
      await writer.line()
      await setTimeout(Math.random() * 30)
      await writer.kill()
      const found = await readFile(file)
      assert.equal(found.length, 200_000)
      assert(
        found.every(byte => byte === found[0]),
        'the file is torn',
      )
    }
  })

  test('a folder that may not be written to keeps the old contents', asRoot, async t => {
    const folder = await temporaryFolder(t)
    const file = join(folder, 'cache')
    await writeFile(file, 'old')
    await chown(file, NOBODY, NOBODY)
    await chown(folder, NOBODY, NOBODY)
    await chmod(folder, 0o500)
    const outcome = JSON.parse(await startProgram(t, 'save-file', 'once', file, String(NOBODY)).line())
    assert.equal(outcome.code, 'cache_write_failed')
    assert.equal(outcome.cause, 'EACCES')
    assert.equal(await readFile(file, 'utf8'), 'old')
    await chmod(folder, 0o700)
    const again = JSON.parse(await startProgram(t, 'save-file', 'once', file, String(NOBODY)).line())
    assert.deepEqual(again, { saved: true })
  })

  test('a full disk keeps the old contents, and room given back is enough for the next save', withMount, async t => {
    let folder = ''
    // Before the folder goes away, and after-hooks run in their order.
    t.after(() => unmount(folder))
    folder = await temporaryFolder(t)
    assert(mountSmallDisk(folder))
    const file = join(folder, 'cache')
    await writeFileAtomically(file, Buffer.alloc(300_000, 'a'))
    await writeFile(join(folder, 'filler'), Buffer.alloc(500_000))
    await assert.rejects(writeFileAtomically(file, Buffer.alloc(300_000, 'b')), error => {
      assert(error instanceof Error)
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'ENOSPC')
      return true
    })
    assert.deepEqual(await readFile(file), Buffer.alloc(300_000, 'a'))
    assert.deepEqual((await readdir(folder)).sort(), ['cache', 'filler'])
    await removeFile(join(folder, 'filler'))
    await writeFileAtomically(file, Buffer.alloc(300_000, 'b'))
    assert.deepEqual(await readFile(file), Buffer.alloc(300_000, 'b'))
  })
})
