/** Sessions without a store, and stores that do not answer: every call ends, and says why. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import { temporaryFolder } from '../support/machine.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { withKeyrings } from './support/needs.js'
import { swallow } from './support/provider.js'
import { failsWith, get, getText, item, PATIENCE_MS, remove, set } from './support/secrets.js'
import { enter, SessionBus } from './support/session-bus.js'

/** Each of the three calls fails with this code. */
async function allFail(code: Parameters<typeof failsWith>[0], timeoutMs = PATIENCE_MS): Promise<void> {
  const calls = [get(item(), timeoutMs), set(item(), 'x', timeoutMs), remove(item(), timeoutMs)]
  for (const ended of calls.map(call => assert.rejects(call, failsWith(code)))) await ended
}

/** How long it takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

describe('without', withKeyrings, () => {
  test('D-Bus it is NO_SERVICE, whether there is no address or nobody at it', async () => {
    for (const DBUS_SESSION_BUS_ADDRESS of [undefined, 'unix:path=/nonexistent', 'nonsense']) {
      enter({ DBUS_SESSION_BUS_ADDRESS })
      await allFail('NO_SERVICE')
    }
  })

  test('a provider it is NO_PROVIDER', async t => {
    const bus = await SessionBus.start(t)
    bus.enter()
    await allFail('NO_PROVIDER')
  })

  test('libsecret it is UNAVAILABLE, and everything else of the addon works', async t => {
    const bus = await SessionBus.start(t)
    // Hides the library from this one program.
    const hide = `${await temporaryFolder(t)}/empty`
    await writeFile(hide, '')
    const libraries = (await readFile('/proc/self/maps', 'utf8')).match(/\/\S*libsecret-1\.so\S*/)
    assert.ok(libraries, 'libsecret has been loaded by now')
    const peer = fileURLToPath(new URL('programs/without-libsecret.js', import.meta.url))
    const mount = `mount --bind "$1" "$2" && exec "$3" "$4"`
    const args = ['--mount', 'sh', '-c', mount, 'sh', hide, libraries[0], process.execPath, peer]
    const program = bus.start('unshare', args)
    assert.equal(await program.line(), 'UNAVAILABLE dlopen')
    assert.equal(await program.line(), 'locked')
    await program.ended()
  })
})

describe('a provider that does not answer', withKeyrings, () => {
  test('is given up when the time is over, at every call that can wait', async t => {
    for (const silent of ['all', 'SearchItems', 'ReadAlias', 'Unlock']) {
      await swallow(t, silent)
      const ms = await timed(() => assert.rejects(get(item(), 300), failsWith('TIMEOUT')))
      assert.ok(ms >= 290 && ms < PATIENCE_MS / 2, `${silent}: ${ms} ms`)
    }
    await swallow(t, 'OpenSession')
    await assert.rejects(set(item(), 'x', 300), failsWith('TIMEOUT'))
  })

  test('keeps its dialog until the time is over, and is told to take it away', async t => {
    const { provider } = await swallow(t)
    const ms = await timed(() => assert.rejects(get(item(), 300), failsWith('TIMEOUT')))
    assert.ok(ms >= 290, `${ms} ms`)
    const calls = []
    for (let call = ''; call !== 'Dismiss'; calls.push(call)) call = await provider.line()
    assert.deepEqual(calls, ['SearchItems', 'ReadAlias', 'Unlock', 'Prompt', 'Dismiss'])
  })

  test('is given up too when it does not say that its dialog is gone', async t => {
    await swallow(t, 'Dismiss', 'Completed')
    const ms = await timed(() => assert.rejects(get(item(), 300), failsWith('TIMEOUT')))
    assert.ok(ms >= 790 && ms < PATIENCE_MS / 2, `${ms} ms`)
  })

  test('does not hold up others when it has gone, and the next one is asked', async t => {
    const keyring = await GnomeKeyring.start(t)
    await set(item(), 'kept')
    process.kill(keyring.pid, 'SIGSTOP')
    await allFail('TIMEOUT', 300)
    process.kill(keyring.pid, 'SIGCONT')
    assert.notEqual(await getText(item()), undefined)
  })

  test('does not hold up file locks, however many calls wait for it', async t => {
    const fileLock = requireCapability(loadNativeAddon(), 'fileLock')
    const path = `${await temporaryFolder(t)}/lock`
    const { provider } = await swallow(t, 'all')
    let settled = 0
    const kinds = [() => get(item(), 1_500), () => set(item(), 'x', 1_500), () => remove(item(), 1_500)]
    const calls = [...kinds, ...kinds, ...kinds].map(kind =>
      assert.rejects(
        kind().finally(() => settled++),
        failsWith('TIMEOUT'),
      ),
    )
    // As many as there are threads for them.
    for (let asked = 0; asked < 4; asked++) await provider.line()
    const { handle } = await fileLock.tryAcquire(path, 'owner', '')
    await handle?.release()
    assert.deepEqual([handle !== undefined, settled], [true, 0])
    await Promise.all(calls)
  })

  test('is given up in time by those too that wait for their turn, which then ask nobody', async t => {
    const { provider } = await swallow(t, 'all')
    const ms = await timed(() =>
      Promise.all(Array.from({ length: 12 }, () => assert.rejects(get(item(), 1_000), failsWith('TIMEOUT')))),
    )
    // One after the other they would take three times as long.
    assert.ok(ms >= 990 && ms < 2_500, `${ms} ms`)
    await provider.kill()
    assert.equal(await provider.rest(), Array(4).fill('SearchItems').join('\n'))
  })

  test('that ends while it is asked is no provider any more', async t => {
    const { provider } = await swallow(t, 'all')
    const call = assert.rejects(get(item()), failsWith('NO_PROVIDER'))
    assert.equal(await provider.line(), 'SearchItems')
    await provider.kill()
    await call
  })
})

describe('a bus', withKeyrings, () => {
  test('that does not answer is given up when the time is over', async t => {
    const bus = await SessionBus.start(t)
    bus.enter()
    process.kill(bus.daemon.pid, 'SIGSTOP')
    await allFail('TIMEOUT', 300)
  })

  test('that does not answer is given up by each call when its own time is over', async t => {
    const bus = await SessionBus.start(t)
    bus.enter()
    process.kill(bus.daemon.pid, 'SIGSTOP')
    const times = [200, 700, 1_200].map(timeoutMs =>
      timed(() => assert.rejects(get(item(), timeoutMs), failsWith('TIMEOUT'))).then(ms => [timeoutMs, ms] as const),
    )
    for (const [timeoutMs, ms] of await Promise.all(times)) {
      assert.ok(ms >= timeoutMs - 10 && ms < timeoutMs + 5_000, `${timeoutMs}: ${ms} ms`)
    }
  })

  test('that ends while it is asked does not end this process', async t => {
    const { bus, provider } = await swallow(t, 'all')
    const call = assert.rejects(get(item()), failsWith('NO_SERVICE'))
    assert.equal(await provider.line(), 'SearchItems')
    await bus.daemon.kill()
    await call
  })
})
