/** login --flow password in a terminal: what is typed is never shown, and the terminal is as it was however that ends. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { emulate } from '../emulator/support.js'
import { ESC, signInPlace } from './support/latchkey.js'
import { Key, startInTerminal, type TerminalOutcome, type TerminalRun } from './support/terminal.js'

const PASSWORD = 'corrêct horse 🔋'
const { tenant } = await emulate({ users: [{ username: 'zoe@contoso.onmicrosoft.com', password: PASSWORD }] })
const PROMPT = /Password \(not shown\): /

async function startLogin(...further: string[]): Promise<TerminalRun> {
  const { options } = signInPlace(tenant, undefined)
  const login = ['login', '--flow', 'password', '--username', 'zoe@contoso.onmicrosoft.com', ...further, ...options]
  const run = startInTerminal(login)
  await run.seen(PROMPT)
  return run
}

/** Types the keys at the prompt and waits for the end. */
async function typed(keys: readonly string[], ...further: string[]): Promise<TerminalOutcome> {
  const { done, type } = await startLogin(...further)
  for (const key of keys) type(key)
  return done
}

function assertClean({ transcript, rows, isRestored, hasEcho }: TerminalOutcome): void {
  assert.deepEqual([isRestored, hasEcho], [true, true], transcript)
  assert.doesNotMatch(rows.join('\n'), PROMPT)
  assert.doesNotMatch(transcript, /corr|horse|🔋|hunter|\*/u)
}

describe('a password that is typed', () => {
  test('signs in, is not shown in any form, and the prompt goes', async () => {
    const outcome = await typed([PASSWORD, Key.Enter])
    assert.equal(outcome.code, 0, outcome.transcript)
    assert.match(outcome.rows.join('\n'), /^✓ Signed in as zoe@/m)
    assertClean(outcome)
  })

  test('can be corrected, and keys that type nothing add nothing', async () => {
    const [first, ...rest] = PASSWORD
    const keys = ['hunter2', Key.CtrlU, `${first}x`, Key.Backspace, `${ESC}[A`, `${ESC}OP`, '\t', ...rest, Key.Enter]
    const outcome = await typed(keys)
    assert.equal(outcome.code, 0, outcome.transcript)
    assertClean(outcome)
  })

  for (const [what, keys, code, shown] of [
    ['Ctrl-C', ['hunter2', Key.CtrlC], 130, /^interrupted$/m],
    ['Ctrl-D', ['hunter2', Key.CtrlD], 2, /no password was typed/],
    ['Enter alone', [Key.Enter], 2, /no password was typed/],
    ['more than anybody types', ['hunter2'.repeat(200)], 2, /more than 1024 characters/],
    ['the wrong password', ['hunter2', Key.Enter], 3, /AADSTS50126/],
  ] as const) {
    test(`${what} is exit code ${code}, and the terminal shows again what is typed`, async () => {
      const outcome = await typed(keys)
      assert.equal(outcome.code, code, outcome.transcript)
      assert.match(outcome.rows.join('\n'), shown)
      assertClean(outcome)
    })
  }

  test('nothing at all is given up after --timeout', async () => {
    const outcome = await typed([], '--timeout', '1')
    assert.equal(outcome.code, 1)
    assert.match(outcome.rows.join('\n'), /No password came within 1 s\..*\[authentication_timeout\]/)
    assertClean(outcome)
  })

  test('--password-stdin does not take a terminal for a pipe', async () => {
    const { options } = signInPlace(tenant, undefined)
    const { code, rows, isRestored } = await startInTerminal([
      'login',
      '--username',
      'z@x.y',
      '--password-stdin',
      ...options,
    ]).done
    assert.equal(code, 2)
    assert.match(rows.join('\n'), /--password-stdin reads a pipe or a file, and stdin is a terminal/)
    assert.ok(isRestored)
  })
})
