/** A cache file with contents that make no sense: waited for while an MSAL may be writing it, and set aside by a new sign-in. */
import assert from 'node:assert/strict'
import { lstat, open as openFile, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createDualFileCache } from 'latchkey'
import { setFileAside } from '#lib/cache/storage/set-aside.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { temporaryFolder } from '../support/machine.js'
import { application, place, plainCache } from './application.js'

const HALF = '{"AccessToken": {"half'
const unreadable = { code: 'json_parse_failed' }
const copiesIn = async (folder: string) => (await readdir(folder)).filter(name => name.endsWith('.unreadable')).sort()

describe('a file that an MSAL is writing', () => {
  test('is waited for when it is half written, by a look-up and by a sign-in', async t => {
    const { folder, file, put, open } = await place(t)
    await (await open()).signIn()
    const whole = await readFile(file)
    for (const use of ['look', 'sign in']) {
      await put(whole.subarray(0, whole.length / 2))
      const subject = await open()
      const using = use === 'look' ? subject.silent() : subject.signIn('carol')
      await wait(1_000)
      await put(whole)
      await using
    }
    assert.deepEqual(await (await open()).names(), ['alice', 'carol'])
    assert.deepEqual(await readdir(folder), ['cache.json'])
  })

  test('is waited for when it is truncated and not yet written', async t => {
    const { file, put, open } = await place(t)
    const subject = await open()
    await subject.signIn()
    const whole = await readFile(file)
    const handle = await openFile(file, 'w')
    const using = [subject.silent(), (await open()).signIn('carol')]
    await wait(1_000)
    await handle.writeFile(whole)
    await handle.close()
    await Promise.all(using)
    assert.deepEqual(await (await open()).names(), ['alice', 'carol'])
    // One that is empty for longer holds nothing: an MSAL was killed, or somebody made it so.
    await put('')
    assert.deepEqual(await (await open()).names(), [])
    const before = performance.now()
    assert.deepEqual(await (await open()).names(), [])
    assert(performance.now() - before < 1_000, 'it is not waited for again')
  })
})

describe('unreadable contents', () => {
  test('are an error for all but a new sign-in, and stay as they are', async t => {
    const { folder, file, put, open } = await place(t)
    const subject = await open()
    const { account } = await subject.signIn()
    await put(HALF)
    await assert.rejects(subject.names(), { ...unreadable, message: new RegExp(`not JSON.*${file}`) })
    await assert.rejects(subject.app.removeAccount(account), unreadable)
    const stranger = await open()
    for (const use of [stranger.silent(), stranger.renew(), stranger.names()]) await assert.rejects(use, unreadable)
    assert.equal(await readFile(file, 'utf8'), HALF)
    assert.deepEqual(await readdir(folder), ['cache.json'])
  })

  test('do not keep a token from whom this process has signed in, and a renewal does not replace them', async t => {
    const { folder, file, put, open } = await place(t)
    const subject = await open()
    const { accessToken } = await subject.signIn()
    await put(HALF)
    assert.equal((await subject.silent()).accessToken, accessToken)
    const renewed = await subject.renew()
    assert.notEqual(renewed.accessToken, accessToken)
    assert.equal((await subject.silent()).accessToken, renewed.accessToken)
    assert.equal(await readFile(file, 'utf8'), HALF)
    assert.deepEqual(await readdir(folder), ['cache.json'])
  })

  test('are set aside by a new sign-in, with what memory has kept', async t => {
    const { folder, file, put, open } = await place(t)
    const subject = await open()
    await subject.signIn()
    await put(HALF)
    await subject.signIn('carol')
    const [copy = '', ...more] = await copiesIn(folder)
    assert.deepEqual(more, [])
    assert.match(copy, /^cache\.json\.\d{8}T\d{9}Z\.unreadable$/)
    assert.equal(await readFile(join(folder, copy), 'utf8'), HALF)
    assert.equal((await stat(join(folder, copy))).mode & 0o777, 0o600)
    const warnings = subject.log.filter(line => line.startsWith('warning') && line.includes(join(folder, copy)))
    assert.equal(warnings.length, 1)
    assert.deepEqual(await (await open()).names(), ['alice', 'carol'])
    assert.ok(JSON.parse(await readFile(file, 'utf8')))
  })

  test('are set aside by one of two sign-ins at once', async t => {
    const { folder, put, open } = await place(t)
    await put(HALF)
    const [one, two] = [await open(), await open()]
    await Promise.all([one.signIn(), two.signIn('carol')])
    assert.equal((await copiesIn(folder)).length, 1)
    assert.deepEqual(await (await open()).names(), ['alice', 'carol'])
  })
})

describe('setAside', () => {
  test('keeps the newest three copies, and no second one of the same contents', async t => {
    const folder = await temporaryFolder(t)
    const file = join(folder, 'cache.json')
    const others = ['cache.json.unreadable', 'other.json.20260102T030405678Z.unreadable', 'cache.json.2026.unreadable']
    for (const name of others) await writeFile(join(folder, name), '')
    for (const text of ['1', '2', '3', '4', '4', '5']) {
      await writeFile(file, text, { mode: 0o600 })
      await setFileAside(file, SYSTEM_CLOCK)
    }
    const copies = (await copiesIn(folder)).filter(name => !others.includes(name))
    const texts = await Promise.all(copies.map(name => readFile(join(folder, name), 'utf8')))
    assert.deepEqual(texts, ['3', '4', '5'])
    for (const name of others) await stat(join(folder, name))
  })

  test('writes into nothing that has the name already', async t => {
    const folder = await temporaryFolder(t)
    const file = join(folder, 'cache.json')
    await writeFile(file, HALF, { mode: 0o600 })
    const at = Date.parse('2026-01-02T03:04:05.678Z')
    const taken = `${file}.20260102T030405678Z.unreadable`
    await symlink(join(folder, 'precious'), taken)
    const { copy } = await setFileAside(file, { ...SYSTEM_CLOCK, now: () => at })
    assert.equal(copy, `${file}.20260102T030405679Z.unreadable`)
    assert.ok((await lstat(taken)).isSymbolicLink())
    await assert.rejects(stat(join(folder, 'precious')), { code: 'ENOENT' })
  })

  test('is for whoever has the lock, and rejects when the file is none', async t => {
    const { file, put } = await place(t)
    const cache = await plainCache(file)
    await put(HALF)
    await assert.rejects(async () => cache.setAside?.(), { code: 'cache_write_failed', message: /outside withLock/ })
    await assert.rejects(setFileAside(`${file}.none`, SYSTEM_CLOCK), { code: 'cache_write_failed', message: /ENOENT/ })
  })
})

describe('createDualFileCache', () => {
  for (const broken of [['msal'], ['adal'], ['msal', 'adal']]) {
    test(`has a new sign-in set aside what cannot be read, and nobody else (${broken.join(' and ')})`, async t => {
      const folder = await temporaryFolder(t)
      const [msalFile, adalV3File] = [join(folder, 'msal'), join(folder, 'adal')]
      const open = async () => application(t, await createDualFileCache({ msalFile, adalV3File, encrypt: false }))
      const subject = await open()
      const { account } = await subject.signIn()
      for (const name of broken) await writeFile(join(folder, name), HALF)
      await assert.rejects(subject.names(), unreadable)
      await assert.rejects(subject.app.removeAccount(account), unreadable)
      assert.deepEqual(await copiesIn(folder), [])
      for (const name of broken) assert.equal(await readFile(join(folder, name), 'utf8'), HALF)

      await (await open()).signIn('carol')
      await subject.signIn()
      const copies = await copiesIn(folder)
      assert.deepEqual(copies.map(name => name.split('.')[0]).sort(), broken.toSorted())
      for (const name of copies) assert.equal(await readFile(join(folder, name), 'utf8'), HALF)
      assert.deepEqual(await (await open()).names(), ['alice', 'carol'])
      assert.deepEqual((await readdir(folder)).filter(name => !copies.includes(name)).sort(), ['adal', 'msal'])
    })

    test(`waits for what is half written (${broken.join(' and ')})`, async t => {
      const folder = await temporaryFolder(t)
      const [msalFile, adalV3File] = [join(folder, 'msal'), join(folder, 'adal')]
      const open = async () => application(t, await createDualFileCache({ msalFile, adalV3File, encrypt: false }))
      await (await open()).signIn()
      const whole = await Promise.all(broken.map(name => readFile(join(folder, name))))
      for (const name of broken) await writeFile(join(folder, name), HALF)
      const using = [(await open()).signIn('carol'), (await open()).silent()]
      await wait(500)
      for (const [index, name] of broken.entries()) await writeFile(join(folder, name), whole[index] ?? '')
      await Promise.all(using)
      assert.deepEqual(await (await open()).names(), ['alice', 'carol'])
      assert.deepEqual(await copiesIn(folder), [])
    })
  }
})
