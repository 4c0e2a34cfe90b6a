/** createPersistentCache and createDualFileCache on Windows: what is in the file, what is read from it, and what is refused. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createDualFileCache, createPersistentCache } from 'latchkey'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import { startProgram } from '../cache/support.js'
import { temporaryFolder } from '../support/machine.js'
import { ALICE, BOB, fixture, inPublicCloud, store, tokensOf } from '../unit/cache/support.js'

const dataProtection = requireCapability(loadNativeAddon(), 'dataProtection')
const NO_ENTROPY = new Uint8Array()
const TEXT = '{"AccessToken":{},"mine":"Zoë"}'

/** A cache in a folder of its own, and its file. */
async function newCache(t: TestContext, options: { allowUnencryptedStorage?: boolean } = {}) {
  const directory = await temporaryFolder(t)
  const open = () => createPersistentCache({ name: 'own.cache', directory, ...options })
  return { directory, file: join(directory, 'own.cache'), cache: await open(), open }
}

const save = (cache: Awaited<ReturnType<typeof createPersistentCache>>, text: string) =>
  cache.withLock(() => cache.save(Buffer.from(text)))
const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()
const opened = async (file: string) => textOf(await dataProtection.unprotect(await readFile(file), NO_ENTROPY))

/** Has another program seal or describe something. */
function described(args: string[], input: Uint8Array): Buffer {
  const program = join(process.cwd(), '..', 'described_blob.exe')
  const { status, stdout, error } = spawnSync(program, args, { input })
  assert.equal(status, 0, error?.message)
  return stdout
}

describe('the file', () => {
  test('is encrypted with DPAPI, without a description, and read by the next process', async t => {
    const { directory, file, cache, open } = await newCache(t)
    assert.equal(cache.protection, 'encrypted with Windows DPAPI')
    await save(cache, TEXT)
    assert.equal((await readFile(file)).includes('AccessToken'), false)
    assert.equal(await opened(file), TEXT)
    assert.equal(described(['describe'], await readFile(file)).toString(), `${Buffer.byteLength(TEXT)} `)
    assert.equal(textOf(await (await open()).load()), TEXT)
    await cache.verify()
    assert.deepEqual(await readdir(directory), ['own.cache'])
  })

  test('keeps what several processes add at once', async t => {
    const directory = await temporaryFolder(t)
    const programs = ['a', 'b', 'c'].map(text => startProgram(t, 'use-cache', directory, text))
    for (const program of programs) await program.line()
    const text = await opened(join(directory, 'shared'))
    assert.deepEqual([...(text ?? '')].sort(), ['a', 'b', 'c'])
  })

  test('is read when it was sealed with a description, as MSAL Python seals its own', async t => {
    const { file, cache } = await newCache(t)
    const blob = described(['protect', 'python_data'], Buffer.from(TEXT))
    assert.equal(described(['describe'], blob).toString(), `${Buffer.byteLength(TEXT)} python_data`)
    await writeFile(file, blob)
    assert.equal(textOf(await cache.load()), TEXT)
  })

  test('that is plain JSON is read, and encrypted by the next save', async t => {
    for (const allowUnencryptedStorage of [false, true]) {
      const { file, cache } = await newCache(t, { allowUnencryptedStorage })
      await writeFile(file, TEXT)
      assert.equal(textOf(await cache.load()), TEXT)
      await save(cache, '{}')
      assert.equal(await opened(file), '{}')
    }
  })

  test('that is shared and plain stays so where that is allowed, and a new one is encrypted all the same', async t => {
    const file = join(await temporaryFolder(t), 'msal.cache')
    const cache = await createPersistentCache({ file, allowUnencryptedStorage: true })
    await writeFile(file, TEXT)
    await save(cache, '{}')
    assert.equal(await readFile(file, 'utf8'), '{}')
    await cache.delete()
    await save(cache, TEXT)
    assert.equal(await opened(file), TEXT)
    await writeFile(file, TEXT)
    await save(await createPersistentCache({ file }), '{}')
    assert.equal(await opened(file), '{}')
  })
})

describe("shared: 'msal'", () => {
  test('is the same file as file names, and as directory and name do', async t => {
    const directory = await temporaryFolder(t)
    const file = join(directory, 'msal.cache')
    const byFile = await createPersistentCache({ file })
    for (const options of [{ file }, { directory, name: 'msal.cache' }]) {
      const cache = await createPersistentCache({ shared: 'msal', ...options })
      assert.deepEqual([cache.location, cache.protection], [file, 'encrypted with Windows DPAPI'])
      await save(cache, TEXT)
      assert.equal(await opened(file), TEXT)
      assert.equal(textOf(await byFile.load()), TEXT)
      await cache.delete()
    }
  })
})

describe('what cannot be opened', () => {
  test('is an error and stays as it is, and a changed byte never gives another text', async t => {
    const { file, cache, open } = await newCache(t)
    await save(cache, TEXT)
    const sealed = await readFile(file)
    let refused = 0
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed)
      changed[i] = (changed[i] ?? 0) ^ (1 << (i % 8))
      await writeFile(file, changed)
      const outcome = await (await open()).load().then(textOf, error => error.code)
      // Wine does not look at each byte of its header.
      if (outcome !== TEXT) {
        assert.equal(outcome, 'cache_decryption_failed', `byte ${i}`)
        refused++
      }
      assert.ok(changed.equals(await readFile(file)))
    }
    assert.ok(refused > sealed.length / 2, `${refused} of ${sealed.length}`)
  })

  test('is not replaced by who looks for users or tokens in it, or signs them out', async t => {
    const { file, cache } = await newCache(t)
    const junk = Buffer.from('neither JSON nor a blob')
    await writeFile(file, junk)
    const made = store({ persistence: cache })
    const refused = { code: 'cache_decryption_failed' }
    await assert.rejects(async () => made.read(view => view.accounts(inPublicCloud)), refused)
    await assert.rejects(
      made.update(edit => edit.removeAccount({ homeAccountId: ALICE, ...inPublicCloud })),
      refused,
    )
    assert.ok(junk.equals(await readFile(file)))
  })

  test('is said of a blob with entropy, which no MSAL has', async t => {
    const { file, cache } = await newCache(t)
    await writeFile(file, await dataProtection.protect(Buffer.from(TEXT), Buffer.from('salt')))
    await assert.rejects(cache.load(), { code: 'cache_decryption_failed' })
  })
})

describe('createDualFileCache', () => {
  const adalAuthority = 'https://login.windows.net/contoso.com/'

  test('encrypts both files, and the next process finds users and refresh tokens in them', async t => {
    const directory = await temporaryFolder(t)
    const [msalFile, adalV3File] = [join(directory, 'unified.bin'), join(directory, 'adal.bin')]
    const open = async () => store({ plugin: await createDualFileCache({ msalFile, adalV3File }) })
    await (await open()).update(edit => edit.saveTokens(tokensOf(ALICE, { adalAuthority })))
    assert.match((await opened(msalFile)) ?? '', /"RefreshToken"/)
    // ADAL's format begins with the number 3.
    const adal = Buffer.from(await dataProtection.unprotect(await readFile(adalV3File), NO_ENTROPY))
    assert.equal(adal.readInt32LE(0), 3)
    assert.equal(adal.includes(String(tokensOf(ALICE).refreshToken)), true)
    const next = await open()
    const query = { homeAccountId: ALICE, ...inPublicCloud }
    assert.ok(await next.read(view => view.findRefreshToken(query)))
    await next.update(edit => edit.removeAccount(query))
    assert.equal(existsSync(adalV3File), false)
    assert.deepEqual(await readdir(directory), ['unified.bin'])
  })

  test('reads plain files of former times, and encrypts what it changes', async t => {
    const directory = await temporaryFolder(t)
    const [msalFile, adalV3File] = [join(directory, 'unified.bin'), join(directory, 'adal.bin')]
    await writeFile(adalV3File, fixture('adal.net-5.3-adalv3.bin'))
    const made = store({ plugin: await createDualFileCache({ msalFile, adalV3File }) })
    await made.update(edit => edit.saveTokens(tokensOf(BOB, { adalAuthority })))
    const adal = Buffer.from(await dataProtection.unprotect(await readFile(adalV3File), NO_ENTROPY))
    assert.equal(adal.readInt32LE(0), 3)
    assert.match((await opened(msalFile)) ?? '', /"RefreshToken"/)
    const plain = store({ plugin: await createDualFileCache({ msalFile, adalV3File, encrypt: false }) })
    await plain.update(edit => edit.saveTokens(tokensOf(ALICE, { adalAuthority })))
    assert.equal((await readFile(adalV3File)).readInt32LE(0), 3)
    assert.match(await readFile(msalFile, 'utf8'), /"RefreshToken"/)
  })
})
