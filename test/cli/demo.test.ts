/** latchkey demo: it ends well by itself, shows every step, leaves nothing behind, and does without what is missing. */
import assert from 'node:assert/strict'
import { cpSync, readdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { ESC, latchkey, MAIN, scratchFolder, start, startProgram } from './support/latchkey.js'
import { inTerminal } from './support/terminal.js'

const STEPS = [
  'A tenant starts, over real TLS',
  'Alice signs in: authorization code with PKCE',
  'The token is in the cache',
  'A second program finds it silently',
  'It is renewed without the user',
  'An API takes it for what it is',
  'Joe signs in at his company’s AD FS, through WS-Trust',
]

describe('latchkey demo', () => {
  test('tells seven steps with times in 80 columns of plain text, and leaves nothing behind', async () => {
    const folder = scratchFolder()
    // A proxy that is not there must not matter: the tenant is on this machine.
    const { code, stdout, stderr } = await latchkey(['demo'], { TMPDIR: folder, HTTPS_PROXY: 'http://127.0.0.1:1' })
    assert.equal(code, 0, stderr)
    assert.equal(stderr, '')
    assert.ok(!stdout.includes(ESC))
    STEPS.forEach((title, index) => {
      assert.ok(stdout.includes(`\n${index + 1}  ${title}\n`), title)
    })
    assert.match(stdout, /first +the same token, read from the cache +\d+(\.\d)? m?s\n/)
    assert.match(stdout, /again +each of \d+ calls more +\d+(\.\d)? [µm]s\n/)
    assert.match(stdout, /GET \/api\/me {2}401 +\d/)
    assert.match(stdout, /GET \/api\/me {2}200 {2}“Hello, Alice” +\d/)
    assert.match(stdout, /realm .*\n +metadata .*\n +AD FS .*\n +token .*\n +in all +joe@contoso\.com +\d+ ms\n/)
    assert.match(stdout, /by ticket +not here: there is no Kerberos ticket\n/)
    assert.match(stdout, /✓ 7 steps in [\d.]+ m?s\. What was proven:\n( {2}· .*\n){5}/)
    assert.match(stdout, /Try next\n {2}node dist\/cli\/main\.js demo --browser /)
    assert.doesNotMatch(stdout, /eyJ|Pw1!/)
    const tooLong = stdout.split('\n').filter(line => [...line].length > 80 && !line.includes(folder))
    assert.deepEqual(tooLong, [])
    assert.deepEqual(readdirSync(folder), [])
  })

  test('has colours on a terminal', async () => {
    const { code, transcript: stdout } = await inTerminal(['demo'])
    assert.equal(code, 0)
    assert.ok(stdout.includes(`${ESC}[36m1${ESC}[39m  ${ESC}[1m${STEPS[0]}${ESC}[22m`), stdout)
  })

  test('without the native addon it says so in one line and keeps the token in memory', async () => {
    const root = scratchFolder()
    const source = path.resolve(MAIN, '../../..')
    for (const name of ['dist', 'package.json'])
      cpSync(path.join(source, name), path.join(root, name), { recursive: true })
    symlinkSync(path.join(source, 'node_modules'), path.join(root, 'node_modules'))
    const main = path.join(root, 'dist/cli/main.js')
    const { code, stdout, stderr } = await startProgram(process.execPath, [main, 'demo']).done
    assert.equal(code, 0, stderr)
    assert.match(stdout, /memory +no native addon here, so this cache ends with the program\n/)
    assert.match(stdout, /GET \/api\/me {2}200/)
    assert.doesNotMatch(stdout, /outlived its program/)
  })

  test('--browser shows whom to sign in as, waits, and cleans up when it is interrupted', async () => {
    const folder = scratchFolder()
    const { child, done, seen } = start(['demo', '--browser'], { TMPDIR: folder, BROWSER: 'true' })
    await seen('stdout', /user name +alice@contoso\.onmicrosoft\.com\n +password +Pw1!\S+\n/)
    await seen('stdout', /^ {2}https:\/\/localhost:\d+\/contoso\.onmicrosoft\.com\/oauth2\/v2\.0\/authorize\?/m)
    child.kill('SIGINT')
    const { code, stderr } = await done
    assert.equal(code, 130)
    assert.equal(stderr, 'interrupted\n')
    assert.deepEqual(readdirSync(folder), [])
  })

  test('a step that fails ends it with an error, a hint and exit code 1', async () => {
    const { code, stdout, stderr } = await latchkey(['demo'], { TMPDIR: '/nowhere' })
    assert.equal(code, 1)
    assert.match(stderr, /^error: .*\/nowhere.*\[ENOENT\]\nhint: .+\n$/)
    assert.doesNotMatch(stdout, /What was proven/)
  })
})
