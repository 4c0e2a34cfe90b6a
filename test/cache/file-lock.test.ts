/** The lock within one process: order, waiting, giving up, and what it refuses. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createFileLock } from '#lib/cache/storage/file-lock.js'
import { ClientError } from '#lib/errors.js'
import { loadNativeAddon } from '#lib/native/addon.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { addonWith } from '../fakes/fake-addon.js'
import { exceptOnWindows, temporaryFolder } from '../support/machine.js'

const native = loadNativeAddon()
const withLinks = exceptOnWindows('symbolic links in Wine')

/** The lock file, and two locks on it as two parts of one process would have them. */
async function twoLocks(t: Parameters<typeof temporaryFolder>[0], timeoutMs = 60_000) {
  const path = join(await temporaryFolder(t), 'cache.lockfile')
  const create = () => createFileLock({ path, native, clock: SYSTEM_CLOCK, timeoutMs })
  return { path, one: create(), other: create() }
}

/** Lets go of a lock when told to. */
function gate() {
  let open = () => {}
  const passed = new Promise<void>(resolve => {
    open = resolve
  })
  return { open: () => open(), passed }
}

describe('withLock', () => {
  test('resolves with what the work resolves with, and removes the lock file', async t => {
    const { path, one } = await twoLocks(t)
    const seen = await one.withLock(async () => readFile(path, 'utf8'))
    assert.match(seen, new RegExp(`^${process.pid} node`))
    assert.equal(existsSync(path), false)
  })

  test('rejects with the error of the work, and lets the next one in', async t => {
    const { path, one } = await twoLocks(t)
    const failure = new Error('of the caller')
    await assert.rejects(
      one.withLock(() => Promise.reject(failure)),
      error => error === failure,
    )
    assert.equal(existsSync(path), false)
    assert.equal(await one.withLock(async () => 'next'), 'next')
  })

  test('lets callers of one process in one at a time, in their order', async t => {
    const { one } = await twoLocks(t)
    const order: string[] = []
    const work = (name: number) => async () => {
      order.push(`in ${name}`)
      await setTimeout(1)
      order.push(`out ${name}`)
    }
    await Promise.all([1, 2, 3, 4].map(name => one.withLock(work(name))))
    assert.deepEqual(
      order,
      [1, 2, 3, 4].flatMap(name => [`in ${name}`, `out ${name}`]),
    )
  })

  test('excludes a second lock on the same file in the same process', async t => {
    const { one, other } = await twoLocks(t)
    let inside = 0
    const work = async () => {
      assert.equal(++inside, 1)
      await setTimeout(1)
      inside--
    }
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).withLock(work)))
  })
})

describe('giving up', () => {
  test('times out with the process that holds the lock', async t => {
    const { one, other } = await twoLocks(t, 80)
    const { open, passed } = gate()
    const holding = one.withLock(() => passed)
    await assert.rejects(
      other.withLock(async () => {}),
      (error: ClientError) => {
        assert(error instanceof ClientError)
        assert.equal(error.code, 'cache_lock_timeout')
        assert.match(error.message, new RegExp(`process ${process.pid} \\(node`))
        return true
      },
    )
    open()
    await holding
  })

  test('times out in the queue of its own process too', async t => {
    const { one } = await twoLocks(t, 80)
    const { open, passed } = gate()
    const holding = one.withLock(() => passed)
    await assert.rejects(
      one.withLock(async () => {}),
      { code: 'cache_lock_timeout', message: /another caller in this process/ },
    )
    open()
    await holding
  })

  test('rejects with the reason of a signal, before, in the queue and while waiting for another lock', async t => {
    const { one, other } = await twoLocks(t)
    const reason = new Error('the user left')
    const isReason = (error: unknown) => error === reason
    const never = async () => assert.fail('the work ran')
    await assert.rejects(one.withLock(never, AbortSignal.abort(reason)), isReason)

    const { open, passed } = gate()
    const holding = one.withLock(() => passed)
    const controller = new AbortController()
    const queued = assert.rejects(one.withLock(never, controller.signal), isReason)
    const waiting = assert.rejects(other.withLock(never, controller.signal), isReason)
    await setTimeout(20)
    controller.abort(reason)
    await Promise.all([queued, waiting])
    open()
    await holding
  })

  test('one that gives up in the queue does not let those behind it in early', async t => {
    const { one } = await twoLocks(t)
    const { open, passed } = gate()
    let isHeld = true
    const holding = one.withLock(async () => {
      await passed
      isHeld = false
    })
    const controller = new AbortController()
    const second = one.withLock(async () => {}, controller.signal).catch(() => 'gave up')
    const third = one.withLock(async () => isHeld)
    controller.abort()
    assert.equal(await second, 'gave up')
    await setTimeout(20)
    open()
    await holding
    assert.equal(await third, false)
  })
})

describe('what it refuses', () => {
  const failed = (message: RegExp) => ({ code: 'cache_write_failed', message })

  test('a symbolic link in the place of the lock file, whose target stays as it is', withLinks, async t => {
    const { path, one } = await twoLocks(t)
    const target = join(path, '..', 'precious')
    await writeFile(target, 'content')
    await symlink(target, path)
    await assert.rejects(
      one.withLock(async () => {}),
      failed(/symbolic links|ELOOP/i),
    )
    assert.equal(await readFile(target, 'utf8'), 'content')
  })

  test('a folder in the place of the lock file', async t => {
    const { path, one } = await twoLocks(t)
    await mkdir(path)
    await assert.rejects(
      one.withLock(async () => {}),
      failed(/directory|CreateFileW: /i),
    )
  })

  test('a folder that does not exist', async t => {
    const path = join(await temporaryFolder(t), 'missing', 'cache.lockfile')
    const lock = createFileLock({ path, native, clock: SYSTEM_CLOCK })
    await assert.rejects(
      lock.withLock(async () => {}),
      failed(/No such file|CreateFileW: /),
    )
  })

  test('to work without the native addon', async t => {
    const path = join(await temporaryFolder(t), 'cache.lockfile')
    const lock = createFileLock({
      path,
      native: addonWith({ loadError: new Error('left out') }),
      clock: SYSTEM_CLOCK,
    })
    await assert.rejects(
      lock.withLock(async () => {}),
      { code: 'native_unavailable', message: /left out/ },
    )
  })
})
