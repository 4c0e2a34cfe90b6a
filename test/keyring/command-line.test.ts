/** The command line with a real gnome-keyring: what it keeps where, what it says of that, and how it ends without the key. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readHeader } from '#lib/cache/storage/envelope.js'
import {
  latchkey,
  MAIN,
  type Outcome,
  type SignInPlace,
  signInPlace,
  start,
  startProgram,
} from '../cli/support/latchkey.js'
import { inTerminal } from '../cli/support/terminal.js'
import { emulate } from '../emulator/support.js'
import { WHOLE_FILE } from '../support/machine.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { withKeyrings } from './support/needs.js'
import { swallow } from './support/provider.js'
import { secretTool } from './support/secrets.js'
import { SessionBus } from './support/session-bus.js'

const ENCRYPTED = 'encrypted with AES-256-GCM, key in the Secret Service'
const ALLOWED = '--allow-unencrypted-storage'

const { tenant, user } = await emulate()
const alice = user('alice')

/** A new place, with nothing that allows a plain file. */
function newPlace(): SignInPlace {
  const place = signInPlace(tenant, alice)
  return { ...place, options: place.options.filter(option => option !== ALLOWED) }
}

function envOf({ env }: SessionBus): NodeJS.ProcessEnv {
  const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = env
  return { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR }
}

function login({ options }: SignInPlace, env: NodeJS.ProcessEnv, ...further: string[]): Promise<Outcome> {
  const args = ['login', '--username', alice.username, '--password-stdin', ...options, ...further]
  const { child, done } = start(args, env, 'pipe')
  child.stdin?.end(alice.password)
  return done
}

describe('with a keyring', withKeyrings, async () => {
  const keyring = await GnomeKeyring.start(WHOLE_FILE)
  const env = envOf(keyring.bus)
  const items = async (): Promise<string[]> => {
    const found = await secretTool(keyring.bus, ['search', '--all', 'application', 'latchkey'])
    return (found.match(/^label = .*$/gm) ?? []).sort()
  }

  async function signedIn(): Promise<SignInPlace> {
    const place = newPlace()
    const { code, stderr } = await login(place, env)
    assert.equal(code, 0, stderr)
    return place
  }

  test('tokens are encrypted without any option, and every command that says where they are says so', async () => {
    const place = newPlace()
    const { options, cacheFile } = place
    const kept = `${cacheFile}, ${ENCRYPTED}`
    const signIn = await login(place, env)
    assert.equal(signIn.code, 0, signIn.stderr)
    assert.ok(signIn.stderr.includes(`kept in   ${kept}\n`), signIn.stderr)
    assert.equal(readHeader(readFileSync(cacheFile)).kind, 'sealed')
    assert.ok((await items()).includes(`label = Key of the token cache ${cacheFile}`))

    const accounts = await latchkey(['accounts', ...options], env)
    assert.deepEqual([accounts.code, accounts.stderr], [0, `Kept in ${kept}\n`])
    const { rows } = await inTerminal(['accounts', ...options], env)
    assert.deepEqual(rows.slice(-3), [`Kept in ${cacheFile},`, `        ${ENCRYPTED}`, ''])
    const json = await latchkey(['accounts', '--json', ...options], env)
    assert.equal(json.stderr, accounts.stderr)
    assert.deepEqual(
      JSON.parse(json.stdout).map(({ username }: { username: string }) => username),
      [alice.username],
    )
    const token = await latchkey(['token', ...options], env)
    assert.deepEqual([token.code, token.stderr], [0, ''])
    assert.ok(tenant.issuedSecrets.includes(token.stdout.trimEnd()))

    const logout = await latchkey(['logout', '--json', ...options], env)
    const { from, protection } = JSON.parse(logout.stdout)
    assert.deepEqual([from, protection], [cacheFile, ENCRYPTED])
    const nobody = await latchkey(['logout', ...options], env)
    assert.equal(nobody.stderr, `Nobody is signed in; nothing was removed.\nLooked in ${kept}\n`)
    const none = await latchkey(['accounts', ...options], env)
    assert.ok(none.stderr.endsWith(`\nLooked in ${kept}\n`), none.stderr)
  })

  test('logins of several programs at once go into one cache', async () => {
    const place = newPlace()
    const ends = await Promise.all([1, 2, 3].map(() => login(place, env)))
    for (const { code, stderr } of ends) assert.equal(code, 0, stderr)
    assert.equal((await latchkey(['token', ...place.options], env)).code, 0)
  })

  test('the demo puts nothing into it', async () => {
    const before = await items()
    const { code, stdout } = await latchkey(['demo'], env)
    assert.equal(code, 0)
    assert.match(stdout, /not encrypted, so that nothing of it gets into your keyring/)
    assert.deepEqual(await items(), before)
  })

  test('diagnose says that it encrypts, and leaves nothing behind', async () => {
    const { options, cacheFile } = await signedIn()
    const before = await items()
    const { code, stdout } = await latchkey(['diagnose', ...options], env)
    assert.equal(code, 0, stdout)
    assert.match(stdout, /^✓ encryption +encrypted with AES-256-GCM, key in the Secret Service$/m)
    const other = newPlace()
    assert.equal((await latchkey(['diagnose', ...other.options], env)).code, 0)
    assert.deepEqual(await items(), before)
    assert.deepEqual(readdirSync(path.dirname(cacheFile)), ['latchkey'])
  })

  test('while it is locked everything is refused and nothing changed, and a login asks nobody', async () => {
    const place = await signedIn()
    const sealed = readFileSync(place.cacheFile)
    const before = await items()
    await keyring.lock()
    const requests = tenant.requests.length
    const { options } = place
    const newOptions = newPlace().options
    for (const args of [
      ['accounts', ...options],
      ['token', ...options, ALLOWED],
      ['logout', ...options],
      ['login', '--flow', 'device-code', ...options],
      ['login', '--flow', 'device-code', ...newOptions, ALLOWED],
    ]) {
      const { code, stdout, stderr } = await latchkey(args, env)
      assert.deepEqual([code, stdout], [1, ''], stderr)
      assert.match(
        stderr,
        /^error: The secret store is locked, .* \[secret_store_locked\]\nhint: Unlock the keyring .*\n$/,
      )
      assert.doesNotMatch(stderr, /this process/)
    }
    assert.equal(tenant.requests.length, requests)
    assert.deepEqual(readFileSync(place.cacheFile), sealed)
    const { code, stdout } = await latchkey(['diagnose', ...options], env)
    assert.equal(code, 1)
    assert.match(stdout, /^✗ encryption +encrypted .*\[secret_store_locked\]\n +→ Unlock the keyring/m)
    assert.match(stdout, /^✗ cache /m)
    await keyring.kill()
    await keyring.resume()
    assert.deepEqual(await items(), before)
    assert.equal((await latchkey(['token', ...options], env)).code, 0)
  })

  test('without the session a cache that is encrypted is never opened or replaced', async () => {
    const place = await signedIn()
    const sealed = readFileSync(place.cacheFile)
    for (const further of [[], [ALLOWED]]) {
      const { code, stderr } = await login(place, {}, ...further)
      assert.equal(code, 1)
      assert.match(stderr, /\[secret_store_unavailable\]\nhint: Run it in a session that has it /)
    }
    assert.deepEqual(readFileSync(place.cacheFile), sealed)
  })
})

describe('without a keyring', withKeyrings, () => {
  test('a server has one of its own, as docs/headless.md shows', async t => {
    const { folder } = await SessionBus.start(t)
    const document = readFileSync(fileURLToPath(new URL('../../docs/headless.md', import.meta.url)), 'utf8')
    const [, example = ''] = /^```bash\n(.*?)^```/ms.exec(document) ?? []
    const place = newPlace()
    const command = ['login', '--username', alice.username, '--password-stdin', ...place.options]
    const script = (words: readonly string[]) =>
      example.replace(/latchkey token .*(?='$)/m, `"$LATCHKEY" "$MAIN" ${words.join(' ')}`)
    const env = {
      HOME: folder,
      XDG_RUNTIME_DIR: path.join(folder, 'runtime'),
      KEYRING_PASSWORD: 'open sesame',
      DBUS_SESSION_BUS_ADDRESS: undefined,
      LATCHKEY: process.execPath,
      MAIN,
    }
    const signIn = startProgram('sh', ['-euc', script(command)], env, 'pipe')
    signIn.child.stdin?.end(alice.password)
    assert.match((await signIn.done).stderr, /, encrypted with AES-256-GCM, key in the Secret Service$/m)
    // Another session, and another daemon that is unlocked with the same password.
    const { code, stdout, stderr } = await startProgram('sh', ['-euc', script(['token', ...place.options])], env).done
    assert.equal(code, 0, stderr)
    assert.ok(tenant.issuedSecrets.includes(stdout.trimEnd()))
  })

  test('a login says why, what would help and what does without it, before anything happens', async t => {
    const empty = envOf(await SessionBus.start(t))
    const CASES: [env: NodeJS.ProcessEnv, why: string, remedy: RegExp][] = [
      [{}, 'there is no D-Bus session', /docs\/headless\.md/],
      [empty, 'nothing in this D-Bus session keeps secrets', /Start gnome-keyring/],
    ]
    for (const [env, why, remedy] of CASES) {
      const place = newPlace()
      const requests = tenant.requests.length
      const { code, stderr } = await login(place, env)
      assert.equal(code, 1)
      assert.ok(
        stderr.includes(`${why}. Unencrypted storage was not allowed. [unencrypted_storage_not_allowed]`),
        stderr,
      )
      assert.match(stderr, remedy)
      assert.match(stderr, /; or pass --allow-unencrypted-storage if /)
      assert.deepEqual([tenant.requests.length, existsSync(place.cacheFile)], [requests, false])
      const allowed = await login(place, env, ALLOWED)
      assert.equal(allowed.code, 0, allowed.stderr)
      assert.ok(allowed.stderr.includes(`kept in   ${place.cacheFile}, not encrypted\n`))
      const diagnosis = await latchkey(['diagnose', ...place.options], env)
      assert.equal(diagnosis.code, 1)
      assert.ok(new RegExp(`^✗ encryption +none: ${why}\\n +→ `, 'm').test(diagnosis.stdout), diagnosis.stdout)
    }
  })
})

describe('a keyring that shows its dialog', withKeyrings, () => {
  test('is waited for no longer than diagnose has time, and the dialog goes away', async t => {
    const { bus, provider } = await swallow(t)
    const started = performance.now()
    const { code, stdout } = await latchkey(['diagnose', '--timeout', '4', ...newPlace().options], envOf(bus))
    assert.ok(performance.now() - started < 15_000)
    assert.equal(code, 1)
    assert.match(stdout, /^✗ encryption .*TIMEOUT.*\n +→ See whether the keyring shows a dialog/m)
    const calls = []
    for (let call = ''; call !== 'Dismiss'; calls.push(call)) call = await provider.line()
    assert.equal(calls.filter(call => call === 'Prompt').length, 1, 'one dialog for both checks')
  })

  test('is told on the terminal, and Ctrl-C ends the wait', async t => {
    const { bus } = await swallow(t)
    const { child, done, seen } = start(['accounts', ...newPlace().options], envOf(bus))
    await seen('stderr', /^Waiting for the keyring or keychain, which may show a dialog/m)
    const started = performance.now()
    child.kill('SIGINT')
    assert.equal((await done).code, 130)
    assert.ok(performance.now() - started < 10_000)
  })
})
