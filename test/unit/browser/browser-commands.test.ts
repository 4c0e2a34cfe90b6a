/** Which programs are tried to open a URL, on each system and desktop. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserCommands, whyNoBrowser } from '#lib/browser/browser-commands.js'

const URL_TEXT = 'https://login.test/authorize?a=1&b=$(id)%20`x`'
const commands = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv = {}, preference?: 'edge' | 'edgeProtocol') =>
  browserCommands(new URL(URL_TEXT), { platform, env }, preference).map(({ command, args }) => [command, ...args])
const HREF = new URL(URL_TEXT).href

test('asks the desktop first on Linux, then known browsers', () => {
  const names = commands('linux').map(([name]) => name)
  assert.deepEqual(names.slice(0, 5), ['xdg-open', 'gnome-open', 'kfmclient', 'microsoft-edge', 'wslview'])
  assert.deepEqual(commands('linux')[0], ['xdg-open', HREF])
  assert.deepEqual(commands('linux')[2], ['kfmclient', 'exec', HREF])
  assert.deepEqual(commands('linux', { WSL_DISTRO_NAME: 'Debian' }).at(-1), [
    'rundll32.exe',
    'url.dll,FileProtocolHandler',
    HREF,
  ])
})

test('tries the programs of BROWSER before all others, with the URL in place of %s or at the end', () => {
  const [first, second, third] = commands('linux', { BROWSER: '/opt/my browser:chromium  --new-window %s --x=%s::w3m' })
  assert.deepEqual(first, ['/opt/my', 'browser', HREF])
  assert.deepEqual(second, ['chromium', '--new-window', HREF, `--x=${HREF}`])
  assert.deepEqual(third, ['w3m', HREF])
})

test('uses the handlers of macOS and Windows by their whole paths', () => {
  assert.deepEqual(commands('darwin', { BROWSER: 'x' }), [['/usr/bin/open', HREF]])
  assert.deepEqual(commands('win32', { SystemRoot: 'D:\\Win' }), [
    ['D:\\Win\\System32\\rundll32.exe', 'url.dll,FileProtocolHandler', HREF],
  ])
})

test('prefers Edge when asked to, and falls back on the default browser', () => {
  assert.deepEqual(commands('linux', {}, 'edge')[0], ['microsoft-edge', HREF])
  assert.ok(commands('linux', {}, 'edge').some(([name]) => name === 'xdg-open'))
  assert.deepEqual(commands('darwin', {}, 'edge'), [
    ['/usr/bin/open', '-a', 'Microsoft Edge', HREF],
    ['/usr/bin/open', HREF],
  ])
  const env = { SystemRoot: 'C:\\Windows', 'ProgramFiles(x86)': 'C:\\Program Files (x86)' }
  const handler = ['C:\\Windows\\System32\\rundll32.exe', 'url.dll,FileProtocolHandler']
  assert.deepEqual(commands('win32', env, 'edge'), [
    ['C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe', HREF],
    [...handler, `microsoft-edge:${HREF}`],
    [...handler, HREF],
  ])
  assert.equal(commands('win32', env, 'edgeProtocol').length, 2)
})

test('says why no browser can be expected', () => {
  const why = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux') => whyNoBrowser({ platform, env })
  const desktop = { DISPLAY: ':0' }
  assert.equal(why(desktop), undefined)
  assert.equal(why({ WAYLAND_DISPLAY: 'wayland-0' }), undefined)
  assert.equal(why({ WSL_INTEROP: '/run/x' }), undefined)
  assert.match(why({}) ?? '', /DISPLAY/)
  assert.match(why({ ...desktop, SSH_CONNECTION: '1 2 3 4' }) ?? '', /SSH/)
  assert.match(why({ SSH_TTY: '/dev/pts/1' }, 'darwin') ?? '', /SSH/)
  assert.match(why({ ...desktop, SUDO_USER: 'jo', BROWSER: 'x' }) ?? '', /sudo/)
  assert.equal(why({ SSH_CONNECTION: '1', BROWSER: 'helper' }), undefined)
  assert.equal(why({}, 'darwin'), undefined)
  assert.match(why({ DISPLAY: 'localhost:10.0', SSH_TTY: '/dev/pts/1' }) ?? '', /SSH/)
  assert.equal(why({ SSH_CONNECTION: '1' }, 'win32'), undefined)
})

test('tells a container from a machine without a desktop, and from one that has been given a display or a BROWSER', () => {
  const why = (env: NodeJS.ProcessEnv, isWsl = false) =>
    whyNoBrowser({ platform: 'linux', env, isContainer: true, isWsl }) ?? ''
  assert.match(why({}), /container without a desktop/)
  assert.match(why({}, true), /container without a desktop/)
  assert.match(why({ SSH_TTY: '/dev/pts/1' }), /SSH/)
  for (const env of [{ DISPLAY: ':0' }, { WAYLAND_DISPLAY: 'wayland-0' }, { BROWSER: 'code --openExternal' }]) {
    assert.equal(why(env), '')
  }
})

test('knows WSL by its kernel too, where the variables are lost', () => {
  const service = { platform: 'linux', env: {}, isWsl: true } as const
  assert.equal(whyNoBrowser(service), undefined)
  assert.equal(browserCommands(new URL(URL_TEXT), service).at(-1)?.command, 'rundll32.exe')
  assert.notEqual(browserCommands(new URL(URL_TEXT), { ...service, isWsl: false }).at(-1)?.command, 'rundll32.exe')
})
