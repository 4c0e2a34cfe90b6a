/** An encrypted cache file that cannot be opened: damaged, or with a key that is gone. A new sign-in sets it aside, still encrypted. */
import assert from 'node:assert/strict'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { CacheView } from '#lib/cache/cache-view.js'
import { temporaryFolder } from '../support/machine.js'
import { ALICE, BOB, inPublicCloud, tokensOf } from '../unit/cache/support.js'
import { persistenceOf, storeOn } from './kill-support.js'

const homesOf = (view: CacheView) => view.accounts(inPublicCloud).map(({ homeAccountId }) => homeAccountId)

async function encrypted(t: TestContext) {
  const folder = await temporaryFolder(t)
  const [file, keyFile] = [join(folder, 'cache'), join(await temporaryFolder(t), 'key')]
  const open = () => storeOn(persistenceOf('encrypted', file, keyFile))
  const save = (home: string, isNewSignIn = true) =>
    open().update(edit => edit.saveTokens(tokensOf(home)), { isNewSignIn })
  await save(ALICE)
  const copies = async () => (await readdir(folder)).filter(name => name.endsWith('.unreadable'))
  return { folder, file, keyFile, open, save, copies }
}

test('a damaged one is set aside by a new sign-in, byte for byte, and by nobody else', async t => {
  const { folder, file, open, save, copies } = await encrypted(t)
  const damaged = await readFile(file)
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1
  await writeFile(file, damaged)
  const code = 'cache_decryption_failed'
  const store = open()
  await assert.rejects(async () => store.read(homesOf), { code })
  // Known by now.
  const before = performance.now()
  await assert.rejects(async () => store.read(homesOf), { code })
  assert(performance.now() - before < 1_000)
  await assert.rejects(save(BOB, false), { code })
  assert.deepEqual([await readFile(file), await copies()], [damaged, []])

  await save(BOB)
  const [copy = '', ...more] = await copies()
  assert.deepEqual(more, [])
  assert.deepEqual(await readFile(join(folder, copy)), damaged)
  assert.deepEqual(await open().read(homesOf), [BOB])
})

test('what is no cache, or a damaged one, is not replaced by whoever saves without looking, until it was set aside', async t => {
  const { file, keyFile, copies } = await encrypted(t)
  const damaged = await readFile(file)
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1
  for (const contents of [damaged, Buffer.from('a letter to Alice')]) {
    await writeFile(file, contents)
    const persistence = persistenceOf('encrypted', file, keyFile)
    const save = () => persistence.withLock(() => persistence.save(Buffer.from('{}')))
    const before = (await copies()).length
    for (let i = 0; i < 2; i++) await assert.rejects(save(), { code: 'cache_decryption_failed' })
    assert.deepEqual([await readFile(file), (await copies()).length], [contents, before])

    const later = async () => {
      await persistence.setAside?.()
      await persistence.save(Buffer.from('{}'))
    }
    await persistence.withLock(later)
    assert.equal((await copies()).length, before + 1)
    assert.deepEqual(await persistence.load(), Buffer.from('{}'))
  }
})

test('one whose key is lost is set aside, and opens again with its key', async t => {
  const { folder, file, keyFile, open, save, copies } = await encrypted(t)
  await rename(keyFile, `${keyFile}.lost`)
  const code = 'cache_key_lost'
  await assert.rejects(async () => open().read(homesOf), { code })
  await assert.rejects(save(BOB, false), { code })
  assert.deepEqual(await copies(), [])

  await save(BOB)
  assert.deepEqual(await open().read(homesOf), [BOB])
  const [copy = ''] = await copies()
  await rm(file)
  await rename(join(folder, copy), file)
  await rename(`${keyFile}.lost`, keyFile)
  assert.deepEqual(await open().read(homesOf), [ALICE])
})

test('a key that comes back is used, although its file was given up', async t => {
  const { keyFile, open } = await encrypted(t)
  await rename(keyFile, `${keyFile}.lost`)
  const store = open()
  await assert.rejects(async () => store.read(homesOf), { code: 'cache_key_lost' })
  await rename(`${keyFile}.lost`, keyFile)
  assert.deepEqual(await store.read(homesOf), [ALICE])
})
