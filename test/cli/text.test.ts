/** The small parts: text for terminals, command lines that can be pasted, names that were probably meant, accounts to choose from. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { nearest } from '#lib/cli/nearest.js'
import { pickAccount } from '#lib/cli/pick-account.js'
import { programName } from '#lib/cli/program-name.js'
import { commandLine, duration, jsonLine, printable, size, timeLeft } from '#lib/cli/text.js'
import { UsageError } from '#lib/cli/usage-error.js'

describe('printable', () => {
  test('leaves no character that a terminal obeys, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        assert.doesNotMatch(printable(text), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      }),
    )
  })

  test('keeps letters of every script', () => {
    assert.equal(printable(' Zoë 李 🔑 می\u200cروم '), 'Zoë 李 🔑 می\u200cروم')
  })
})

test('jsonLine is one line of JSON that means the same and obeys nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      assert.deepEqual(JSON.parse(jsonLine({ text })), { text })
      assert.doesNotMatch(jsonLine({ text }), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
})

test('durations, sizes and times left have two or three digits and a unit', () => {
  assert.deepEqual([0.0384, 0.9996, 4.12, 9.96, 812.4, 999.6, 1234].map(duration), [
    '38 µs',
    '1.0 ms',
    '4.1 ms',
    '10 ms',
    '812 ms',
    '1.0 s',
    '1.2 s',
  ])
  assert.deepEqual([312, 5210].map(size), ['312 bytes', '5.2 kB'])
  const minutes = (count: number) => timeLeft(new Date(count * 60_000), 0)
  assert.deepEqual([0.2, 1, 59.98, 1440].map(minutes), ['less than a minute', '1 minute', '60 minutes', '24 hours'])
})

test('a command line is read by the shell as the words it was made of', () => {
  const words = ['a b', "it's", '$HOME', '`x`', '"', '\\', 'https://x/y?a=b&c=d', '--plain=1', '*', 'é']
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\n' ${commandLine(words)}`], { encoding: 'utf8' })
  assert.deepEqual(stdout.trimEnd().split('\n'), words)
  assert.equal(commandLine(['--ca', '/tmp/ca.pem']), '--ca /tmp/ca.pem')
})

test('the nearest name is a slip of the finger or a beginning away, not farther', () => {
  const names = ['demo', 'emulator', 'login', 'logout', 'token']
  const typed = ['lgoin', 'tokens', 'em', 'LOGIN', 'logut', 'zebra', 'x', 'y'.repeat(100)]
  assert.deepEqual(
    typed.map(name => nearest(name, names)),
    ['login', 'token', 'emulator', 'login', 'logout', undefined, undefined, undefined],
  )
})

test('the program is named as it can be typed again', () => {
  const at = (...parts: string[]) => path.join(path.sep, ...parts)
  assert.equal(programName(at('usr', 'local', 'bin', 'latchkey'), at('home')), 'latchkey')
  assert.equal(programName(at('p', 'node_modules', 'latchkey', 'dist', 'cli', 'main.js'), at('p')), 'npx latchkey')
  assert.equal(programName(at('p', 'node_modules', '.bin', 'latchkey'), at('p')), 'npx latchkey')
  assert.equal(programName(at('p', 'dist', 'main.js'), at('p')), `node ${path.join('dist', 'main.js')}`)
  assert.equal(programName(at('p', 'dist', 'main.js'), at('q')), `node ${at('p', 'dist', 'main.js')}`)
  assert.equal(programName(at('p', 'dist', 'main.js')), `node ${at('p', 'dist', 'main.js')}`)
})

describe('pickAccount', () => {
  const account = (username: string, homeAccountId: string) => ({
    ...{ username, homeAccountId, localAccountId: '1', environment: 'login.microsoftonline.com', tenantId: '2' },
  })
  const alice = account('alice@contoso.com', 'a.1')
  const bob = account('bob@contoso.com', 'b.1')
  const guest = account('Alice@contoso.com', 'a.2')

  test('takes the only one, the one that is named, or none', () => {
    assert.equal(pickAccount([], undefined), undefined)
    assert.equal(pickAccount([alice], undefined), alice)
    assert.equal(pickAccount([alice, bob], 'BOB@contoso.com'), bob)
    assert.equal(pickAccount([alice, bob], 'A.1'), alice)
    assert.equal(pickAccount([alice], 'carol@contoso.com'), undefined)
  })

  test('asks when several fit, and lists names that tell them apart', () => {
    const hint = /--account: alice@contoso\.com, bob@contoso\.com$/
    assert.throws(
      () => pickAccount([alice, bob], undefined),
      (error: unknown) => error instanceof UsageError && hint.test(`${error.hint}`),
    )
    assert.throws(
      () => pickAccount([alice, guest, bob], 'alice@contoso.com'),
      (error: unknown) => error instanceof UsageError && /--account: a\.1, a\.2$/.test(`${error.hint}`),
    )
  })
})
