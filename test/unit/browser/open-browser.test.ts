/** The launcher with real programs: which one is run, what it is given, and what happens when it fails. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createBrowserLauncher } from '#lib/browser/open-browser.js'
import { SILENT_LOGGER } from '#lib/logger.js'

const PAGE = new URL("https://login.test/authorize?a=1&b='$(touch pwned)'&c=%20;id")
const skip = process.platform === 'win32' ? 'the programs are shell scripts' : false

/** A folder with programs, given as shell scripts, that is the whole PATH; `opened` is what they wrote to $OUT. */
async function desktop(t: TestContext, programs: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-browser-'))
  t.after(() => rm(folder, { recursive: true }))
  for (const [name, script] of Object.entries(programs))
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const out = join(folder, 'opened')
  const env = { PATH: folder, DISPLAY: ':0', OUT: out }
  return { env, folder, opened: () => readFile(out, 'utf8') }
}

const open = (env: NodeJS.ProcessEnv, url = PAGE, options: { signal?: AbortSignal; root?: string } = {}) => {
  const { signal, root = '/nowhere' } = options
  return createBrowserLauncher({ platform: 'linux', env, root, logger: SILENT_LOGGER }).open(url, signal)
}

test('gives the URL to the first program that works, as one argument', { skip }, async t => {
  const { env, opened } = await desktop(t, {
    'xdg-open': 'echo "xdg-open $# $1" >> "$OUT"; exit 3',
    kfmclient: 'echo "kfmclient $# $1 $2" >> "$OUT"',
    chromium: 'echo chromium >> "$OUT"',
  })
  await open(env)
  assert.equal(await opened(), `xdg-open 1 ${PAGE.href}\nkfmclient 2 exec ${PAGE.href}\n`)
})

test('does not wait for a browser that goes on running', { skip }, async t => {
  const { env, folder, opened } = await desktop(t, { 'xdg-open': 'echo $$ > "$OUT"; exec /bin/sleep 300' })
  const startedAt = performance.now()
  await open({ ...env, PATH: folder })
  const elapsed = performance.now() - startedAt
  process.kill(Number(await opened()))
  assert.ok(elapsed > 1_000 && elapsed < 100_000, `${elapsed} ms`)
})

test('says so when nothing works, and when there is no desktop', { skip }, async t => {
  const { env } = await desktop(t, { 'xdg-open': 'exit 3', 'gnome-open': 'kill -9 $$' })
  await assert.rejects(open(env), { name: 'ClientError', code: 'linux_xdg_open_failed', hint: /device code/ })
  await assert.rejects(open({ PATH: env.PATH }), { code: 'linux_xdg_open_failed', message: /DISPLAY/ })
  await assert.rejects(open({ ...env, SUDO_USER: 'jo' }), { code: 'linux_xdg_open_failed', message: /sudo/ })
  const container = await mkdtemp(join(tmpdir(), 'latchkey-browser-'))
  t.after(() => rm(container, { recursive: true }))
  await writeFile(join(container, '.dockerenv'), '')
  const message = /container/
  const inContainer = open({ PATH: env.PATH }, PAGE, { root: container })
  await assert.rejects(inContainer, { code: 'linux_xdg_open_failed', message, hint: /device code/ })
})

test('refuses to open what is no web page', { skip }, async t => {
  const { env, opened } = await desktop(t, { 'xdg-open': 'echo opened > "$OUT"' })
  for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'ms-settings:'])
    await assert.rejects(open(env, new URL(url)), { code: 'invalid_request' })
  await delay(50)
  await assert.rejects(opened(), { code: 'ENOENT' })
})

test('runs a BROWSER that cannot be started as nothing, and goes on', { skip }, async t => {
  const { env, opened } = await desktop(t, { 'xdg-open': 'echo opened > "$OUT"' })
  await open({ ...env, BROWSER: `/nowhere/browser %s:${env.OUT}` })
  assert.equal(await opened(), 'opened\n')
})

test('nothing that the browser prints reaches our output, and it does not hold the process', { skip }, async t => {
  const { env, folder, opened } = await desktop(t, {
    'xdg-open': 'echo $$ > "$OUT"; echo noise; echo noise >&2; exec /bin/sleep 300',
  })
  const program = `
    const { createBrowserLauncher } = await import('#lib/browser/open-browser.js')
    const logger = { verbose() {} }
    await createBrowserLauncher({ platform: 'linux', logger }).open(new URL('https://login.test/'))
    console.log('done')`
  const args = ['--input-type=module', '--eval', program]
  const options = { env: { ...env, PATH: folder }, timeout: 100_000 }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options)
  process.kill(Number(await opened()))
  assert.deepEqual([stdout, stderr], ['done\n', ''])
})

test('once the signal fires it watches no longer, and tries no further program', { skip }, async t => {
  const { env, opened } = await desktop(t, {
    'xdg-open': 'echo $$ >> "$OUT"; exec /bin/sleep 300',
    'gnome-open': 'echo another >> "$OUT"',
  })
  const program = `
    const { openSystemBrowser } = await import('latchkey')
    const isOver = new AbortController()
    const opening = openSystemBrowser(new URL('https://login.test/'), isOver.signal)
    setTimeout(() => isOver.abort(), 200)
    const startedAt = performance.now()
    await opening
    process.once('exit', () => console.log(performance.now() - startedAt < 1_500))`
  const args = ['--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: 100_000 })
  process.kill(Number(await opened()))
  assert.equal(stdout, 'true\n')

  const failing = await desktop(t, { 'xdg-open': 'exit 3', 'gnome-open': 'echo another >> "$OUT"' })
  await open(failing.env, PAGE, { signal: AbortSignal.abort() })
  await assert.rejects(failing.opened(), { code: 'ENOENT' })
})

describe('on Windows', () => {
  const url = new URL('https://login.test/?a=1&b=2')
  // A Windows without any program to start, so that only the shell can open anything.
  const openOnWindows = (openUrl: (url: string) => Promise<void>, preference: 'default' | 'edge' = 'default') => {
    const native = () => ({ desktop: { openUrl } })
    const env = { SystemRoot: '/nowhere' }
    return createBrowserLauncher({ platform: 'win32', env, logger: SILENT_LOGGER, native, preference }).open(url)
  }

  test('the shell is asked, with the whole URL', async () => {
    const opened: string[] = []
    await openOnWindows(async href => void opened.push(href))
    assert.deepEqual(opened, ['https://login.test/?a=1&b=2'])
  })

  test('a shell that fails is followed by the program, one that is late is not', async () => {
    const failsWith = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }))
    await assert.rejects(openOnWindows(failsWith('NOT_FOUND')), { code: 'linux_xdg_open_failed' })
    await openOnWindows(failsWith('TIMEOUT'))
  })

  test('the shell is not asked for Edge', async () => {
    await assert.rejects(
      openOnWindows(async () => assert.fail('asked'), 'edge'),
      { code: 'linux_xdg_open_failed' },
    )
  })
})
