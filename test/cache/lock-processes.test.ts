/** The lock between processes: nothing is lost, crashes free it, and other programs' ways of locking are respected. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createFileLock } from '#lib/cache/storage/file-lock.js'
import { loadNativeAddon } from '#lib/native/addon.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { deadPid, exceptOnWindows, soak, temporaryFolder, withPython } from '../support/machine.js'
import { Program } from '../support/program.js'
import { FastClock, startProgram } from './support.js'

const native = loadNativeAddon()
const whereFilesStay = exceptOnWindows('lock file that stays behind: who has it open has the lock')

async function lockFile(t: TestContext): Promise<string> {
  return join(await temporaryFolder(t), 'cache.lockfile')
}

/** True when the lock is to be had within `timeoutMs`. */
async function canLock(path: string, timeoutMs: number): Promise<boolean> {
  const lock = createFileLock({ path, native, clock: SYSTEM_CLOCK, timeoutMs })
  return lock
    .withLock(async () => true)
    .catch(error => {
      assert.equal(error.code, 'cache_lock_timeout')
      return false
    })
}

describe('between processes', () => {
  for (const [when, litter] of [
    ['', ''],
    [' while crashed processes leave their lock files behind', `${deadPid()} node`],
  ] as const) {
    test(`no increment of a shared counter is lost${when}`, async t => {
      const path = await lockFile(t)
      const file = join(path, '..', 'counter')
      await writeFile(file, '0')
      const [processes, times] = [6, soak(1000)]
      const programs = Array.from({ length: processes }, () =>
        startProgram(t, 'use-lock', 'count', path, file, String(times), litter),
      )
      for (const program of programs) assert.equal(await program.line(), 'counted')
      assert.equal(await readFile(file, 'utf8'), String(processes * times))
    })
  }

  test('processes that fight for it without pause are never in it together', async t => {
    const path = await lockFile(t)
    const litter = `${deadPid()} node`
    const programs = Array.from({ length: 4 }, () =>
      startProgram(t, 'contend', path, String(Math.max(3, soak(30))), litter),
    )
    const outcomes = await Promise.all(programs.map(async program => JSON.parse(await program.line())))
    assert(outcomes.every(({ had }) => had > 0))
    assert.equal(
      outcomes.reduce((sum, { met }) => sum + met, 0),
      0,
    )
    t.diagnostic(`taken ${outcomes.reduce((sum, { had }) => sum + had, 0)} times`)
  })

  test('a holder that is killed frees the lock at once', async t => {
    const path = await lockFile(t)
    for (let i = 0; i < soak(30); i++) {
      const holder = startProgram(t, 'use-lock', 'hold', path)
      assert.equal(await holder.line(), 'held')
      assert.equal(await canLock(path, 50), false)
      await holder.kill()
      // Windows has removed it.
      assert.equal(existsSync(path), process.platform !== 'win32')
      assert.equal(await canLock(path, 3_000), true)
    }
  })

  test('whoever waits gets the lock when the holder lets go', async t => {
    const path = await lockFile(t)
    const holder = startProgram(t, 'use-lock', 'hold', path)
    assert.equal(await holder.line(), 'held')
    const waiting = canLock(path, 20_000)
    holder.send('release')
    assert.equal(await holder.line(), 'released')
    assert.equal(await waiting, true)
    await holder.ended()
  })
})

describe('a lock file that nobody holds', () => {
  for (const [writer, text] of [
    ['this library', `${deadPid()} node\n`],
    ['MSAL.NET', `\ufeff${deadPid()} dotnet\r\n`],
    ['msal-node', `${deadPid()}`],
  ] as const) {
    test(`of a dead process is taken at once (text of ${writer})`, async t => {
      const path = await lockFile(t)
      await writeFile(path, text)
      assert.equal(await canLock(path, 3_000), true)
      assert.equal(existsSync(path), false)
    })
  }

  // This test's own process is alive and, as far as its file tells, could be msal-node.
  for (const [whose, text, afterMs] of [
    ['a living process', `${process.pid}`, 10_000],
    ['nobody, since it is empty', '', 2_000],
  ] as const) {
    test(`of ${whose} is taken after ${afterMs} ms, not before`, whereFilesStay, async t => {
      const path = await lockFile(t)
      await writeFile(path, text)
      const clock = new FastClock()
      const started = clock.now()
      const lock = createFileLock({ path, native, clock })
      const waitedMs = await lock.withLock(async () => clock.now() - started)
      assert(waitedMs >= afterMs && waitedMs < afterMs + 500, `waited ${waitedMs} ms`)
    })
  }

  test('is left alone as long as its living owner goes on writing new ones', whereFilesStay, async t => {
    const path = await lockFile(t)
    let rounds = 0
    const clock = new FastClock()
    const renewing = {
      now: () => clock.now(),
      sleep: async (ms: number, signal?: AbortSignal) => {
        await writeFile(path, `${process.pid} ${++rounds}`)
        await clock.sleep(ms, signal)
      },
    }
    await writeFile(path, `${process.pid}`)
    const lock = createFileLock({ path, native, clock: renewing, timeoutMs: 30_000 })
    await assert.rejects(
      lock.withLock(async () => {}),
      { code: 'cache_lock_timeout' },
    )
  })
})

// The text names a dead process, so that nothing but the operating system's lock stands in the way.
const HOLD_WITH_PYTHON = `
import fcntl, os, sys
how, path, text = sys.argv[1:4]
file = open(path, 'w')
file.write(text); file.flush()
if how == 'flock': fcntl.flock(file, fcntl.LOCK_EX)
else: fcntl.lockf(file, fcntl.LOCK_EX)
print('held', flush=True)
sys.stdin.readline()
`

describe('locks of other programs', withPython, () => {
  for (const [how, who] of [
    ['flock', '.NET and Python'],
    ['lockf', 'Java'],
  ] as const) {
    test(`${how}, as ${who} take it, is respected for as long as it is held`, async t => {
      const path = await lockFile(t)
      const holder = Program.python(t, HOLD_WITH_PYTHON, how, path, `${deadPid()} other`)
      assert.equal(await holder.line(), 'held')
      assert.equal(await canLock(path, 100), false)
      const clock = new FastClock()
      const patient = createFileLock({ path, native, clock, timeoutMs: 45_000 })
      await assert.rejects(
        patient.withLock(async () => {}),
        { code: 'cache_lock_timeout' },
      )
      await holder.kill()
      assert.equal(await canLock(path, 3_000), true)
    })

    test(`${how} by another program fails while we hold the lock`, async t => {
      const path = await lockFile(t)
      const lock = createFileLock({ path, native, clock: SYSTEM_CLOCK })
      await lock.withLock(async () => {
        const call = how === 'flock' ? 'fcntl.flock' : 'fcntl.lockf'
        const script = `import fcntl, sys\n${call}(open(sys.argv[1], 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)`
        const tried = spawnSync('/usr/bin/python3', ['-c', script, path], { encoding: 'utf8' })
        assert.match(tried.stderr, /BlockingIOError/)
      })
    })
  }
})
