/** NTLM through SSPI with explicit credentials, held against the specification by a server's side of our own. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { md4 } from './support/md4.js'
import { explicit, firstStep, NOTHING, negotiate, target } from './support/negotiate.js'
import { challengeMessage, checkAuthenticateMessage } from './support/ntlm.js'

const PASSWORD = 'Pässwörd 𝄞'

// Without channel bindings: with them Wine's NTLM refuses its own first message.
/** All three messages; what the last one says and whether `expected` is the password it was made with. */
async function authenticate(password: string, expected: string) {
  const credentials = explicit('joe', 'CONTOSO', password)
  const context = await negotiate.open(target({ allowNtlm: true, credentials }))
  const first = await context.step(NOTHING)
  assert.equal(Buffer.from(first.output.subarray(0, 8)).toString('latin1'), 'NTLMSSP\0')
  assert.equal(first.output[8], 1)
  assert.equal(first.complete, false)
  const last = await context.step(challengeMessage('CONTOSO'))
  context.close()
  return { ...last, ...checkAuthenticateMessage(last.output, expected) }
}

describe('NTLM', () => {
  test('the hash that this file checks with is that of RFC 1320 § A.5', () => {
    assert.equal(md4(Buffer.from('abc')).toString('hex'), 'a448017aaf21d8525fc10ae87aa6729d')
    assert.equal(md4(Buffer.from('1234567890'.repeat(8))).toString('hex'), 'e33b4ddc9c38f2199c3e7b164fcc0536')
  })

  test('answers a challenge with a response that only the password can make', async () => {
    const result = await authenticate(PASSWORD, PASSWORD)
    assert.deepEqual(
      { type: result.type, user: result.user, domain: result.domain, verifies: result.verifies },
      { type: 3, user: 'joe', domain: 'CONTOSO', verifies: true },
    )
    assert.equal(result.complete, true)
    assert.equal(result.mechanism, 'ntlm')
    assert.equal(result.mutual, false)
  })

  test('answers with another response for another password', async () => {
    assert.equal((await authenticate('wrong', PASSWORD)).verifies, false)
  })

  test('is not used where it is not allowed', async () => {
    // No KDC knows these credentials, so that nothing but NTLM could use them.
    await assert.rejects(firstStep({ credentials: explicit('joe', 'CONTOSO', PASSWORD) }))
    const { mechanism } = await firstStep({ allowNtlm: true, credentials: explicit('joe', 'CONTOSO', PASSWORD) })
    assert.equal(mechanism, 'ntlm')
  })

  test('refuses a password that is not UTF-8, since it would be sent as another one', async () => {
    const credentials = { ...explicit('joe', 'CONTOSO', ''), password: Uint8Array.of(0x70, 0xff) }
    await assert.rejects(negotiate.open(target({ allowNtlm: true, credentials })), {
      code: 'FAILED',
      call: 'MultiByteToWideChar',
      status: 1113,
    })
  })
})
