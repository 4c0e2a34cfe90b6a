/** SSPI in node.exe under Wine against a real KDC and a service that checks tickets, and without either. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { startAcceptor } from '../kerberos/support/acceptor.js'
import { Kdc, withKdc } from '../kerberos/support/kdc.js'
import { temporaryFolder } from '../support/machine.js'
import { BUILD, NODES, prepareWindows, runInWindows, runWindowsTests } from '../support/windows.js'

before(prepareWindows)

const WITH_A_TICKET = ['negotiate-kerberos', 'integrated', 'proxy-kerberos']

const NOBODY = { KRB5_CONFIG: '/dev/null', KRB5CCNAME: 'FILE:/nonexistent/cache' }
const WITHOUT = ['negotiate-ntlm', 'nobody', 'integrated-ntlm', 'integrated-nobody', 'proxy-ntlm']

/** Runs each of these files with a KDC, a ticket of joe's, and a service to present it to. */
async function runWithTicket(t: TestContext, executable: string, files: string[]): Promise<void> {
  const kdc = await Kdc.start({ after })
  await kdc.addPrincipal('ann', '-pw', 'Pässwörd 2')
  const keytab = await kdc.keytab('http', 'HTTP/localhost')
  const { port, ca, bindings } = await startAcceptor({ after }, kdc, keytab, 'allow')
  const acceptor = JSON.stringify({ port, ca, bindings: Buffer.from(bindings).toString('base64') })
  const env = { ...kdc.env, LATCHKEY_ACCEPTOR: acceptor }
  for (const file of files) {
    // Anew, since Wine puts the tickets of explicit credentials into the cache in place of what was there.
    await kdc.kinit('joe', 'Passw0rd!')
    await runWindowsTests(t, `dist-test/windows/${file}.test.js`, { executable, env })
  }
}

for (const executable of NODES) {
  describe(`in ${executable.split('/').at(-3)}`, withKdc, () => {
    test('with a ticket', t => runWithTicket(t, executable, WITH_A_TICKET))

    for (const file of WITHOUT) {
      test(file, t => runWindowsTests(t, `dist-test/windows/${file}.test.js`, { executable, env: NOBODY }))
    }
  })
}

test('in a program of another name, as Electron apps have one', withKdc, async t => {
  const executable = join(await temporaryFolder(t), 'an-app.exe')
  await copyFile(String(NODES[0]), executable)
  await runWithTicket(t, executable, ['integrated'])
})

test('with a ticket that is over', withKdc, async t => {
  const kdc = await Kdc.start({ after })
  await kdc.kinit('joe', 'Passw0rd!', { options: ['-l', '1s'] })
  // Kerberos counts whole seconds, and the last one still counts.
  await setTimeout(2_100)
  await runWindowsTests(t, 'dist-test/windows/integrated-expired.test.js', { env: kdc.env })
})

test('nothing is left of conversations, however they ended', async t => {
  // Wine says on stderr what its NTLM is called for.
  const env = { ...NOBODY, WINEDEBUG: '-all,trace+ntlm' }
  const { stdout, stderr } = await runInWindows(t, ['dist-test/windows/programs/converse.js', '20'], { env })
  assert.equal(stdout.trim(), 'done', stderr)
  const count = (call: RegExp) => [...stderr.matchAll(new RegExp(call, 'g'))].length
  assert.equal(count(/SpAcquireCredentialsHandle <null>/), 20)
  assert.equal(count(/SpFreeCredentialsHandle/), 20)
  // The first step of a conversation has no context yet.
  assert.equal(count(/SpInitLsaModeContext 0x[0-9a-f]+, 0,/), 20)
  assert.equal(count(/SpDeleteContext/), 20)
})

test('while a KDC does not answer', withKdc, async t => {
  // Takes every question and keeps it.
  const silent = createServer().listen(0, '127.0.0.1')
  after(() => silent.close())
  await once(silent, 'listening')
  const asked = once(silent, 'connection')
  const kdc = await Kdc.start({ after })
  await kdc.writeConfig([], `127.0.0.1:${(silent.address() as AddressInfo).port}`)
  await runWindowsTests(t, 'dist-test/windows/waiting.test.js', { env: kdc.env })
  const [socket] = await asked
  socket.destroy()
})

// Wine drops them, so that no acceptor could tell.
test('channel bindings are laid out as SEC_CHANNEL_BINDINGS of sspi.h has them', async t => {
  const executable = join(BUILD, 'channel_bindings.exe')
  const data = 'tls-server-end-point:0123456789'
  const { stdout } = await runInWindows(t, [data], { executable })
  // Type, length and offset of the initiator's and the acceptor's address, then length and offset of the data.
  const numbers = Buffer.alloc(32)
  numbers.writeUInt32LE(data.length, 24)
  numbers.writeUInt32LE(32, 28)
  assert.equal(stdout.trim(), `${numbers.toString('hex')}${Buffer.from(data).toString('hex')}.`)
  assert.equal((await runInWindows(t, [], { executable })).stdout.trim(), '.')
})

test('each of the numbers that SSPI gives has its code, and keeps the number', async t => {
  const expected = {
    '8009030E': 'NO_CREDENTIALS',
    '8009030D': 'NO_CREDENTIALS',
    '80090317': 'EXPIRED',
    '80090324': 'EXPIRED',
    '80090303': 'UNKNOWN_SERVICE',
    '80090322': 'UNKNOWN_SERVICE',
    '80090311': 'UNREACHABLE',
    '80090350': 'UNREACHABLE',
    '8009030C': 'DENIED',
    '80090306': 'DENIED',
    '80090346': 'DENIED',
    '80090363': 'DENIED',
    '80090305': 'UNAVAILABLE',
    '80090302': 'UNAVAILABLE',
    '80090308': 'FAILED',
    '80090304': 'FAILED',
    '8009030F': 'FAILED',
    C0000001: 'FAILED',
  }
  const executable = join(BUILD, 'sspi_errors.exe')
  const { stdout } = await runInWindows(t, Object.keys(expected), { executable })
  const found = stdout
    .trimEnd()
    .split(/\r?\n/)
    .map(line => line.split(' '))
  assert.deepEqual(Object.fromEntries(found.map(([number, code]) => [number, code])), expected)
  for (const [number, , status, ...message] of found) {
    assert.equal(status, number)
    assert.notEqual(message.join(' '), '')
  }
})
