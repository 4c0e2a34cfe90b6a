/** What cannot be run: exit code 2, what is wrong, and what was probably meant; nothing on stdout. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { latchkey, scratchFolder } from './support/latchkey.js'

const CLIENT = ['--client-id', 'f0405582-eee0-42a9-8f42-7afb66566d55', '--allow-unencrypted-storage']

const CASES: [what: string, args: string[], error: RegExp, hint?: RegExp][] = [
  ['an unknown command', ['lgoin'], /unknown command lgoin/, /Did you mean login\?/],
  ['a beginning of a command', ['acc'], /unknown command acc/, /Did you mean accounts\?/],
  ['a command like no other', ['zebra'], /unknown command zebra/, /There is: demo, emulator, login/],
  ['a command with control characters', ['a\x1b[31mb\u202e'], /unknown command a \[31mb \[/],
  ['an option before the command', ['--verbose', 'login'], /unknown option --verbose/, /Options follow the command/],
  ['a mistyped option', ['login', '--athority', 'x'], /unknown option --athority/, /Did you mean --authority\?/],
  ['an option of another command', ['login', '--port', '1'], /login has no option --port/, /login --help/],
  ['an option like no other', ['token', '--zebra'], /unknown option --zebra/, /token --help/],
  ['a short option', ['token', '-x'], /unknown option -x/],
  ['an argument in excess', ['login', 'alice'], /login takes no argument "alice"/, /login --help/],
  ['a value that was forgotten', ['token', '--scope', '--verbose'], /--scope needs a value/],
  ['a value that is blank', ['token', '--scope', ' '], /--scope needs a value/],
  ['a value that is missing at the end', ['token', '--scope'], /--scope needs a value/],
  ['a value for a switch', ['token', '--json=yes'], /--json takes no value/],
  ['a value without an end', ['token', '--scope', 'x'.repeat(5000)], /longer than 4096 characters/],
  ['an unknown flow', ['login', '--flow', 'interactve'], /not known; there is/, /Did you mean interactive\?/],
  ['a number that is none', ['login', '--timeout', '5s'], /whole number from 1 to 3600/],
  ['a number out of range', ['emulator', '--port', '70000'], /whole number from 0 to 65535/],
  ['no client ID', ['login', '--allow-unencrypted-storage'], /no client ID was given/, /LATCHKEY_CLIENT_ID/],
  ['an authority by http', ['login', ...CLIENT, '--authority', 'http://x/y'], /\[invalid_authority\]/],
  ['a cache name with a path', ['accounts', ...CLIENT, '--cache-name', '../x'], /\[invalid_configuration\]/],
  [
    'a CA file that is not there',
    ['accounts', ...CLIENT, '--ca', '/nowhere/ca.pem'],
    /--ca .* cannot be read.*\nhint: .*emulator/,
  ],
  ['a scenario that is not there', ['emulator', '--scenario', '/nowhere.json'], /--scenario .* cannot be read/],
  ['--all together with --account', ['logout', ...CLIENT, '--all', '--account', 'a'], /exclude each other/],
]

describe('usage errors', () => {
  for (const [what, args, error, hint] of CASES) {
    test(`refuses ${what}`, async () => {
      const { code, stdout, stderr } = await latchkey(args, { XDG_DATA_HOME: scratchFolder() })
      assert.equal(code, 2, stderr)
      assert.equal(stdout, '')
      assert.match(stderr, new RegExp(`^error: .*${error.source}`))
      if (hint !== undefined) assert.match(stderr, new RegExp(`^hint: .*${hint.source}`, 'm'))
    })
  }

  test('refuses a scenario that is no JSON object or has a switch that does not exist', async () => {
    const folder = scratchFolder()
    const cases = {
      '{"a":': /is not JSON/,
      '[]': /must hold a JSON object/,
      '{"latency":1}': /no scenario switch 'latency'/,
    }
    for (const [text, error] of Object.entries(cases)) {
      const file = path.join(folder, 'scenario.json')
      writeFileSync(file, text)
      const { code, stdout, stderr } = await latchkey(['emulator', '--json', '--scenario', file])
      assert.equal(code, 2)
      assert.equal(stdout, '')
      assert.match(stderr, error)
    }
  })

  test('refuses a file of more than a megabyte', async () => {
    const file = path.join(scratchFolder(), 'big.json')
    writeFileSync(file, ' '.repeat(1024 * 1024 + 1))
    // A device has no size, and no end.
    for (const large of [file, '/dev/zero']) {
      assert.match((await latchkey(['emulator', '--scenario', large])).stderr, /larger than 1048576 bytes/)
    }
  })

  test('login without leave to keep tokens unencrypted ends before anything else happens', async () => {
    const home = path.join(scratchFolder(), 'home')
    mkdirSync(home)
    const args = [
      'login',
      '--client-id',
      'x',
      '--authority',
      'https://localhost:1/x',
      '--known-authority',
      'localhost:1',
    ]
    const { code, stdout, stderr } = await latchkey(args, { XDG_DATA_HOME: home, BROWSER: 'true' })
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /^error: .*no D-Bus session\. .* \[unencrypted_storage_not_allowed\]\nhint: .*\n$/)
    assert.match(stderr, /^hint: Run it in a desktop session, .*; or pass --allow-unencrypted-storage if /m)
  })

  test('the environment stands in for what is not typed, and what is typed wins', async () => {
    const env = {
      LATCHKEY_CLIENT_ID: 'x',
      LATCHKEY_AUTHORITY: 'http://from-environment/x',
      XDG_DATA_HOME: scratchFolder(),
    }
    const args = ['accounts', '--allow-unencrypted-storage']
    assert.match((await latchkey(args, env)).stderr, /\[invalid_authority\]/)
    const typed = await latchkey([...args, '--authority', 'https://login.microsoftonline.com/common'], env)
    assert.equal(typed.code, 0, typed.stderr)
    assert.match(typed.stderr, /Nobody is signed in\./)
  })
})
