/** The cache in two files, one for MSAL and one for ADAL: shared, locked, and what becomes of files that cannot be read. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createDualFileCache, createPersistentCache, LogLevel } from 'latchkey'
import { parseAdalBlob } from '#lib/cache/adal-blob.js'
import type { CacheView } from '#lib/cache/cache-view.js'
import { temporaryFolder, until } from '../support/machine.js'
import { ALICE, BOB, fixture, inPublicCloud, store, TENANT, tokensOf } from '../unit/cache/support.js'

const countOf = (view: CacheView): number => view.accounts(inPublicCloud).length
const adalAuthority = `https://login.windows.net/${TENANT}/`
const homeOf = (index: number) => `${String(index).padStart(8, '0')}-0000-4000-8000-000000000000.${TENANT}`

async function files(t: TestContext) {
  const folder = join(await temporaryFolder(t), 'new')
  const msalFile = join(folder, 'unifiedCache.bin')
  const adalV3File = join(folder, 'cacheAdalV3.bin')
  /** An application of another process, as far as the files can tell. */
  const open = async (options: { adalV3File?: string | null } = {}) => {
    const plugin = await createDualFileCache({ msalFile, adalV3File, encrypt: false, ...options })
    const made = store({ plugin })
    return {
      made,
      plugin,
      save: (home: string) => made.update(edit => edit.saveTokens(tokensOf(home, { adalAuthority }))),
      remove: (home: string) => made.update(edit => edit.removeAccount({ homeAccountId: home, ...inPublicCloud })),
    }
  }
  return { folder, msalFile, adalV3File, open }
}

describe('createDualFileCache', () => {
  test('refuses what are not two paths', async () => {
    for (const options of [
      {},
      { msalFile: '' },
      { msalFile: 5 },
      { msalFile: 'a', adalV3File: './a' },
      { msalFile: 'a', adalV3File: 5 },
    ]) {
      await assert.rejects(createDualFileCache({ encrypt: false, ...options } as never), {
        code: 'invalid_configuration',
      })
    }
    await assert.rejects(createDualFileCache({ msalFile: 'a', encrypt: 'no' as never }), {
      code: 'invalid_configuration',
    })
  })

  test('warns that nothing is encrypted', async t => {
    const { msalFile } = await files(t)
    const levels: LogLevel[] = []
    await createDualFileCache({ msalFile, encrypt: false, logger: { log: level => void levels.push(level) } })
    assert.deepEqual(levels, [LogLevel.Warning])
  })

  test('keeps both formats for the next process, readable for the user alone', async t => {
    const { msalFile, adalV3File, open } = await files(t)
    const [one, two] = [await open(), await open()]
    await one.save(ALICE)
    await two.save(BOB)
    assert.equal(await one.made.read(countOf), 2)
    const msal = JSON.parse(await readFile(msalFile, 'utf8'))
    assert.equal(Object.keys(msal.RefreshToken).length, 2)
    const adal = parseAdalBlob(await readFile(adalV3File))
    assert.deepEqual(
      adal.map(({ fields }) => fields.homeAccountId),
      [ALICE, BOB],
    )
    for (const file of [msalFile, adalV3File]) assert.equal((await stat(file)).mode & 0o777, 0o600)
  })

  test('has what one process removed gone in the other, and removes the file for ADAL with its last entry', async t => {
    const { folder, adalV3File, open } = await files(t)
    const [one, two] = [await open(), await open()]
    await one.save(ALICE)
    assert.equal(await two.made.read(countOf), 1)
    await one.remove(ALICE)
    assert.ok(!existsSync(adalV3File))
    await two.save(BOB)
    assert.equal(await one.made.read(countOf), 1)
    await two.remove(BOB)
    assert.deepEqual(await readdir(folder), ['unifiedCache.bin'])
  })

  for (const none of [null, '', '  ', undefined]) {
    test(`keeps nothing for ADAL without a file for it (${JSON.stringify(none)})`, async t => {
      const { folder, open } = await files(t)
      const { save } = await open({ adalV3File: none as string | null })
      await save(ALICE)
      assert.deepEqual(await readdir(folder), ['unifiedCache.bin'])
    })
  }

  test('reads a file of MSAL.NET 2, which becomes one of MSAL 3 with the next change', async t => {
    const { folder, msalFile, open } = await files(t)
    await mkdir(folder)
    await writeFile(msalFile, fixture('msal.net-4.92-msalv2.json'), { mode: 0o600 })
    const { made, save } = await open()
    const read = await made.read(view => view.accounts(inPublicCloud).map(({ homeAccountId }) => homeAccountId))
    assert.deepEqual(read, [ALICE])
    assert.ok((await readFile(msalFile, 'utf8')).startsWith('['))
    await save(BOB)
    assert.equal(Object.keys(JSON.parse(await readFile(msalFile, 'utf8')).Account).length, 2)
  })

  test('is silent for the users of a file that ADAL.NET wrote', async t => {
    const { folder, adalV3File, open } = await files(t)
    await mkdir(folder)
    await writeFile(adalV3File, fixture('adal.net-5.3-adalv3.bin'), { mode: 0o600 })
    const { made, save } = await open()
    const query = { homeAccountId: ALICE, ...inPublicCloud }
    assert.equal(await made.read(view => view.findAdalRefreshToken(query)), 'adal-refresh-2')
    await save(BOB)
    const written = parseAdalBlob(await readFile(adalV3File))
    assert.deepEqual(
      written.slice(0, 3).map(({ raw }) => raw),
      parseAdalBlob(fixture('adal.net-5.3-adalv3.bin')).map(({ raw }) => raw),
    )
    assert.equal(written.length, 4)
  })

  for (const name of ['msalFile', 'adalV3File'] as const) {
    test(`rejects and changes nothing while a file is something else (${name}), and keeps the sign-in in memory`, async t => {
      const place = await files(t)
      const { made, save } = await place.open()
      await save(ALICE)
      const before = await readFile(place[name])
      const broken = Buffer.from('{"half')
      await writeFile(place[name], broken)
      await assert.rejects(save(BOB), { code: 'json_parse_failed' })
      await assert.rejects(async () => made.read(countOf), { code: 'json_parse_failed' })
      assert.deepEqual(await readFile(place[name]), broken)
      await writeFile(place[name], before)
      // Read again, since the file has changed: what it says counts.
      assert.ok([1, 2].includes(await made.read(countOf)))
    })

    test(`replaces what a new sign-in has set aside also by what has not changed (${name})`, async t => {
      const place = await files(t)
      const { made, save } = await place.open()
      await save(ALICE)
      await writeFile(place[name], 'half')
      // One that ADAL knows nothing of.
      await made.update(edit => edit.saveTokens(tokensOf(BOB)), { isNewSignIn: true })
      assert.equal(parseAdalBlob(await readFile(place.adalV3File)).length, 1)
      assert.equal(Object.keys(JSON.parse(await readFile(place.msalFile, 'utf8')).Account).length, 2)
    })

    test(`rejects while a file cannot be read (${name})`, async t => {
      const place = await files(t)
      await mkdir(place[name], { recursive: true })
      const { made, save } = await place.open()
      await assert.rejects(async () => made.read(countOf), { code: 'cache_read_failed' })
      await assert.rejects(save(ALICE), { code: 'cache_read_failed' })
      assert.deepEqual(await readdir(place.folder), [
        place[name] === place.msalFile ? 'unifiedCache.bin' : 'cacheAdalV3.bin',
      ])
    })
  }

  test('holds the locks of both files for a change, and of none for a look-up', async t => {
    const { msalFile, adalV3File, open } = await files(t)
    const { made, plugin, save } = await open()
    const locked = () => [msalFile, adalV3File].map(file => existsSync(`${file}.lockfile`))
    const seen: boolean[][] = []
    const after = plugin.afterCacheAccess.bind(plugin)
    plugin.afterCacheAccess = async context => {
      seen.push(locked())
      await after(context)
    }
    await save(ALICE)
    await made.read(countOf)
    assert.deepEqual(seen, [
      [true, true],
      [false, false],
    ])
    assert.deepEqual(locked(), [false, false])
  })

  test('keeps every account of many writers, also beside createPersistentCache on the same file', async t => {
    const { msalFile, open } = await files(t)
    const plain = async () => {
      const persistence = await createPersistentCache({ name: 'x', file: msalFile, allowUnencryptedStorage: true })
      const made = store({ persistence })
      return { made, save: (home: string) => made.update(edit => edit.saveTokens(tokensOf(home))) }
    }
    const writers = await Promise.all([open(), open(), plain(), open({ adalV3File: null }), plain()])
    await Promise.all(Array.from({ length: 50 }, (_, index) => writers[index % writers.length]?.save(homeOf(index))))
    for (const { made } of writers) assert.equal(await made.read(countOf), 50)
  })

  test('keeps in memory what could not be saved, and saves it with the next change', async t => {
    const { open } = await files(t)
    // Without ADAL's entries, which would name the user too.
    const { made, plugin, save } = await open({ adalV3File: null })
    const after = plugin.afterCacheAccess.bind(plugin)
    const full = new Error('ENOSPC')
    plugin.afterCacheAccess = () => Promise.reject(full)
    await assert.rejects(save(ALICE), thrown => thrown === full)
    plugin.afterCacheAccess = after
    assert.equal(await made.read(countOf), 1)
    await save(BOB)
    assert.equal(await (await open({ adalV3File: null })).made.read(countOf), 2)
  })

  test('tells when another process has saved', async t => {
    const { open } = await files(t)
    const [one, two] = [await open(), await open()]
    await one.save(ALICE)
    await one.made.read(countOf)
    let changes = 0
    const count = () => void changes++
    one.made.tokenCache.on('changed', count)
    t.after(() => one.made.tokenCache.off('changed', count))
    await two.save(BOB)
    await until(() => changes > 0)
  })
})
