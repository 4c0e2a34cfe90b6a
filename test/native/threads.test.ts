/** The addon's own threads: four at most, libuv's left alone, nothing kept alive, nothing broken when an environment ends. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { NativeAddon } from '#lib/native/contract.js'
import { onlyOn, temporaryFolder } from '../support/machine.js'
import { Program } from '../support/program.js'
import { ADDON, blockingFiles, fileLock, LOADER, withLeases } from './support.js'

const loadInScript = `
  import { loadNativeAddon } from ${JSON.stringify(LOADER)}
  const { fileLock } = loadNativeAddon()`

const withProc = onlyOn('linux', 'counting threads in /proc')

/** Runs an ES module given as text in a process of its own; resolves with what it printed when it has ended well. */
async function runScript(t: TestContext, script: string): Promise<string> {
  const program = Program.script(t, script)
  const [output] = await Promise.all([program.rest(), program.ended()])
  return output
}

/** A worker thread that runs `body` with `fileLock` and `parentPort` at hand. */
function startWorker(body: string): Worker {
  const script = `
    const { parentPort } = require('node:worker_threads')
    import(${JSON.stringify(LOADER)}).then(async ({ loadNativeAddon }) => {
      const { fileLock } = loadNativeAddon()
      ${body}
    })`
  return new Worker(script, { eval: true })
}

describe('the pool', () => {
  test('does not hold up fs while all four of its threads are blocked', withLeases, async t => {
    const folder = await temporaryFolder(t)
    const { paths, release } = await blockingFiles(t, folder, 4)
    let settled = 0
    const count = () => void settled++
    const blocked = paths.map(path => fileLock.tryAcquire(path, 'me', '').then(count))
    const fifth = fileLock.tryAcquire(join(folder, 'free'), 'me', '').then(count)
    await writeFile(join(folder, 'file'), 'contents')
    // More reads than libuv has threads, so that one blocked thread there would be noticed too.
    const reads = Array.from({ length: 16 }, () => readFile(join(folder, 'file'), 'utf8'))
    assert.deepEqual(new Set(await Promise.all(reads)), new Set(['contents']))
    await setTimeout(100)
    assert.equal(settled, 0)
    assert.equal(existsSync(join(folder, 'free')), false)
    await release()
    await Promise.all([...blocked, fifth])
    assert.equal(settled, 5)
  })

  test('has at most four threads, however much is asked of it', withProc, async t => {
    const folder = await temporaryFolder(t)
    const output = await runScript(
      t,
      `${loadInScript}
      import { readdirSync } from 'node:fs'
      import { stat } from 'node:fs/promises'
      const threads = () => readdirSync('/proc/self/task').length
      // libuv starts its own threads at its first use.
      await stat('/')
      const before = threads()
      const attempts = Array.from({ length: 500 }, (_, i) => fileLock.tryAcquire(${JSON.stringify(folder)} + '/' + i, 'me', ''))
      await Promise.all((await Promise.all(attempts)).map(attempt => attempt.handle.release()))
      console.log(threads() - before)`,
    )
    assert.equal(output.trim(), '4')
    assert.deepEqual(await readdir(folder), [])
  })

  test('starts no thread before there is work', withProc, async t => {
    const output = await runScript(
      t,
      `import { readdirSync } from 'node:fs'
      import { stat } from 'node:fs/promises'
      // libuv starts its own threads at its first use.
      await stat('/')
      const before = readdirSync('/proc/self/task').length
      const { loadNativeAddon } = await import(${JSON.stringify(LOADER)})
      loadNativeAddon()
      console.log(readdirSync('/proc/self/task').length - before)`,
    )
    assert.equal(output.trim(), '0')
  })
})

describe('the end of a process', () => {
  test('comes by itself while the threads are idle', async t => {
    const folder = await temporaryFolder(t)
    await runScript(
      t,
      `${loadInScript}
      const { handle } = await fileLock.tryAcquire(${JSON.stringify(`${folder}/lock`)}, 'me', '')
      await handle.release()`,
    )
  })

  test('waits for a pending promise', async t => {
    const folder = await temporaryFolder(t)
    const script = `${loadInScript}
      fileLock.tryAcquire(${JSON.stringify(`${folder}/lock`)}, 'me', '').then(({ handle }) => handle.release()).then(() => console.log('settled'))`
    assert.equal((await runScript(t, script)).trim(), 'settled')
  })

  test('does not wait for work that is blocked when it is asked for', withLeases, async t => {
    const folder = await temporaryFolder(t)
    const { paths } = await blockingFiles(t, folder, 5)
    const script = `${loadInScript}
      for (const path of ${JSON.stringify(paths)}) fileLock.tryAcquire(path, 'me', '')
      setTimeout(() => process.exit(0), 200)`
    await runScript(t, script)
  })
})

describe('worker threads', () => {
  test('use the addon side by side', async t => {
    const folder = await temporaryFolder(t)
    const workers = Array.from({ length: 3 }, () =>
      startWorker(`
        let got = 0
        while (got < 30) {
          const { handle } = await fileLock.tryAcquire(${JSON.stringify(`${folder}/lock`)}, 'me', '')
          if (handle) { got++; await handle.release() }
        }
        parentPort.postMessage(got)`),
    )
    for (const got of await Promise.all(workers.map(worker => once(worker, 'message')))) assert.deepEqual(got, [30])
    await Promise.all(workers.map(worker => worker.terminate()))
    assert.deepEqual(await readdir(folder), [])
  })

  test('that end while they hold a lock release it', async t => {
    const path = join(await temporaryFolder(t), 'lock')
    const worker = startWorker(`
      globalThis.kept = await fileLock.tryAcquire(${JSON.stringify(path)}, 'me', '')
      parentPort.postMessage('held')
      setInterval(() => {}, 1000)`)
    await once(worker, 'message')
    assert.equal(existsSync(path), true)
    await worker.terminate()
    assert.equal(existsSync(path), false)
  })

  test(
    'that end with work under way leave the process whole, and give back what the work acquired',
    withLeases,
    async t => {
      const folder = await temporaryFolder(t)
      const { paths, release } = await blockingFiles(t, folder, 6)
      // In a process of its own, whose only user of the addon is the worker: with it, Node would unload the library.
      const inWorker = `
      const { parentPort } = require('node:worker_threads')
      import(${JSON.stringify(LOADER)}).then(({ loadNativeAddon }) => {
        const { fileLock } = loadNativeAddon()
        for (const path of ${JSON.stringify(paths)}) fileLock.tryAcquire(path, 'me', '')
        fileLock.tryAcquire(${JSON.stringify(`${folder}/free`)}, 'me', '')
        setTimeout(() => parentPort.postMessage('submitted'), 100)
      })`
      const program = Program.script(
        t,
        `import { Worker } from 'node:worker_threads'
      import { once } from 'node:events'
      const worker = new Worker(${JSON.stringify(inWorker)}, { eval: true, execArgv: [] })
      await once(worker, 'message')
      await worker.terminate()
      console.log('terminated')
      await once(process.stdin, 'data')
      setTimeout(() => process.exit(0), 300)`,
      )
      assert.equal(await program.line(), 'terminated')
      await release()
      program.send('released')
      await program.ended()
      assert.equal(existsSync(join(folder, 'free')), false)
    },
  )
})

test('the addon can be loaded twice in one thread', async t => {
  const path = join(await temporaryFolder(t), 'lock')
  const require = createRequire(import.meta.url)
  const first = require(ADDON) as NativeAddon
  delete require.cache[ADDON]
  const second = require(ADDON) as NativeAddon
  assert.notEqual(first, second)
  const held = await first.fileLock?.tryAcquire(path, 'first', '')
  const refused = await second.fileLock?.tryAcquire(path, 'second', '')
  assert.equal(refused?.handle, undefined)
  await held?.handle?.release()
  const taken = await second.fileLock?.tryAcquire(path, 'second', '')
  await taken?.handle?.release()
})
