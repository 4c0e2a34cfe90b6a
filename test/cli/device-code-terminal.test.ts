/** login --flow device-code in a terminal: the countdown, the QR code, and what is left when it ends, Ctrl-C included. */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { encode } from 'uqr'
import { emulate } from '../emulator/support.js'
import { approveShownCode } from '../support/device-person.js'
import { ESC, latchkey, scratchFolder, signInPlace, start, startProgram } from './support/latchkey.js'
import { Key, rowsOf, startInTerminal, type TerminalRun } from './support/terminal.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const { tenant, user, browser } = await emulate({ scenario: { pollIntervalSeconds: 1 } })
const alice = user('alice')
const WAITING = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Waiting for you, 1[45]:\d\d left; Ctrl-C gives up/g

function startLogin(further: readonly string[] = [], columns = 80): TerminalRun {
  const { options } = signInPlace(tenant, undefined)
  return startInTerminal(['login', '--flow', 'device-code', ...further, ...options], {}, { columns })
}

describe('a device code in a terminal', () => {
  test('a spinner counts down below the code, and nothing of it is left when the person is done', async () => {
    const { done, seen } = startLogin()
    // It moves: two frames that differ.
    const { input } = await seen(/⠋ Waiting for you, .*⠙ Waiting for you, /s)
    await approveShownCode(rowsOf(input, 80).join('\n'), alice, browser())
    const { code, transcript, rows, isRestored } = await done
    assert.equal(code, 0, transcript)
    assert.ok(new Set(transcript.match(WAITING)).size > 2, transcript)
    assert.doesNotMatch(rows.join('\n'), /Waiting|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/)
    assert.ok(rows.includes('✓ Signed in as alice@contoso.onmicrosoft.com'), rows.join('\n'))
    assert.ok(isRestored)
  })

  test('in a narrow terminal the countdown keeps to its row, or it would pile up', async () => {
    const { done, seen, type } = startLogin([], 40)
    await seen(/⠹ Waiting for you/)
    type(Key.CtrlC)
    const { rows } = await done
    assert.doesNotMatch(rows.join('\n'), /Waiting|Ctrl-C/)
  })

  test('Ctrl-C is exit code 130 and leaves the terminal as it was, without the countdown', async () => {
    const { done, seen, type } = startLogin()
    await seen(WAITING)
    type(Key.CtrlC)
    const { code, transcript, rows, isRestored, hasEcho } = await done
    assert.equal(code, 130)
    assert.doesNotMatch(rows.join('\n'), /Waiting/)
    assert.equal(rows.at(-2), 'interrupted')
    assert.equal(rows.at(-1), '')
    assert.deepEqual([isRestored, hasEcho], [true, true])
    // Never hidden, so that whatever ends the program leaves it visible.
    assert.ok(!transcript.includes(`${ESC}[?25l`))
  })

  test('a terminal that can do nothing gets the one line that pipes get', async () => {
    const { options } = signInPlace(tenant, undefined)
    const { done, seen, type } = startInTerminal(['login', '--flow', 'device-code', ...options], { TERM: 'dumb' })
    await seen(/^Waiting for you, 15 minutes left\.\r\n/m)
    type(Key.CtrlC)
    const { code, transcript } = await done
    assert.equal(code, 130)
    assert.ok(!transcript.includes(ESC), transcript)
  })
})

describe('--qr', () => {
  test('draws the address so that a camera can read it, and implies --flow device-code', async () => {
    const { options } = signInPlace(tenant, undefined)
    const { child, done, seen } = start(['login', '--qr', ...options])
    const { input } = await seen('stderr', /Waiting for you/)
    child.kill('SIGINT')
    assert.equal((await done).code, 130)
    assert.match(input, /^Open this page on any device, or scan it:$/m)
    assert.deepEqual(modulesOf(input), encode(`${tenant.origin}/common/oauth2/deviceauth`, { border: 2 }).data)
  })

  test('on a terminal it is light on dark whatever the colours of the terminal are', async () => {
    const { done, seen, type } = startLogin(['--qr'])
    const { input } = await seen(/Waiting for you/)
    type(Key.CtrlC)
    await done
    const drawn = input.split('\n').filter(row => /[▀▄█]/.test(row))
    assert.ok(drawn.length > 10)
    for (const row of drawn) assert.match(row, new RegExp(`^ {2}\\${ESC}\\[97;40m[ ▀▄█]+\\${ESC}\\[39;49m\\r$`))
  })

  test('without the package that draws it says how to install it, before anything is asked of the service', async () => {
    const requests = tenant.requests.length
    const { options } = signInPlace(tenant, undefined)
    const installed = installedWithout('uqr')
    const args = [path.join(installed, 'dist/cli/main.js'), 'login', '--qr', ...options]
    const { code, stdout, stderr } = await startProgram(process.execPath, args).done
    assert.deepEqual([code, stdout], [1, ''], stderr)
    assert.match(stderr, /^error: --qr needs the package uqr, which is not installed\nhint: Run: npm install uqr\n$/)
    assert.equal(tenant.requests.length, requests)
  })

  test('goes with no other flow', async () => {
    const { code, stderr } = await latchkey(['login', '--qr', '--flow', 'interactive', '--client-id', 'x'])
    assert.equal(code, 2)
    assert.match(stderr, /^error: --qr goes with --flow device-code, not with interactive \[usage\]$/m)
  })
})

/** The modules that half blocks draw, dark ones true: a light module is what is drawn. */
function modulesOf(output: string): boolean[][] {
  const rows = output.split('\n').filter(row => /^ {2}[ ▀▄█]+$/.test(row) && /[▀▄█]/.test(row))
  const size = Math.max(...rows.map(row => row.length)) - 2
  const modules = rows.flatMap(row => {
    const halves = [...row.slice(2).padEnd(size)]
    return [halves.map(half => !'▀█'.includes(half)), halves.map(half => !'▄█'.includes(half))]
  })
  // A code has an odd number of rows; the last half is below it.
  return modules.slice(0, size)
}

/** The package as npm would have installed it where somebody left out one of its optional peers. */
function installedWithout(missing: string): string {
  const folder = scratchFolder()
  for (const part of ['dist', 'package.json'])
    cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true })
  for (const part of ['build', 'prebuilds']) symlinkSync(path.join(ROOT, part), path.join(folder, part))
  mkdirSync(path.join(folder, 'node_modules'))
  for (const name of ['undici', 'node-gyp-build']) {
    symlinkSync(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name))
  }
  assert.ok(!['undici', 'node-gyp-build'].includes(missing))
  return folder
}
