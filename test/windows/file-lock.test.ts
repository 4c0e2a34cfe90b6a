/** The addon's file lock on Windows: share modes decide who has it, and the file goes away with its owner. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { fileLock, LOADER } from '../native/support.js'
import { temporaryFolder } from '../support/machine.js'
import { Program } from '../support/program.js'

async function lockFile(t: TestContext): Promise<string> {
  return join(await temporaryFolder(t), 'cache.lockfile')
}

/** Another process that takes the lock, says so, and keeps it until it is told to let go or is killed. */
async function otherHolder(t: TestContext, path: string): Promise<Program> {
  const program = Program.script(
    t,
    `import { loadNativeAddon } from ${JSON.stringify(LOADER)}
    import { once } from 'node:events'
    const { handle } = await loadNativeAddon().fileLock.tryAcquire(${JSON.stringify(path)}, process.pid + ' other', '')
    console.log(handle ? 'held' : 'refused')
    await once(process.stdin, 'data')
    await handle.release()
    console.log('released')
    process.exit()`,
  )
  assert.equal(await program.line(), 'held')
  return program
}

describe('tryAcquire', () => {
  test('creates the file, and release removes it', async t => {
    const path = await lockFile(t)
    const { handle } = await fileLock.tryAcquire(path, '4711 me', '')
    assert.equal(existsSync(path), true)
    await handle?.release()
    assert.equal(existsSync(path), false)
    await handle?.release()
  })

  test('answers who is in the way, in the same process too', async t => {
    const path = await lockFile(t)
    const { handle } = await fileLock.tryAcquire(path, `${process.pid} me`, '')
    const refused = await fileLock.tryAcquire(path, 'other', '')
    assert.deepEqual(refused, { heldBySystem: true, owner: `${process.pid} me`, fingerprint: '' })
    await handle?.release()
    const { handle: taken } = await fileLock.tryAcquire(path, 'other', '')
    assert(taken !== undefined)
    await taken.release()
  })

  test('answers who is in the way in another process, and takes the lock when that has let go', async t => {
    const path = await lockFile(t)
    const other = await otherHolder(t, path)
    const refused = await fileLock.tryAcquire(path, 'me', '')
    assert(refused.handle === undefined)
    assert.equal(refused.owner, `${other.pid} other`)
    other.send('release')
    assert.equal(await other.line(), 'released')
    await other.ended()
    const { handle } = await fileLock.tryAcquire(path, 'me', '')
    assert(handle !== undefined)
    await handle.release()
  })

  test('finds the file gone after a crash of its owner', async t => {
    const path = await lockFile(t)
    const other = await otherHolder(t, path)
    await other.kill()
    assert.equal(existsSync(path), false)
    const { handle } = await fileLock.tryAcquire(path, 'me', '')
    assert(handle !== undefined)
    await handle.release()
  })

  test('takes at once a file that nobody has open, whatever it says', async t => {
    const path = await lockFile(t)
    await writeFile(path, `${process.pid} ${'x'.repeat(100_000)}`)
    const { handle } = await fileLock.tryAcquire(path, 'me', '')
    assert(handle !== undefined)
    await handle.release()
    assert.equal(existsSync(path), false)
  })

  test('leaves alone a file that somebody else has open for writing, and reads no more of it than a line', async t => {
    const path = await lockFile(t)
    const file = await open(path, 'w')
    await file.write(`${process.pid} ${'x'.repeat(100_000)}`)
    const refused = await fileLock.tryAcquire(path, 'me', '')
    await file.close()
    assert(refused.handle === undefined)
    assert.equal(refused.heldBySystem, true)
    assert.equal(refused.owner.length, 256)
    assert.equal((await readFile(path, 'utf8')).length, 100_001 + String(process.pid).length)
  })

  test('takes names beyond ASCII', async t => {
    const folder = join(await temporaryFolder(t), 'Jürgen 日本 𝄞')
    await mkdir(folder)
    const path = join(folder, 'lock')
    const { handle } = await fileLock.tryAcquire(path, 'me', '')
    assert.equal(existsSync(path), true)
    await handle?.release()
    await rm(folder, { recursive: true })
  })
})

describe('failures', () => {
  test('carry the code, the call, and the number and text of Windows', async t => {
    const path = join(await temporaryFolder(t), 'missing', 'cache.lockfile')
    await assert.rejects(fileLock.tryAcquire(path, 'me', ''), {
      name: 'Error',
      code: 'NOT_FOUND',
      call: 'CreateFileW',
      status: 3,
      minorStatus: 0,
      message: /^CreateFileW: \S+/,
    })
  })

  test('say DENIED for a folder', async t => {
    const folder = await temporaryFolder(t)
    await assert.rejects(fileLock.tryAcquire(folder, 'me', ''), { code: 'DENIED', call: 'CreateFileW', status: 5 })
  })

  test('are thrown at once for arguments that TypeScript would not let through', () => {
    const call = fileLock.tryAcquire as (...args: unknown[]) => Promise<unknown>
    for (const args of [[], ['a', 'b', 3], ['a\0b', '', '']]) assert.throws(() => call(...args), TypeError)
  })
})
