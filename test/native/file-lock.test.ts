/** The addon's file lock, called directly: what it answers, what its errors carry, and what it does to arguments. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { link, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { NativeFailure } from '#lib/native/contract.js'
import { deadPid, temporaryFolder, withPython } from '../support/machine.js'
import { blockingFiles, fileLock } from './support.js'

async function lockFile(t: TestContext): Promise<string> {
  return join(await temporaryFolder(t), 'cache.lockfile')
}

describe('tryAcquire', () => {
  test('creates the file 0600 with the owner in it, and release removes it', async t => {
    const path = await lockFile(t)
    const { handle } = await fileLock.tryAcquire(path, '4711 me\n', '')
    assert.equal(await readFile(path, 'utf8'), '4711 me\n')
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    await handle?.release()
    assert.equal(existsSync(path), false)
    await handle?.release()
  })

  test('answers who is in the way, in the same process too', async t => {
    const path = await lockFile(t)
    const { handle } = await fileLock.tryAcquire(path, `${process.pid} me\n`, '')
    const refused = await fileLock.tryAcquire(path, 'other', '')
    assert(refused.handle === undefined)
    assert.equal(refused.owner, `${process.pid} me\n`)
    assert.equal(refused.heldBySystem, false)
    // Not even the permission to take an abandoned file helps against a lock that is really held.
    const again = await fileLock.tryAcquire(path, 'other', refused.fingerprint)
    assert(again.handle === undefined)
    assert.equal(again.heldBySystem, true)
    await handle?.release()
  })

  test('takes a file of a living process only with its present fingerprint', async t => {
    const path = await lockFile(t)
    await writeFile(path, `${process.pid}`)
    const first = await fileLock.tryAcquire(path, 'me', '')
    assert(first.handle === undefined)
    await writeFile(path, `${process.ppid}   `)
    const second = await fileLock.tryAcquire(path, 'me', first.fingerprint)
    assert(second.handle === undefined)
    assert.notEqual(second.fingerprint, first.fingerprint)
    const third = await fileLock.tryAcquire(path, 'me', second.fingerprint)
    assert.equal(await readFile(path, 'utf8'), 'me')
    await third.handle?.release()
  })

  test('does not take a file that is gone by the time it has been opened', withPython, async t => {
    const folder = await temporaryFolder(t)
    const { paths, release } = await blockingFiles(t, folder, 1, `${deadPid()} crashed`)
    const [path = ''] = paths
    const attempt = fileLock.tryAcquire(path, 'me', '')
    await setTimeout(100)
    await rm(path)
    const other = await fileLock.tryAcquire(path, `${process.pid} other`, '')
    assert(other.handle !== undefined)
    await release()
    assert.equal((await attempt).handle, undefined)
    assert.equal(await readFile(path, 'utf8'), `${process.pid} other`)
    await other.handle.release()
  })

  test('release leaves alone a file that has taken the place of its own', async t => {
    const path = await lockFile(t)
    const { handle } = await fileLock.tryAcquire(path, 'me', '')
    await rename(path, `${path}.moved`)
    await writeFile(path, 'of somebody else')
    await handle?.release()
    assert.equal(await readFile(path, 'utf8'), 'of somebody else')
  })

  test('reads no more of a huge owner text than a line', async t => {
    const path = await lockFile(t)
    await writeFile(path, `${process.pid} ${'x'.repeat(100_000)}`)
    const refused = await fileLock.tryAcquire(path, 'me', '')
    assert(refused.handle === undefined)
    assert.equal(refused.owner.length, 256)
  })
})

describe('failures', () => {
  const rejectsWith = (path: string, expected: Partial<NativeFailure>) =>
    assert.rejects(fileLock.tryAcquire(path, 'me', ''), { ...expected, minorStatus: 0 })

  test('carry the code, the call, and the number and text of the system', async t => {
    const path = join(await temporaryFolder(t), 'missing', 'cache.lockfile')
    const message = 'open: No such file or directory'
    await rejectsWith(path, { name: 'Error', code: 'NOT_FOUND', call: 'open', status: 2, message })
  })

  test('say DENIED for a symbolic link', async t => {
    const path = await lockFile(t)
    await symlink('/etc/hostname', path)
    await rejectsWith(path, { code: 'DENIED', call: 'open', status: 40 })
  })

  test('say DENIED for a file that has another name, and leave it as it is', async t => {
    const path = await lockFile(t)
    const victim = `${path}.victim`
    await writeFile(victim, '')
    await link(victim, path)
    await rejectsWith(path, { code: 'DENIED', call: 'open' })
    assert.equal(await readFile(victim, 'utf8'), '')
  })

  test('say DENIED for a named pipe, and do not wait for its other end', async t => {
    const path = await lockFile(t)
    assert.equal(spawnSync('/usr/bin/mkfifo', [path]).status, 0)
    await rejectsWith(path, { code: 'DENIED', call: 'open', status: 1 })
  })

  test('are thrown at once for arguments that TypeScript would not let through', () => {
    const call = fileLock.tryAcquire as (...args: unknown[]) => Promise<unknown>
    for (const args of [[], ['a', 'b'], ['a', 'b', 3], ['a', 'b', 'c', 'd'], ['a\0b', '', '']]) {
      assert.throws(() => call(...args), TypeError)
    }
  })
})
