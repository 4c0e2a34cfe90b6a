/** Folders of a cache: made with what is missing above them, and an error where the system lets nobody make one. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { makeFolders } from '#lib/cache/storage/make-folders.js'
import { temporaryFolder } from '../support/machine.js'

const windows = process.platform === 'win32'

test('makes what is missing, for this user alone, and leaves what is there', async t => {
  const folder = path.join(await temporaryFolder(t), 'a', 'b', 'c')
  makeFolders(folder)
  makeFolders(folder)
  for (const each of [folder, path.dirname(folder)]) {
    const { mode } = await stat(each)
    assert.ok(windows || (mode & 0o777) === 0o700, mode.toString(8))
  }
})

test('a file in the place of a folder is an error, and stays', async t => {
  const file = path.join(await temporaryFolder(t), 'file')
  await writeFile(file, 'kept')
  assert.throws(() => makeFolders(file), { code: 'EEXIST' })
  assert.throws(() => makeFolders(path.join(file, 'below')), /ENOTDIR|ENOENT|EEXIST/)
  assert.equal((await stat(file)).size, 4)
})

test('a cache where nobody can make a folder is an error at once, watched or saved', {
  skip: process.platform !== 'linux' && 'not demanded: /proc is a folder of Linux',
}, () => {
  // In a process of its own: an endless attempt could not be ended otherwise.
  const script = `
    import { createPersistentCache } from 'latchkey'
    const cache = await createPersistentCache({ name: 'c', directory: '/proc/latchkey/x', allowUnencryptedStorage: true })
    cache.watch?.(() => {})
    await cache.withLock(() => cache.save('{}')).catch(({ code }) => console.log(code))
    process.exit()`
  const args = ['--input-type=module', '--eval', script]
  const { stdout, stderr, signal } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 })
  assert.deepEqual([signal, stdout], [null, 'cache_write_failed\n'], stderr)
})
