/** A lock whose file another program removes, as msal-node's extensions do after a look-up: nobody's change is lost. */
import assert from 'node:assert/strict'
import { existsSync, unlinkSync, writeFileSync } from 'node:fs'
import { readdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createDualFileCache, createPersistentCache } from 'latchkey'
import type { CacheEdit } from '#lib/cache/cache-edit.js'
import { createFileLock } from '#lib/cache/storage/file-lock.js'
import { loadNativeAddon } from '#lib/native/addon.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { needs, temporaryFolder } from '../support/machine.js'
import { ALICE, BOB, inPublicCloud, store, TENANT, tokensOf } from '../unit/cache/support.js'

const onUnix = needs(process.platform !== 'win32', 'a system that removes files which are open')
const native = loadNativeAddon()

const plainFile = (file: string) => createPersistentCache({ name: 'x', file, allowUnencryptedStorage: true })

async function setUp(t: TestContext) {
  const file = join(await temporaryFolder(t), 'cache.json')
  const lock = createFileLock({ path: `${file}.lockfile`, native, clock: SYSTEM_CLOCK })
  const cache = await plainFile(file)
  return { file, lock, cache }
}

/** The change, which at its first time is followed by a program that breaks the lock, before the save. */
function breakingOnce(file: string, change: (edit: CacheEdit) => void, meanwhile = () => {}) {
  let isBroken = false
  return (edit: CacheEdit) => {
    change(edit)
    if (isBroken) return
    isBroken = true
    unlinkSync(`${file}.lockfile`)
    meanwhile()
  }
}

describe('work whose lock is gone', onUnix, () => {
  test('is run again under a new lock, which begins when that of the others is over', async t => {
    const { file, lock } = await setUp(t)
    const other = createFileLock({ path: `${file}.lockfile`, native, clock: SYSTEM_CLOCK })
    const order: string[] = []
    let theirs: Promise<unknown> = Promise.resolve()
    const result = await lock.withLock(async held => {
      order.push('ours')
      if (order.length > 1) return held.assertHeld().then(() => 'done')
      await unlink(`${file}.lockfile`)
      await new Promise<void>(taken => {
        theirs = other.withLock(async () => {
          taken()
          order.push('theirs')
          await new Promise(resolve => setTimeout(resolve, 100))
          order.push('theirs is over')
        })
      })
      return held.assertHeld().then(() => 'too early')
    })
    await theirs
    assert.equal(result, 'done')
    assert.deepEqual(order, ['ours', 'theirs', 'theirs is over', 'ours'])
    assert.ok(!existsSync(`${file}.lockfile`))
  })

  test('is not run again when it failed for another reason', async t => {
    const { lock } = await setUp(t)
    let rounds = 0
    const work = async () => {
      rounds++
      throw new Error('another reason')
    }
    await assert.rejects(lock.withLock(work), /another reason/)
    assert.equal(rounds, 1)
  })

  test('is let through in the end where somebody removes every lock file', async t => {
    const { file, lock } = await setUp(t)
    let rounds = 0
    await lock.withLock(async held => {
      rounds++
      await unlink(`${file}.lockfile`)
      await held.assertHeld()
    })
    assert.equal(rounds, 21)
  })
})

describe('a save whose lock is gone', onUnix, () => {
  test('replaces nothing, and comes after what the others saved', async t => {
    const { file, cache } = await setUp(t)
    await writeFile(file, '["one"]', { mode: 0o600 })
    let rounds = 0
    await cache.withLock(async () => {
      const known = JSON.parse(Buffer.from((await cache.load()) ?? []).toString())
      if (rounds++ === 0) {
        await unlink(`${file}.lockfile`)
        await writeFile(file, '["one","theirs"]')
      }
      await cache.save(Buffer.from(JSON.stringify([...known, 'ours'])))
    })
    assert.equal(await readFile(file, 'utf8'), '["one","theirs","ours"]')
    assert.deepEqual(await readdir(join(file, '..')), ['cache.json'])
  })

  for (const [name, open] of [
    ['createPersistentCache', async (file: string) => ({ persistence: await plainFile(file) })],
    [
      'createDualFileCache',
      async (file: string) => ({ plugin: await createDualFileCache({ msalFile: file, encrypt: false }) }),
    ],
  ] as const) {
    const accountsIn = async (file: string) => {
      const accounts = await store(await open(file)).read(view => view.accounts(inPublicCloud))
      return accounts.map(({ homeAccountId }) => homeAccountId).sort()
    }

    test(`keeps both sign-ins with ${name}`, async t => {
      const { file } = await setUp(t)
      const made = store(await open(file))
      await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
      const withAlice = await readFile(file, 'utf8')
      await made.update(edit => edit.saveTokens(tokensOf(BOB)))
      const withBob = await readFile(file, 'utf8')
      await writeFile(file, withAlice)
      await made.update(
        breakingOnce(
          file,
          edit => edit.saveTokens(tokensOf(`ours.${TENANT}`)),
          () => writeFileSync(file, withBob),
        ),
      )
      assert.deepEqual(await accountsIn(file), [ALICE, BOB, `ours.${TENANT}`].sort())
      assert.ok(!existsSync(`${file}.lockfile`))
    })

    test(`keeps a removal with ${name} that memory already had when it began anew`, async t => {
      const { file } = await setUp(t)
      const made = store(await open(file))
      for (const user of [ALICE, BOB]) await made.update(edit => edit.saveTokens(tokensOf(user)))
      await made.update(breakingOnce(file, edit => edit.removeAccount({ homeAccountId: ALICE, ...inPublicCloud })))
      assert.deepEqual(await accountsIn(file), [BOB])
    })
  }
})
