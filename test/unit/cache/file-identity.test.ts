/** What tells one state of a file from the next, and on which disks it is asked for at once. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { writeFileAtomically } from '#lib/cache/storage/atomic-file.js'
import { glanceAt, glanceNow, isOnLocalDisk } from '#lib/cache/storage/file-identity.js'

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('an identity is the same for who waits and who does not, and for who wrote the file', async t => {
  const file = join(await folderOf(t), 'cache')
  assert.equal(await glanceAt(file), undefined)
  assert.equal(glanceNow(file), undefined)
  for (const text of ['one', 'two']) {
    const written = await writeFileAtomically(file, Buffer.from(text))
    assert.ok(written)
    assert.equal((await glanceAt(file))?.identity, written)
    assert.equal(glanceNow(file)?.identity, written)
  }
  const before = glanceNow(file)?.identity
  await writeFile(file, 'six')
  assert.notEqual(glanceNow(file)?.identity, before)
})

test('a failure to look is no missing file', async t => {
  const file = join(await folderOf(t), 'cache')
  await writeFile(file, '')
  const below = join(file, 'below')
  await assert.rejects(glanceAt(below), { code: 'ENOTDIR' })
  assert.throws(() => glanceNow(below), { code: 'ENOTDIR' })
})

test('only what this machine’s kernel answers alone counts as a local disk', {
  skip: process.platform !== 'linux',
}, async t => {
  const folder = await folderOf(t)
  assert.equal(await isOnLocalDisk('/dev/shm'), true)
  assert.equal(await isOnLocalDisk('/proc'), false)
  assert.equal(await isOnLocalDisk(join(folder, 'missing')), undefined)
})
