/** The cache and the file system of Windows: files that others have open, long and foreign paths, and what is in the way. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, mkdir, open, readdir, readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { type CachePersistence, createPersistentCache } from 'latchkey'
import { temporaryFolder } from '../support/machine.js'
import { Program } from '../support/program.js'
import { ALICE, BOB, inPublicCloud, store, tokensOf } from '../unit/cache/support.js'

const TEXT = '{"AccessToken":{}}'
const save = (cache: CachePersistence, text = TEXT) => cache.withLock(() => cache.save(Buffer.from(text)))
const load = async (cache: CachePersistence) => {
  const bytes = await cache.load()
  return bytes && Buffer.from(bytes).toString()
}

async function newCache(t: TestContext) {
  const directory = await temporaryFolder(t)
  const cache = await createPersistentCache({ name: 'own.cache', directory })
  return { directory, file: join(directory, 'own.cache'), cache }
}

describe('a file that another program has open', () => {
  test('is replaced as soon as it is closed, and the reader sees old contents or new ones', async t => {
    const { file, cache } = await newCache(t)
    await save(cache)
    const before = await readFile(file)
    const reader = await open(file, 'r')
    const saving = save(cache, '{}')
    await wait(200)
    assert.ok(before.equals(await reader.readFile()))
    await reader.close()
    await saving
    assert.equal(await load(cache), '{}')
  })

  test('is kept as it was when it is not closed, and nothing else stays behind', async t => {
    const { directory, file, cache } = await newCache(t)
    await save(cache)
    const reader = await open(file, 'r')
    try {
      await assert.rejects(save(cache, '{}'), (error: Error & { code: string }) => {
        assert.equal(error.code, 'cache_write_failed')
        assert.match(String((error.cause as NodeJS.ErrnoException).code), /^(EPERM|EACCES|EBUSY)$/)
        return true
      })
    } finally {
      await reader.close()
    }
    assert.deepEqual(await readdir(directory), ['own.cache'])
    assert.equal(await load(cache), TEXT)
    await save(cache, '{}')
    assert.equal(await load(cache), '{}')
  })

  test('is read while one program saves without pause', async t => {
    const { cache } = await newCache(t)
    const contents = (round: number) => String(round).repeat(20_000)
    await save(cache, contents(0))
    let isSaving = true
    const saving = (async () => {
      for (let round = 1; round < 10; round++) await save(cache, contents(round))
    })().finally(() => {
      isSaving = false
    })
    let reads = 0
    while (isSaving) {
      const text = (await load(cache)) ?? ''
      assert.equal(text, text.charAt(0).repeat(20_000))
      reads++
      // A look at a file that has not changed never waits, and would keep the saving from going on.
      await turn()
    }
    await saving
    assert.ok(reads > 0)
  })
})

describe('paths', () => {
  test('of more than 260 characters', async t => {
    const directory = join(await temporaryFolder(t), ...Array.from({ length: 6 }, (_, i) => `${i}`.repeat(60)))
    assert.ok(directory.length > 360)
    const cache = await createPersistentCache({ name: 'own.cache', directory })
    await cache.verify()
    let told = 0
    const stop = cache.watch?.(() => told++)
    await save(cache)
    assert.equal(await load(await createPersistentCache({ name: 'own.cache', directory })), TEXT)
    assert.deepEqual(await readdir(directory), ['own.cache'])
    stop?.()
    assert.equal(told, 0)
  })

  test('of a user whose name is not ASCII, whose data folder is used when none is given', async t => {
    const local = join(await temporaryFolder(t), 'Jürgen Łukasz 日本 😀', 'AppData', 'Local')
    const script = `
      import { createPersistentCache } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}
      const cache = await createPersistentCache({ name: 'Größe.cache' })
      await cache.withLock(() => cache.save(Buffer.from('{}')))
      await cache.verify()
      console.log(JSON.stringify([cache.location, Buffer.from(await cache.load()).toString()]))`
    const args = ['--input-type=module', '-e', script]
    const program = Program.start(t, process.execPath, args, { ...process.env, LOCALAPPDATA: local })
    const file = join(local, 'latchkey', 'Größe.cache')
    assert.deepEqual(JSON.parse(await program.line()), [file, '{}'])
    await program.ended()
    assert.deepEqual(await readdir(join(local, 'latchkey')), ['Größe.cache'])
  })
})

describe('what is in the way', () => {
  const refusedWrite = { code: 'cache_write_failed' }

  test('a folder in the place of the file is an error for reading and saving, and stays', async t => {
    const { file, cache } = await newCache(t)
    await mkdir(file)
    await assert.rejects(cache.load(), { code: 'cache_read_failed' })
    await assert.rejects(save(cache), refusedWrite)
    assert.deepEqual(await readdir(file), [])
    assert.equal(existsSync(`${file}.lockfile`), false)
    await rmdir(file)
    await save(cache)
    assert.equal(await load(cache), TEXT)
  })

  test('a file that is marked as read-only is read, and not replaced', async t => {
    const { directory, file, cache } = await newCache(t)
    const made = store({ persistence: cache })
    await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
    const before = await readFile(file)
    await chmod(file, 0o444)
    const query = { homeAccountId: ALICE, ...inPublicCloud }
    assert.ok(await made.read(view => view.findRefreshToken(query)))
    await assert.rejects(
      made.update(edit => edit.saveTokens(tokensOf(BOB))),
      { code: 'cache_write_failed', message: /read-only/ },
    )
    assert.ok(before.equals(await readFile(file)))
    assert.deepEqual(await readdir(directory), ['own.cache'])
    // What came is kept in memory all the same.
    assert.ok(await made.read(view => view.findRefreshToken({ ...query, homeAccountId: BOB })))
    await chmod(file, 0o666)
    await made.update(edit => edit.saveTokens(tokensOf(BOB)))
    assert.ok(!before.equals(await readFile(file)))
  })
})
