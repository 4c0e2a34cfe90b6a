/** login --flow device-code through pipes: what is told where, who approves, and every other way it ends. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { emulate } from '../emulator/support.js'
import { approveShownCode } from '../support/device-person.js'
import { latchkey, type Running, type SignInPlace, signInPlace, start } from './support/latchkey.js'

const { tenant, user, browser } = await emulate({ scenario: { pollIntervalSeconds: 1 } })
const alice = user('alice')

const CODE = /type this code there:\n\n {2}([A-Z0-9]{9})\n\n/

function startLogin(place: SignInPlace, ...further: string[]): Running {
  return start(['login', '--flow', 'device-code', ...further, ...place.options])
}

/** A sign-in that somebody finishes on another device. */
async function signedIn(...further: string[]) {
  const place = signInPlace(tenant, undefined)
  const { done, seen } = startLogin(place, ...further)
  const { input } = await seen('stderr', CODE)
  await approveShownCode(input, alice, browser())
  return { place, ...(await done) }
}

describe('a device code through pipes', () => {
  test('address and code are on lines of their own on stderr, then who signed in; token then asks nobody', async () => {
    const { place, code, stdout, stderr } = await signedIn()
    assert.deepEqual([code, stdout], [0, ''], stderr)
    const [, userCode] = CODE.exec(stderr) ?? []
    assert.deepEqual(stderr.split('\n').slice(0, 12), [
      'Signing in to contoso.onmicrosoft.com with a code, on any device.',
      'Open this page on any device:',
      '',
      `  ${tenant.origin}/common/oauth2/deviceauth`,
      '',
      'and type this code there:',
      '',
      `  ${userCode}`,
      '',
      'Waiting for you, 15 minutes left.',
      '✓ Signed in as alice@contoso.onmicrosoft.com',
      `  tenant    ${tenant.tenantId}`,
    ])
    const requests = tenant.requests.length
    const token = await latchkey(['token', ...place.options])
    assert.deepEqual([token.code, token.stderr], [0, ''])
    assert.ok(tenant.issuedSecrets.includes(token.stdout.trim()))
    assert.equal(tenant.requests.length, requests)
  })

  test('--json puts one line of JSON on stdout, and at --verbose no token is anywhere', async () => {
    const { code, stdout, stderr } = await signedIn('--json', '--verbose')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^\{.*\}\n$/)
    assert.equal(JSON.parse(stdout).account.username, alice.username)
    assert.match(stderr, /^verbose: /m)
    assert.ok(tenant.issuedSecrets.length > 3)
    // The code that a person types is meant to be seen; what the program polls with is not.
    for (const secret of tenant.issuedSecrets) assert.ok(!(stdout + stderr).includes(secret), secret)
  })

  test('--username says whom to sign in as', async () => {
    const { code, stderr } = await signedIn('--username', alice.username)
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^Sign in there as alice@contoso\.onmicrosoft\.com\.$/m)
  })

  test('an address that has the code in it is shown, with the code to compare', async () => {
    tenant.scenario({ verificationUriComplete: true })
    const { done, seen } = startLogin(signInPlace(tenant, undefined))
    const { input } = await seen('stderr', /compare the code, or type it at https:\S+:\n\n {2}([A-Z0-9]{9})\n\n/)
    tenant.scenario(null)
    const [, inAddress] = /^ {2}https:\S+=([A-Z0-9]{9})$/m.exec(input) ?? []
    assert.ok(inAddress !== undefined && input.includes(`\n  ${inAddress}\n`), input)
    await approveShownCode(input, alice, browser())
    assert.equal((await done).code, 0)
  })
})

describe('a device code that nobody approves', () => {
  test('declined is exit code 1 and says that the person said no', async () => {
    const { done, seen } = startLogin(signInPlace(tenant, undefined))
    const { input } = await seen('stderr', CODE)
    await approveShownCode(input, alice, browser(), 'no')
    const { code, stdout, stderr } = await done
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^error: .* \[authorization_declined\]\nhint: .*said no/im)
  })

  test('expired is exit code 1 and says to start again', async () => {
    tenant.scenario({ deviceCodeLifetimeSeconds: 2 })
    const { code, stderr } = await startLogin(signInPlace(tenant, undefined)).done
    tenant.scenario(null)
    assert.equal(code, 1)
    assert.match(stderr, /^Waiting for you, less than a minute left\.\nerror: .* \[code_expired\]\nhint: \S/m)
  })

  test('--timeout gives up before the code expires', async () => {
    const { code, stderr } = await startLogin(signInPlace(tenant, undefined), '--timeout', '1').done
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^Waiting for you, less than a minute left\.\nerror: .* \[authentication_timeout\]\nhint: .*--timeout/m,
    )
  })

  test('SIGINT is exit code 130, and with --json an error that programs can read', async () => {
    const { child, done, seen } = startLogin(signInPlace(tenant, undefined), '--json')
    await seen('stderr', CODE)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await done
    assert.deepEqual([code, stdout], [130, ''])
    assert.equal(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '').error.code, 'interrupted')
  })
})

describe('--flow auto', () => {
  const options = () => signInPlace(tenant, undefined).options

  test('takes a device code where no browser can be opened, and says why', async () => {
    const { child, done, seen } = start(['login', ...options()], { SSH_TTY: '/dev/pts/7' })
    await seen('stderr', /^Signing in to .* with a code, on any device\. No browser here: this is an SSH session\.$/m)
    await seen('stderr', CODE)
    child.kill('SIGINT')
    assert.equal((await done).code, 130)
  })

  test('takes the browser where one can be opened', async () => {
    const { child, done, seen } = start(['login', '--flow', 'auto', ...options()], { BROWSER: 'true' })
    await seen('stderr', /^Opening your browser to sign in to /m)
    child.kill('SIGINT')
    assert.equal((await done).code, 130)
  })
})
