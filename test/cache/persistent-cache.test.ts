/** The unencrypted cache between processes: shared, watched, and where the user's data belongs. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { PublicClientApplication } from 'latchkey'
import { createPersistentCache } from '#lib/cache/persistent-cache.js'
import { exceptOnWindows, temporaryFolder } from '../support/machine.js'
import { Program } from '../support/program.js'
import { startProgram } from './support.js'

const posix = exceptOnWindows('permission bits and XDG folders')

const create = (directory: string) =>
  createPersistentCache({ name: 'shared', directory, allowUnencryptedStorage: true })

describe('createPersistentCache', () => {
  test('keeps what one process saves for the next', async t => {
    const directory = join(await temporaryFolder(t), 'new')
    for (const text of ['a', 'b', 'c']) {
      const program = startProgram(t, 'use-cache', directory, text)
      await program.line()
      await program.ended()
    }
    const cache = await create(directory)
    assert.deepEqual(await cache.load(), Buffer.from('abc'))
    await cache.verify()
  })

  test('says in the file name that it is not encrypted, and keeps others out', posix, async t => {
    const directory = join(await temporaryFolder(t), 'new')
    const cache = await create(directory)
    await cache.withLock(() => cache.save(Buffer.from('{}')))
    const file = join(directory, 'shared')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.equal((await stat(directory)).mode & 0o777, 0o700)
  })

  test('uses the folder of the user’s data when none is given', posix, async t => {
    const home = await temporaryFolder(t)
    const before = process.env.XDG_DATA_HOME
    t.after(() => {
      if (before === undefined) delete process.env.XDG_DATA_HOME
      else process.env.XDG_DATA_HOME = before
    })
    process.env.XDG_DATA_HOME = home
    const program = startProgram(t, 'use-cache', '-', 'text')
    await program.line()
    assert.equal(await readFile(join(home, 'latchkey', 'shared'), 'utf8'), 'text')
  })

  test('uses exactly the file that is given', async t => {
    const file = join(await temporaryFolder(t), 'msal_token_cache.json')
    const cache = await createPersistentCache({ name: 'x', file, allowUnencryptedStorage: true })
    await cache.withLock(() => cache.save(Buffer.from('{}')))
    assert.deepEqual([cache.location, await cache.load()], [file, Buffer.from('{}')])
    assert.ok((await stat(file)).isFile())
  })
})

describe('an application that is closed', () => {
  test('waits no longer for a lock that another program has', async t => {
    const directory = await temporaryFolder(t)
    const cache = await create(directory)
    const app = new PublicClientApplication({ clientId: 'client', cache })
    // It ends by itself: who went on waiting would get the lock, and would not be rejected.
    const held = (await create(directory)).withLock(() => wait(2_000))
    await wait(100)
    const account = { homeAccountId: 'u.t', localAccountId: 'u', environment: '', tenantId: 't', username: '' }
    const removing = [app.removeAccount(account), app.removeAccount(account)]
    const ends = removing.map(removal => assert.rejects(removal, { code: 'app_closed' }))
    await wait(100)
    await app.close()
    await Promise.all(ends)
    await held
  })
})

describe('watch', () => {
  test('tells when another process has saved, and not when this one has', async t => {
    const directory = await temporaryFolder(t)
    const cache = await create(directory)
    const save = () => cache.withLock(() => cache.save(Buffer.from('mine')))
    await save()
    const told = new EventTarget()
    let count = 0
    const stop = cache.watch?.(() => {
      count++
      told.dispatchEvent(new Event('changed'))
    })
    await save()
    await cache.delete()
    await save()
    await wait(300)
    assert.equal(count, 0)

    // A watch keeps nothing alive, and this test has nothing else to wait for.
    const alive = setInterval(() => {}, 1_000)
    t.after(() => clearInterval(alive))
    const changed = once(told, 'changed', { signal: AbortSignal.timeout(20_000) })
    const program = startProgram(t, 'use-cache', directory, 'theirs')
    await program.line()
    await changed
    assert.deepEqual(await cache.load(), Buffer.from('minetheirs'))

    stop?.()
    const before = count
    await startProgram(t, 'use-cache', directory, 'more').line()
    await wait(300)
    assert.equal(count, before)
  })

  test('also tells at the next load, where the system cannot watch folders in time', async t => {
    const directory = await temporaryFolder(t)
    const cache = await create(directory)
    await cache.load()
    let isTold = false
    cache.watch?.(() => {
      isTold = true
    })?.()
    const stop = cache.watch?.(() => {
      isTold = true
    })
    await startProgram(t, 'use-cache', directory, 'theirs').line()
    await cache.load()
    await new Promise(resolve => setImmediate(resolve))
    assert.equal(isTold, true)
    stop?.()
  })

  test('does not keep the process alive', async t => {
    const directory = await temporaryFolder(t)
    const script = `
      import { createPersistentCache } from ${JSON.stringify(new URL('../../dist/cache/persistent-cache.js', import.meta.url))}
      const cache = await createPersistentCache({ name: 'x', directory: ${JSON.stringify(directory)}, allowUnencryptedStorage: true })
      await cache.withLock(() => cache.save(new Uint8Array(1)))
      cache.watch(() => {})
      console.log('at the end')`
    const program = Program.script(t, script)
    assert.equal(await program.line(), 'at the end')
    await program.ended()
  })
})
