/** Which browser is started as an app window: Edge before Chrome before Chromium, and none that cannot. */
import assert from 'node:assert/strict'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { browserPlaces, findBrowser } from '#lib/browser/app-window/find-browser.js'
import { exceptOnWindows, temporaryFolder } from '../../../support/machine.js'

test('on Windows Edge, then Chrome, for all users or for this one', () => {
  const env = {
    'ProgramFiles(x86)': 'C:\\Program Files (x86)',
    ProgramFiles: 'C:\\Program Files',
    LOCALAPPDATA: 'C:\\Users\\alice\\AppData\\Local',
  }
  assert.deepEqual(browserPlaces({ platform: 'win32', env }), [
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
    'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe',
    'C:\\Users\\alice\\AppData\\Local\\Microsoft\\Edge\\Application\\msedge.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Users\\alice\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe',
  ])
  assert.deepEqual(browserPlaces({ platform: 'win32', env: { ProgramFiles: '' } }), [])
})

test('on macOS the program within the bundle', () => {
  const places = browserPlaces({ platform: 'darwin', env: { HOME: '/Users/alice' } })
  assert.equal(places[0], '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge')
  assert.equal(places[1], '/Users/alice/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge')
  assert.equal(places.at(-1), '/Users/alice/Applications/Chromium.app/Contents/MacOS/Chromium')
  assert.equal(browserPlaces({ platform: 'darwin', env: {} }).length, 3)
})

test('on Linux along the path, whose relative folders are anybody’s', () => {
  const places = browserPlaces({ platform: 'linux', env: { PATH: '/usr/local/bin::bin:./x:/usr/bin' } })
  assert.deepEqual(places.slice(0, 2), ['/usr/local/bin/microsoft-edge', '/usr/bin/microsoft-edge'])
  assert.deepEqual(places.slice(-4), [
    '/usr/local/bin/chromium',
    '/usr/bin/chromium',
    '/usr/local/bin/chromium-browser',
    '/usr/bin/chromium-browser',
  ])
  assert.deepEqual(browserPlaces({ platform: 'linux', env: {} }), [])
})

test('the first that can be started is taken, and no snap', exceptOnWindows('x bit'), async t => {
  const folder = await programs(t, ['google-chrome', 'chromium'])
  const env = { PATH: folder }
  assert.equal(await findBrowser({ platform: 'linux', env }), join(folder, 'google-chrome'))
  await chmod(join(folder, 'google-chrome'), 0o644)
  assert.equal(await findBrowser({ platform: 'linux', env }), join(folder, 'chromium'))
  await mkdir(join(folder, 'microsoft-edge'))
  assert.equal(await findBrowser({ platform: 'linux', env }), join(folder, 'chromium'))
  await writeFile(join(folder, 'chromium'), '#!/bin/sh\nexec /snap/bin/chromium "$@"\n')
  assert.equal(await findBrowser({ platform: 'linux', env }), undefined)
  const snaps = await programs(t, ['snap'])
  await mkdir(join(snaps, 'bin'))
  await symlink(join(snaps, 'snap'), join(snaps, 'bin', 'chromium'))
  assert.equal(await findBrowser({ platform: 'linux', env: { PATH: join(snaps, 'bin') } }), undefined)
})

async function programs(t: TestContext, names: string[]): Promise<string> {
  const folder = await temporaryFolder(t)
  for (const name of names) await writeFile(join(folder, name), '#!/bin/sh\n', { mode: 0o755 })
  return folder
}
