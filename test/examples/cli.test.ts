/** The example command line: a device code, the browser, the cache, an API that demands more, and Ctrl-C. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { beforeEach, test } from 'node:test'
import { signInPlace, startProgram } from '../cli/support/latchkey.js'
import { approveShownCode } from '../support/device-person.js'
import { installExample } from '../support/examples.js'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { settings } from './support.js'

const { tenant, user, browser, env, api } = await settings()
const alice = user('alice')
const folder = await temporaryFolder(WHOLE_FILE)
const main = join(await installExample('cli', folder), 'main.js')

beforeEach(() => tenant.scenario(null))

function whoami(cache: string, ...args: string[]) {
  const own = { ...env, WHOAMI_API: api, WHOAMI_CACHE: join(folder, cache) }
  const place = args.includes('--browser') ? signInPlace(tenant, alice).env : {}
  const all = ['--allow-unencrypted-storage', ...args.filter(argument => argument !== '--browser')]
  return startProgram(process.execPath, [main, ...all], { ...own, ...place })
}

test('signs in with a code where there is no browser, then from the cache, and signs out', async () => {
  const first = whoami('code')
  const { input } = await first.seen('stderr', /deviceauth\b.* [A-Z0-9]{9}\b/)
  await approveShownCode(input, alice, browser())
  const { code, stdout, stderr } = await first.done
  assert.equal(code, 0, stderr)
  assert.equal(JSON.parse(stdout).userPrincipalName, alice.username)

  const again = await whoami('code').done
  assert.deepEqual([again.code, again.stdout, again.stderr], [0, stdout, ''])
  const out = await whoami('code', 'sign-out').done
  assert.deepEqual([out.code, out.stdout, out.stderr], [0, '', `Signed out ${alice.username}.\n`])
  assert.equal((await whoami('code', 'sign-out').done).stderr, 'Nobody was signed in.\n')
})

test('signs in with the browser, and once more when the API demands it', async () => {
  const first = await whoami('browser', '--browser').done
  assert.deepEqual([first.code, first.stderr], [0, 'Opening your browser to sign in …\n'])
  tenant.scenario({ users: { [alice.username]: { apiDemands: 'c1' } } })
  const second = await whoami('browser', '--browser').done
  assert.equal(second.code, 0, second.stderr)
  assert.equal(second.stdout, first.stdout)
})

test('says what to do when it fails, and ends at once at Ctrl-C', async () => {
  tenant.scenario({ users: { [alice.username]: { aadsts: 50057 } } })
  const failed = await whoami('failing', '--browser').done
  assert.equal(failed.code, 1)
  assert.match(failed.stderr, /^Opening .*\n\w+: AADSTS50057.*\n.+\n$/)
  tenant.scenario(null)
  const waiting = whoami('waiting')
  await waiting.seen('stderr', /deviceauth/)
  waiting.child.kill('SIGINT')
  assert.equal((await waiting.done).code, 130)
})
