/** Windows that belong to each other, and opening a page, in a real node.exe on a desktop of its own. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { startDisplay } from '../support/display.js'
import { temporaryFolder, until, WHOLE_FILE } from '../support/machine.js'
import { prepareWindows, runInWindows, runWindowsTests, waitForQuiet } from '../support/windows.js'

const display = await startDisplay(WHOLE_FILE)

before(() => {
  prepareWindows()
  // A desktop of Wine's that was started without a display shows no window.
  waitForQuiet()
})

test('parent windows', t =>
  runWindowsTests(t, 'dist-test/windows/parent-window.test.js', { env: display.variables, timeoutMs: 240_000 }))

test('app windows', t =>
  runWindowsTests(t, 'dist-test/windows/app-window.test.js', { env: display.variables, timeoutMs: 240_000 }))

test('the shell opens a web page, with every character of its address, and nothing else', async t => {
  const folder = await temporaryFolder(t)
  const [opened, opener] = [join(folder, 'opened'), join(folder, 'xdg-open')]
  // What Wine hands a page to, as the browser of the system.
  await writeFile(opener, `#!/bin/sh\nprintf '%s' "$1" >'${opened}.part'\nmv '${opened}.part' '${opened}'\n`)
  await chmod(opener, 0o755)
  const url = 'https://login.test/authorize?a=1&b=%22x%22&c=%25PATH%25&d=a+b%7C%5E%3E;e'
  const script = `import('./dist/browser/open-browser.js').then(async ({ createBrowserLauncher }) => {
    const { loadNativeAddon } = await import('./dist/native/addon.js')
    const messages = []
    const log = message => messages.push(message)
    const logger = { error: log, warning: log, info: log, verbose: log }
    const native = loadNativeAddon()
    await createBrowserLauncher({ logger, native: () => native }).open(new URL(${JSON.stringify(url)}))
    for (const other of ['file:///C:/Windows/notepad.exe', 'calc.exe', 'https', '']) {
      messages.push(await native.desktop.openUrl(other).then(() => 'opened', ({ code }) => code))
    }
    console.log(messages.join('\\n'))
  })`
  const env = { ...display.variables, PATH: `${folder}:${process.env.PATH}` }
  const { stdout, stderr } = await runInWindows(t, ['-e', script], { env })
  assert.equal(stderr, '')
  assert.deepEqual(stdout.trim().split(/\r?\n/), [
    'browser: the shell has opened it',
    'FAILED',
    'FAILED',
    'FAILED',
    'FAILED',
  ])
  await until(() => existsSync(opened))
  assert.equal(await readFile(opened, 'utf8'), new URL(url).href)
})
