/** Where the cache cannot be saved or read: a clear error, the old contents as they were, and the tokens served from memory. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs'
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { ClientError } from 'latchkey'
import { needs } from '../support/machine.js'
import { Program } from '../support/program.js'
import { place, type Subject, subjectOf } from './application.js'

const NOBODY = 65534
const asRoot = needs(process.getuid?.() === 0, 'root, to act as another user')
const withMount = needs(canMount(), 'the right to mount')
const withPrlimit = needs(existsSync('/usr/bin/prlimit'), '/usr/bin/prlimit')

function mount(...args: string[]): boolean {
  return spawnSync('/usr/bin/mount', args).status === 0
}

function unmount(at: string): void {
  spawnSync('/usr/bin/umount', [at])
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  try {
    return mount('-t', 'tmpfs', '-o', 'size=1m', 'latchkey', folder)
  } finally {
    unmount(folder)
    rmdirSync(folder)
  }
}

/** Unmounts before the folder goes away: after-hooks run in their order. */
async function mountable(t: TestContext) {
  const mounted: string[] = []
  t.after(() => {
    for (const at of mounted) unmount(at)
  })
  return { ...(await place(t)), mounted }
}

type Refused = Pick<ClientError, 'code' | 'message' | 'hint'>

/** Everything that people need to know. */
function assertClear(error: Refused, code: string, file: string, reason: RegExp): void {
  assert.equal(error.code, code)
  assert(error.message.includes(file), error.message)
  assert.match(error.message, reason)
  assert.match(error.hint, /Check free space, permissions|Make the path a file of yours/)
  assert.match(error.hint, /goes on with the tokens/)
}

/** Carol signs in, which is refused; what she has got is there all the same, renewed too, and those before her are. */
async function assertServed(subject: Subject, code: string, file: string, reason: RegExp): Promise<void> {
  const error = await subject.signIn('carol').then(
    () => assert.fail('saved'),
    (refused: Refused) => refused,
  )
  assertClear(error, code, file, reason)
  const { accessToken, fromCache } = await subject.silent('carol')
  assert.ok(fromCache)
  const renewed = await subject.renew('carol')
  assert.notEqual(renewed.accessToken, accessToken)
  assert.equal((await subject.silent('carol')).accessToken, renewed.accessToken)
  assert.ok((await subject.silent('alice')).fromCache)
}

/** What was refused is saved with the next change. */
async function assertSavedLater({ open }: Awaited<ReturnType<typeof place>>, subject: Subject): Promise<void> {
  await subject.renew('alice')
  assert.deepEqual(await (await open()).names(), ['alice', 'carol'])
}

describe('a cache that cannot be saved', () => {
  for (const left of [0, 8_192]) {
    test(`because the disk is full (${left} bytes left)`, withMount, async t => {
      const at = await mountable(t)
      assert(mount('-t', 'tmpfs', '-o', 'size=1m,mode=700', 'latchkey', at.folder))
      at.mounted.push(at.folder)
      const subject = await at.open()
      await subject.signIn()
      const before = await readFile(at.file)
      const filler = join(at.folder, 'filler')
      await assert.rejects(writeFile(filler, Buffer.alloc(1 << 20)), { code: 'ENOSPC' })
      await truncate(filler, (await lstat(filler)).size - left)
      await assertServed(subject, 'cache_write_failed', at.file, /ENOSPC/)
      assert.deepEqual(await readFile(at.file), before)
      assert.deepEqual((await readdir(at.folder)).sort(), ['cache.json', 'filler'])
      await rm(filler)
      await assertSavedLater(at, subject)
    })
  }

  test('because the system refuses the rename', withMount, async t => {
    const at = await mountable(t)
    const subject = await at.open()
    await subject.signIn()
    const before = await readFile(at.file)
    // Nothing may be renamed over what is mounted upon.
    assert(mount('--bind', at.file, at.file))
    at.mounted.push(at.file)
    await assertServed(subject, 'cache_write_failed', at.file, /EBUSY/)
    assert.deepEqual(await readFile(at.file), before)
    assert.deepEqual(await readdir(at.folder), ['cache.json'])
    unmount(at.file)
    await assertSavedLater(at, subject)
  })

  test('because the folder may only be read', asRoot, async t => {
    const { folder, file, open } = await place(t)
    await (await open()).signIn()
    const before = await readFile(file)
    await chown(file, NOBODY, NOBODY)
    await chown(folder, NOBODY, NOBODY)
    await chmod(folder, 0o500)
    const { signedIn, silent } = await inProcess(t, file, 'nobody')
    assertClear(signedIn, 'cache_write_failed', file, /Permission denied/)
    assert.deepEqual(silent, { done: true })
    assert.deepEqual(await readFile(file), before)
    assert.deepEqual(await readdir(folder), ['cache.json'])
  })

  test('because a file may not become that large', withPrlimit, async t => {
    const { folder, file, open } = await place(t)
    await (await open()).signIn()
    const before = await readFile(file)
    const limit = ['/usr/bin/prlimit', '--fsize=4096']
    // What is covered would be written to a larger file.
    const { signedIn, silent } = await inProcess(t, file, 'plain', limit, { NODE_V8_COVERAGE: '' })
    assertClear(signedIn, 'cache_write_failed', file, /EFBIG/)
    assert.deepEqual(silent, { done: true })
    assert.deepEqual(await readFile(file), before)
    assert.deepEqual(await readdir(folder), ['cache.json'])
  })

  test('because the disk does not take what is flushed', async t => {
    const { folder, file, open } = await place(t)
    await (await open()).signIn()
    const before = await readFile(file)
    const { signedIn, silent } = await inProcess(t, file, 'plain', [], { LD_PRELOAD: await failingFlush(t) })
    assertClear(signedIn, 'cache_write_failed', file, /EIO/)
    assert.deepEqual(silent, { done: true })
    assert.deepEqual(await readFile(file), before)
    assert.deepEqual(await readdir(folder), ['cache.json'])
  })

  test('because the process may open no more files, and is when it may', withPrlimit, async t => {
    const { folder, file, open } = await place(t)
    const limit = ['/usr/bin/prlimit', '--nofile=128']
    const { signedIn, silent, later } = await inProcess(t, file, 'out-of-files', limit)
    assert.match(signedIn.code, /^cache_(?:read|write)_failed$/)
    assertClear(signedIn, signedIn.code, file, /EMFILE|too many open files/i)
    assert.deepEqual([silent, later], [{ done: true }, { done: true }])
    assert.deepEqual(await (await open()).names(), ['alice', 'carol'])
    assert.deepEqual(await readdir(folder), ['cache.json'])
  })
})

describe('a cache that cannot be read', () => {
  const spoilt: Record<string, [spoil: (file: string, folder: string) => Promise<unknown>, reason: RegExp]> = {
    'a folder': [file => mkdir(file), /not a regular file/],
    'a symbolic link': [(file, folder) => symlink(join(folder, 'moved'), file), /ELOOP|symbolic link/],
    'a named pipe': [async file => assert.equal(spawnSync('/usr/bin/mkfifo', [file]).status, 0), /not a regular file/],
    'a file of more than 64 MB': [
      file => writeFile(file, '{}').then(() => truncate(file, (64 << 20) + 1)),
      /larger than 64 MB/,
    ],
  }
  for (const [what, [spoil, reason]] of Object.entries(spoilt)) {
    test(`because ${what} has taken its place`, async t => {
      const at = await place(t)
      const { folder, file } = at
      const subject = await at.open()
      await subject.signIn()
      const moved = join(folder, 'moved')
      await rename(file, moved)
      const before = await readFile(moved)
      await spoil(file, folder)
      const { ino } = await lstat(file)
      await assertServed(subject, 'cache_read_failed', file, reason)
      await assert.rejects(subject.names(), { code: 'cache_read_failed' })
      await assert.rejects((await at.open()).silent(), { code: 'cache_read_failed' })
      // Neither replaced nor set aside, nor is anything written through the link.
      assert.equal((await lstat(file)).ino, ino)
      assert.deepEqual((await readdir(folder)).sort(), ['cache.json', 'moved'])
      assert.deepEqual(await readFile(moved), before)
      await rm(file, { recursive: true })
      await rename(moved, file)
      await assertSavedLater(at, subject)
    })
  }

  test('because it has become another user’s', asRoot, async t => {
    const at = await place(t)
    const subject = await at.open()
    await subject.signIn()
    const before = await readFile(at.file)
    await chown(at.file, NOBODY, NOBODY)
    await assertServed(subject, 'cache_read_failed', at.file, /belongs to another user/)
    assert.deepEqual(await readFile(at.file), before)
    assert.deepEqual(await readdir(at.folder), ['cache.json'])
    await chown(at.file, 0, 0)
    await assertSavedLater(at, subject)
  })

  test('because permission is denied', asRoot, async t => {
    const { folder, file, open } = await place(t)
    await (await open()).signIn()
    const before = await readFile(file)
    await chmod(file, 0)
    for (const path of [file, folder]) await chown(path, NOBODY, NOBODY)
    const { signedIn, silent } = await inProcess(t, file, 'nobody')
    assertClear(signedIn, 'cache_read_failed', file, /EACCES/)
    assert.deepEqual(silent, { done: true })
    assert.deepEqual(await readFile(file), before)
    assert.deepEqual(await readdir(folder), ['cache.json'])
  })

  test('because its folder has become a file', async t => {
    const at = await place(t)
    const subject = await at.open()
    await subject.signIn()
    await rename(at.folder, `${at.folder}.moved`)
    t.after(() => rm(`${at.folder}.moved`, { recursive: true, force: true }))
    await writeFile(at.folder, '')
    await assertServed(subject, 'cache_write_failed', at.file, /EEXIST|ENOTDIR/)
    await rm(at.folder)
    await rename(`${at.folder}.moved`, at.folder)
    await assertSavedLater(at, subject)
  })

  test('a folder that was removed while the program ran is made anew', async t => {
    const { folder, file, open } = await place(t)
    const subject = await open()
    await subject.signIn()
    await rm(folder, { recursive: true })
    // Somebody has thrown the cache away, and alice with it.
    assert.deepEqual(await subject.names(), [])
    await subject.signIn('carol')
    assert.equal((await lstat(folder)).mode & 0o777, 0o700)
    assert.ok(existsSync(file))
    assert.deepEqual(await (await open()).names(), ['carol'])
  })
})

interface Outcome extends Refused {
  done?: true
}

async function inProcess(
  t: TestContext,
  file: string,
  how: string,
  before: string[] = [],
  env: NodeJS.ProcessEnv = {},
) {
  const program = new URL('programs/sign-in.js', import.meta.url).pathname
  const [command = '', ...args] = [...before, process.execPath, program, subjectOf(file), how]
  const run = Program.start(t, command, args, { ...process.env, ...env })
  const outcome: Record<'signedIn' | 'silent' | 'later', Outcome> = JSON.parse(await run.line())
  await run.ended()
  return outcome
}

/** A library that makes every flush fail, as a disk that breaks does. */
async function failingFlush(t: TestContext): Promise<string> {
  const { folder } = await place(t)
  const [source, library] = [join(folder, 'flush.c'), join(folder, 'flush.so')]
  await writeFile(source, '#include <errno.h>\nint fsync(int file) { (void)file; errno = EIO; return -1; }\n')
  const built = spawnSync('/usr/bin/gcc', ['-shared', '-fPIC', '-o', library, source], { encoding: 'utf8' })
  assert.equal(built.status, 0, built.stderr)
  return library
}
