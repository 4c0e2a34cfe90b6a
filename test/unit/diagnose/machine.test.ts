/** The checks of the machine: Node, the addon, and what a person would see. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, test } from 'node:test'
import { diagnose } from 'latchkey'
import { browser, display, session } from '#lib/diagnose/desktop.js'
import { native, node } from '#lib/diagnose/runtime.js'
import { loadNativeAddon } from '#lib/native/addon.js'
import { fileSystem } from './support.js'

const linux = (env: NodeJS.ProcessEnv = {}, files: Record<string, string> = {}) =>
  ({ platform: 'linux', env, root: fileSystem(files) }) as const

test('every check is there once, in a fixed order, whatever is wrong, and none throws', async () => {
  const names =
    'node native cache encryption proxy certificates authority clock ticket device federation spn browser display session'.split(
      ' ',
    )
  const nonsense = {
    authority: 7,
    cache: { name: '../x' },
    http: { ca: 'no', timeoutSeconds: -1 },
    timeoutSeconds: Number.NaN,
  }
  for (const options of [{ authority: 'https://localhost:1/x', timeoutSeconds: 2 }, nonsense as never]) {
    const found = await diagnose(options)
    assert.deepEqual(
      found.map(({ check }) => check),
      names,
    )
    for (const { ok, detail, hint } of found) {
      assert.equal(typeof ok, 'boolean')
      assert.match(detail, /^[^\n]+$/)
      assert.ok(hint === undefined || hint.endsWith('.'), hint)
    }
  }
})

describe('diagnose: the program', () => {
  test('an old Node is refused', () => {
    for (const version of ['18.20.0', '20.18.9']) assert.equal(node(version).ok, false, version)
    for (const version of ['20.19.0', '22.0.0', '26.1.0']) assert.equal(node(version).ok, true, version)
    assert.match(node().detail, new RegExp(`^${process.versions.node} on ${process.platform}`))
  })

  test('the addon is said with what it can do and where it comes from, or why there is none', () => {
    const { ok, detail } = native(loadNativeAddon())
    assert.match(detail, ok ? /fileLock.*, from (?:build|prebuilds).*\.node$/ : /^not loaded: /)
  })
})

describe('diagnose: the person', () => {
  test('the browser is the program that would be started', async () => {
    const machine = linux({}, { 'bin/firefox': '', 'bin/xdg-open': '' })
    const env = { DISPLAY: ':0', PATH: `relative:${path.join(machine.root, 'bin')}` }
    const of = (further: NodeJS.ProcessEnv = {}) => browser({ ...machine, env: { ...env, ...further } })
    assert.deepEqual(await of(), { ok: true, detail: path.join(machine.root, 'bin/xdg-open') })
    assert.equal((await of({ BROWSER: 'firefox %s' })).detail, path.join(machine.root, 'bin/firefox'))
    assert.match((await of({ PATH: '/nowhere' })).detail, /no program that opens web pages/)
    for (const away of [{ DISPLAY: '' }, { SSH_TTY: '/dev/pts/1' }]) {
      const { ok, detail, hint } = await of(away)
      assert.deepEqual([ok, detail.startsWith('none: ')], [true, true])
      assert.match(`${hint}`, /device code/)
    }
  })

  test('a BROWSER that is not there is said, since it is passed over', async () => {
    const machine = linux({}, { 'bin/xdg-open': '', 'bin/firefox': '' })
    const of = (BROWSER: string) =>
      browser({ ...machine, env: { DISPLAY: ':0', PATH: path.join(machine.root, 'bin'), BROWSER } })
    const { ok, detail, hint } = await of('/opt/gone/browser %s')
    assert.deepEqual([ok, detail], [true, path.join(machine.root, 'bin/xdg-open')])
    assert.equal(hint, 'BROWSER names /opt/gone/browser, which is not there: mend or unset it.')
    assert.equal((await of('/opt/gone/browser:firefox')).hint, undefined)
  })

  test('displays', async () => {
    const both = await display(linux({ DISPLAY: ':1', WAYLAND_DISPLAY: 'wayland-0' }))
    assert.equal(both.detail, 'Wayland (wayland-0), X11 (:1)')
    assert.match((await display(linux())).detail, /^none/)
    assert.equal((await display({ ...linux(), platform: 'darwin' })).ok, true)
  })

  test('an X server of this machine that does not run is said, and others are not asked', async () => {
    const sockets = { 'proc/net/unix': 'Num Path\n00: 2 1 12 @/tmp/.X11-unix/X11\n' }
    const hintOf = async (DISPLAY: string, files: Record<string, string> = sockets) =>
      (await display(linux({ DISPLAY }, files))).hint
    assert.equal(await hintOf(':1'), 'No X server of this machine is :1: set DISPLAY to one that runs.')
    assert.match(`${await hintOf('unix:1.0')}`, /^No X server/)
    for (const fine of [':11', ':11.0', 'far.example:1', 'localhost:10.0']) assert.equal(await hintOf(fine), undefined)
    assert.equal(await hintOf(':1', { ...sockets, 'tmp/.X11-unix/X1': '' }), undefined)
    assert.equal(await hintOf(':1', {}), undefined)
  })

  const places: [what: string, env: NodeJS.ProcessEnv, files: Record<string, string>, detail: string][] = [
    ['a plain desktop', {}, { 'proc/1/cgroup': '0::/init.scope' }, 'local'],
    ['SSH', { SSH_CONNECTION: '1 2 3 4' }, {}, 'an SSH session'],
    ['Docker', {}, { '.dockerenv': '' }, 'in a container'],
    ['Podman', {}, { 'run/.containerenv': '' }, 'in a container'],
    ['an older container', {}, { 'proc/1/cgroup': '1:name=systemd:/kubepods/x' }, 'in a container'],
    ['systemd-nspawn', { container: 'systemd-nspawn' }, {}, 'in a container'],
    ['WSL', { WSL_DISTRO_NAME: 'Ubuntu' }, {}, 'in WSL'],
    ['WSL under sudo', {}, { 'proc/sys/kernel/osrelease': '5.15.90.1-microsoft-standard-WSL2' }, 'in WSL'],
    ['SSH into a container', { SSH_TTY: 'x' }, { '.dockerenv': '' }, 'an SSH session, in a container'],
  ]
  for (const [what, env, files, detail] of places) {
    test(`knows ${what}`, async () => {
      assert.equal((await session(linux(env, files))).detail, detail)
    })
  }

  test('elsewhere a container or WSL is not looked for', async () => {
    const machine = { ...linux({ WSL_DISTRO_NAME: 'x' }, { '.dockerenv': '' }), platform: 'win32' } as const
    assert.equal((await session(machine)).detail, 'local')
  })
})
