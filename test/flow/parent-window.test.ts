/** The application's window around a sign-in with the system browser: checked before, in front afterwards. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { Configuration, InteractiveRequest } from 'latchkey'
import { FakeParentWindow } from '../fakes/fake-parent-window.js'
import { Application, interactively, SCOPES, setStage } from './support.js'

const stage = await setStage()
const PARENT = 0x100n
const OTHER = 0x200n

let native: FakeParentWindow
beforeEach(() => {
  native = new FakeParentWindow()
  native.windows.set(PARENT, 1).set(OTHER, 1)
})

const applicationWith = (t: Parameters<typeof stage.application>[0], configuration: Partial<Configuration>) =>
  stage.application(t, configuration, undefined, native.addon).app

test('the parent comes to the front after a sign-in, and not before', async t => {
  const app = applicationWith(t, { parentWindow: PARENT })
  const visit = stage.visit('alice')
  const open = async (url: URL) => {
    assert.deepEqual(native.done, [])
    await visit.open(url)
  }
  await app.acquireTokenInteractive({ scopes: SCOPES, systemBrowser: { openBrowser: open } })
  assert.deepEqual(native.done, ['activate 256'])
})

test('the window of the request is taken before that of the configuration, which may be asked for anew', async t => {
  const asked: (bigint | undefined)[] = [PARENT, undefined, OTHER]
  const app = applicationWith(t, { parentWindow: () => asked.shift() })
  await interactively(app, stage.visit('alice'))
  await interactively(app, stage.visit('alice'))
  await interactively(app, stage.visit('alice'))
  await interactively(app, stage.visit('alice'), { parentWindow: Buffer.from([0, 2, 0, 0]) })
  assert.deepEqual(native.done, ['activate 256', 'activate 512', 'activate 512'])
})

test('the parent comes to the front after a failure and after a cancelled sign-in too', async t => {
  const app = applicationWith(t, { parentWindow: PARENT })
  const failing: InteractiveRequest = {
    scopes: SCOPES,
    systemBrowser: { openBrowser: () => Promise.reject(new Error('no browser')) },
  }
  await assert.rejects(app.acquireTokenInteractive(failing), /no browser/)
  assert.deepEqual(native.done.splice(0), ['activate 256'])
  const cancel = new AbortController()
  const cancelled = { scopes: SCOPES, signal: cancel.signal, systemBrowser: { openBrowser: () => cancel.abort() } }
  await assert.rejects(app.acquireTokenInteractive(cancelled), { name: 'AbortError' })
  assert.deepEqual(native.done, ['activate 256'])
})

test('a window that is gone is refused before the browser is opened', async t => {
  const app = applicationWith(t, {})
  const openBrowser = () => assert.fail('opened')
  const request = { scopes: SCOPES, parentWindow: 7n, systemBrowser: { openBrowser } }
  await assert.rejects(app.acquireTokenInteractive(request), { name: 'ClientError', code: 'invalid_window_handle' })
  for (const parentWindow of [0, -1, Buffer.alloc(8), Buffer.alloc(3), '5' as unknown as number]) {
    await assert.rejects(app.acquireTokenInteractive({ ...request, parentWindow }), { code: 'invalid_window_handle' })
  }
  assert.equal(stage.tenant.requests.length, 0)
})

test('a sign-in does not fail for a window that the system cannot deal with', async t => {
  const app = applicationWith(t, { parentWindow: PARENT })
  for (const [call, code] of [
    ['activate', 'FAILED'],
    ['inspect', 'UNAVAILABLE'],
  ] as const) {
    native.failures.set(call, code)
    await interactively(app, stage.visit('alice'))
  }
  const { app: without } = stage.application(t, { parentWindow: PARENT }, undefined, {
    ...native.addon,
    parentWindow: undefined,
  })
  await interactively(without, stage.visit('alice'))
  assert.deepEqual(native.done, [])
})

test('a configured window that can never be one is refused at once, and one that is asked for later is not asked', () => {
  const { clientId } = stage.tenant
  const construct = (parentWindow: NonNullable<Configuration['parentWindow']>) =>
    new Application({ clientId, parentWindow }, {})
  assert.throws(() => construct(0n), { code: 'invalid_window_handle' })
  assert.throws(() => construct('5' as unknown as number), { code: 'invalid_window_handle' })
  const asked = () => assert.fail('asked')
  construct(asked)
  construct({ getNativeWindowHandle: asked })
})
