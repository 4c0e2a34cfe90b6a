/** `latchkey diagnose`: one line a check, exit code 1 only when one failed, JSON for programs. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startTenant, type Tenant } from '#lib/emulator/index.js'
import { needs, onlyOn } from '../support/machine.js'
import { latchkey, MAIN, scratchFolder, signInPlace, start } from './support/latchkey.js'

const NOBODY = 65534

let tenant: Tenant
before(async () => {
  tenant = await startTenant()
})
after(() => tenant.close())

const place = () => signInPlace(tenant, tenant.users[0])

describe('latchkey diagnose', () => {
  test('says each check on a line, and ends with 0 when none failed', async () => {
    const { options, cacheFile } = place()
    const { code, stdout, stderr } = await latchkey(['diagnose', ...options], { SSH_TTY: '/dev/pts/1' })
    assert.equal(code, 0, stdout + stderr)
    assert.equal(stderr, '')
    assert.match(stdout, /^✓ authority +localhost:\d+ answered HTTP 200/m)
    assert.match(stdout, /^! browser +none: this is an SSH session\n +→ Sign in with a device code/m)
    assert.ok(stdout.includes(cacheFile))
  })

  test('ends with 1 and the names when checks failed', async () => {
    const options = ['--authority', 'https://localhost:1/x', '--timeout', '5', '--allow-unencrypted-storage']
    const { code, stdout, stderr } = await latchkey(['diagnose', ...options])
    assert.equal(code, 1)
    assert.match(stdout, /^✗ authority .*ECONNREFUSED/m)
    assert.match(stderr, /^error: a check failed: authority \[checks_failed\]$/m)
  })

  test('--json is one line on each stream', async () => {
    const good = await latchkey(['diagnose', '--json', ...place().options])
    assert.equal(good.code, 0)
    assert.equal(good.stdout.split('\n').length, 2)
    const checks = JSON.parse(good.stdout) as { check: string; ok: boolean; detail: string }[]
    assert.ok(checks.every(({ ok, detail }) => ok && detail !== ''))
    const bad = await latchkey(['diagnose', '--json', '--authority', 'https://localhost:1/x'])
    assert.equal(bad.code, 1)
    assert.equal(JSON.parse(bad.stderr).error.code, 'checks_failed')
  })

  test('--flow demands what that flow needs, and no more', async () => {
    const { options } = place()
    const ofFlow = (...flow: string[]) => latchkey(['diagnose', ...flow, ...options], { SSH_TTY: '/dev/pts/1' })
    const interactive = await ofFlow('--flow', 'interactive')
    assert.equal(interactive.code, 1)
    assert.match(interactive.stdout, /^✗ browser +none: this is an SSH session\n +→ Sign in with a device code/m)
    assert.match(interactive.stderr, /^error: a check failed: browser \[checks_failed\]$/m)
    assert.equal((await ofFlow('--flow', 'device-code')).code, 0)
    assert.equal((await ofFlow('--flow', 'auto')).code, 0)
    const integrated = await ofFlow('--flow', 'integrated')
    assert.match(integrated.stderr, /^error: 2 checks failed: ticket, federation \[checks_failed\]$/m)
    assert.match(integrated.stdout, /^✗ federation [^→]+→ Pass --username, or mend what ticket says first\.$/m)
  })

  test('the flow of the profile is the one that is checked', async () => {
    const { options } = place()
    const folder = scratchFolder()
    writeFileSync(
      path.join(folder, 'profiles.json'),
      '{ "default": "x", "profiles": { "x": { "flow": "interactive" } } }',
    )
    const env = { SSH_TTY: '/dev/pts/1', LATCHKEY_CONFIG_DIR: folder }
    assert.match((await latchkey(['diagnose', ...options], env)).stderr, /a check failed: browser/)
    assert.equal((await latchkey(['diagnose', '--flow', 'auto', ...options], env)).code, 0)
  })

  test(
    'without a keyring it fails as login would, unless a plain file is allowed',
    onlyOn('linux', 'a keyring'),
    async () => {
      const options = place().options.filter(option => option !== '--allow-unencrypted-storage')
      const { code, stdout, stderr } = await latchkey(['diagnose', ...options])
      assert.equal(code, 1)
      assert.match(stdout, /^✗ encryption +none: [^→]+→ [^→]*--allow-unencrypted-storage/m)
      assert.match(stderr, /a check failed: encryption/)
    },
  )

  test(
    'a place that cannot be made is said with what to do',
    needs(process.getuid?.() === 0, 'root, to be nobody'),
    () => {
      const { status, stdout } = spawnSync(
        process.execPath,
        [MAIN, 'diagnose', '--authority', 'https://localhost:1/x'],
        {
          ...{ uid: NOBODY, gid: NOBODY, encoding: 'utf8', env: { HOME: '/nonexistent' } },
        },
      )
      assert.equal(status, 1, stdout)
      assert.match(
        stdout,
        /^✗ cache +\/nonexistent\/\S+ cannot be made: \/ is not yours to write in \(EACCES\)\n +→ .*--cache-dir/m,
      )
    },
  )

  test('no hint names what only a program can set', async () => {
    const untrusted = place().options.filter((word, at, all) => word !== '--ca' && all[at - 1] !== '--ca')
    const { code, stdout } = await latchkey(['diagnose', '--flow', 'integrated', ...untrusted])
    assert.equal(code, 1)
    assert.match(stdout, /^✗ authority .*\n +→ .*--ca FILE/m)
    assert.doesNotMatch(stdout, /\bhttp\.\w|desktopSso|allowUnencryptedStorage/)
  })

  test('Ctrl-C ends it', async () => {
    tenant.scenario({ latencyMs: 20_000 })
    const { child, done } = start(['diagnose', ...place().options])
    setTimeout(() => child.kill('SIGINT'), 1_500)
    const { code } = await done
    tenant.scenario(null)
    assert.equal(code, 130)
  })
})
