/** The unencrypted cache file: what is read again and when, what is refused, and what is said about it. */
import assert from 'node:assert/strict'
import { watch, writeFileSync } from 'node:fs'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createCacheFile } from '#lib/cache/storage/cache-file.js'
import { UNPROTECTED } from '#lib/cache/storage/protection.js'
import { createLogger } from '#lib/logger.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { storageAddon } from '../../fakes/fake-secret-store.js'

async function plainFile(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const log: string[] = []
  const logger = createLogger({ log: (level, message) => log.push(`${level}: ${message}`), logPii: true })
  const file = join(folder, 'made', 'cache')
  const native = storageAddon()
  const cache = createCacheFile({ file, protection: UNPROTECTED, native, clock: SYSTEM_CLOCK, logger })
  const save = (text: string) => cache.withLock(() => cache.save(Buffer.from(text)))
  const load = async () => {
    const found = await cache.load()
    return found && Buffer.from(found).toString()
  }
  /** As the MSALs write: in place, 0600. */
  const putInPlace = async (text: string) => {
    await mkdir(join(folder, 'made'), { recursive: true })
    await writeFile(file, text, { mode: 0o600 })
  }
  return { cache, file, log, save, load, putInPlace, native, logger }
}

const refused = (message: RegExp) => ({ code: 'cache_read_failed', message })

describe('load', () => {
  test('resolves with undefined when there is neither file nor folder', async t => {
    const { cache } = await plainFile(t)
    assert.equal(await cache.load(), undefined)
  })

  test('resolves with what was saved', async t => {
    const { save, load } = await plainFile(t)
    for (const text of ['{"one":1}', '{"two":2}']) {
      await save(text)
      assert.equal(await load(), text)
    }
  })

  test('resolves with the very same array until the contents change, whatever else happens to the file', async t => {
    const { cache, file, save } = await plainFile(t)
    await save('contents')
    const first = await cache.load()
    assert.equal(await cache.load(), first)
    await setTimeout(60)
    assert.equal(await cache.load(), first)
    await utimes(file, 1, 1)
    assert.equal(await cache.load(), first)
    await writeFile(`${file}.new`, 'Contents', { mode: 0o600 })
    await rename(`${file}.new`, file)
    assert.notEqual(await cache.load(), first)
  })

  test('sees a change of the same size within the same tick of the clock', async t => {
    const { file, load, putInPlace } = await plainFile(t)
    await putInPlace('0')
    for (let i = 1; i < 10; i++) {
      await load()
      await writeFile(file, String(i))
      assert.equal(await load(), String(i))
    }
  })

  test('reads a file again while one more write might not show in its status, and then no more', async t => {
    const { file, putInPlace, native, logger } = await plainFile(t)
    let opened = 0
    const open = async (stored: Uint8Array) => {
      opened++
      return stored
    }
    const counting = { ...UNPROTECTED, open }
    const cache = createCacheFile({ file, protection: counting, native, clock: SYSTEM_CLOCK, logger })
    await putInPlace('contents')
    const setTime = (seconds: number) => utimes(file, seconds, Date.now() / 1000 + seconds)
    // Of a time to come, so that it is fresh however long this test takes.
    await setTime(60)
    const first = await cache.load()
    for (let i = 0; i < 3; i++) assert.equal(await cache.load(), first)
    assert.equal(opened, 4)
    await setTime(-60)
    for (let i = 0; i < 3; i++) assert.equal(await cache.load(), first)
    assert.equal(opened, 5)
  })

  test('sees a write of the same size that comes right after its own save', async t => {
    const { file, save, load } = await plainFile(t)
    for (let i = 0; i < 20; i++) {
      await save('a')
      await writeFile(file, 'b')
      assert.equal(await load(), 'b')
    }
  })

  test('sees a write of the same size that comes in the middle of its own save', async t => {
    const { file, save, load } = await plainFile(t)
    await save('a')
    let isSaving = false
    let intruded = 0
    // The first event of the file's own name is the rename; afterwards the folder is flushed and the time set.
    const watcher = watch(join(file, '..'), (_event, name) => {
      if (!isSaving || name !== 'cache') return
      isSaving = false
      intruded++
      writeFileSync(file, 'b')
    })
    t.after(() => watcher.close())
    for (let i = 0; i < 20; i++) {
      isSaving = true
      await save('a')
      const wasInTime = !isSaving
      isSaving = false
      if (wasInTime) assert.equal(await load(), 'b')
      await setTimeout(20)
    }
    assert.ok(intruded > 0)
  })

  test('waits for a writer that has truncated the file and is about to write it', async t => {
    const { load, putInPlace } = await plainFile(t)
    await putInPlace('')
    const loading = load()
    await setTimeout(50)
    await putInPlace('whole')
    assert.equal(await loading, 'whole')
  })

  test('takes a file that stays empty for one that was never written', async t => {
    const { load, putInPlace } = await plainFile(t)
    await putInPlace('')
    assert.equal(await load(), undefined)
  })

  test('rejects, and does not call it empty, when the file is no file', async t => {
    const { cache, file } = await plainFile(t)
    await mkdir(file, { recursive: true })
    await assert.rejects(cache.load(), refused(/regular file/))
  })

  test('rejects a symbolic link', async t => {
    const { cache, file, putInPlace } = await plainFile(t)
    await putInPlace('contents')
    await rename(file, `${file}.target`)
    await symlink(`${file}.target`, file)
    await assert.rejects(cache.load(), refused(/could not be read/))
  })

  test('rejects a file that no token cache can be as large as', async t => {
    const { cache, file, putInPlace } = await plainFile(t)
    await putInPlace('')
    await truncate(file, (64 << 20) + 1)
    await assert.rejects(cache.load(), refused(/larger than 64 MB/))
  })

  test('takes reading away from other users, and says so', async t => {
    const { file, log, load, putInPlace } = await plainFile(t)
    await putInPlace('contents')
    await chmod(file, 0o644)
    assert.equal(await load(), 'contents')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    const warnings = () => log.filter(line => line.includes('other users'))
    assert.equal(warnings().length, 1)
    await load()
    assert.equal(warnings().length, 1)
  })
})

describe('save and delete', () => {
  test('save and remove outside of the lock are refused', async t => {
    const { cache, load } = await plainFile(t)
    const refused = { code: 'cache_write_failed', message: /outside withLock/ }
    await assert.rejects(cache.save(Buffer.from('x')), refused)
    assert.equal(await load(), undefined)
    await cache.withLock(() => cache.save(Buffer.from('x')))
    await assert.rejects(cache.remove(), refused)
    assert.equal(await load(), 'x')
    await cache.withLock(() => cache.remove())
    assert.equal(await load(), undefined)
  })

  test('the first change removes what killed writers have left', async t => {
    const { file, save, native, logger } = await plainFile(t)
    await save('contents')
    const left = join(file, '..', '.cache.0123456789abcdef.tmp')
    await writeFile(left, 'half')
    await utimes(left, 1, 1)
    const other = createCacheFile({ file, protection: UNPROTECTED, native, clock: SYSTEM_CLOCK, logger })
    await other.withLock(() => other.save(Buffer.from('other')))
    assert.deepEqual(await readdir(join(file, '..')), ['cache'])
  })

  test('save refuses more than load would take', async t => {
    const { cache } = await plainFile(t)
    await assert.rejects(
      cache.withLock(() => cache.save(new Uint8Array((64 << 20) + 1))),
      { code: 'cache_write_failed', message: /larger than 64 MB/ },
    )
  })

  test('delete removes the file, and may be repeated', async t => {
    const { cache, load, save } = await plainFile(t)
    await save('contents')
    await cache.delete()
    assert.equal(await load(), undefined)
    await cache.delete()
  })

  test('delete waits for whoever is changing the file, whose save would undo it', async t => {
    const { cache, load } = await plainFile(t)
    const saving = cache.withLock(async () => {
      await setTimeout(50)
      await cache.save(Buffer.from('contents'))
    })
    await setTimeout(10)
    const deleting = cache.delete()
    await Promise.all([saving, deleting])
    assert.equal(await load(), undefined)
  })
})

describe('watch', () => {
  test('does not tell of saves of this process, whenever it looks at the file meanwhile', async t => {
    const { cache, load, save } = await plainFile(t)
    await save('first')
    let told = 0
    const stop = cache.watch?.(() => void told++)
    for (let i = 0; i < 30; i++) {
      const saving = save(`number ${i}`)
      for (let isSaving = true; isSaving; await load()) {
        isSaving = await Promise.race([saving.then(() => false), setTimeout(0, true)])
      }
    }
    await setTimeout(100)
    assert.equal(told, 0)
    stop?.()
  })
})

describe('verify', () => {
  test('resolves where a cache can be kept, and leaves neither probe nor lock behind', async t => {
    const { cache, file, save } = await plainFile(t)
    await save('contents')
    await cache.verify()
    assert.deepEqual(await readdir(join(file, '..')), ['cache'])
    assert.equal(await readFile(file, 'utf8'), 'contents')
  })

  test('rejects with the reason where it cannot', async t => {
    const { cache, file } = await plainFile(t)
    await writeFile(join(file, '..'), 'a file in the place of the folder')
    await assert.rejects(cache.verify(), { code: 'cache_write_failed', message: /EEXIST|ENOTDIR/ })
  })
})

describe('the log', () => {
  test('says once that tokens are not encrypted', async t => {
    const { file, log, save, load } = await plainFile(t)
    await save('contents')
    await load()
    assert.deepEqual(
      log.filter(line => line.includes('not encrypted')),
      [`warning: Tokens are kept in a file that is not encrypted: ${file}`],
    )
  })
})
