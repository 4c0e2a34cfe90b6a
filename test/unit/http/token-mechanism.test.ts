/** Which mechanism a token is of, told by its first bytes inside of SPNEGO. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mechanismOf } from '#lib/http/negotiate/token-mechanism.js'

/** A NegTokenInit that proposes Kerberos and NTLM, up to its mechToken; RFC 4178 § 4.2.1. */
const PROPOSAL = '604606062b0601050502a03c303aa01b301906092a864886f712010202060a2b06010401823702020aa21b0419'

const CASES: [string, string, ReturnType<typeof mechanismOf>][] = [
  ['a Kerberos token', '600d06092a864886f7120102020100', 'kerberos'],
  ['a Kerberos token inside of SPNEGO', `${PROPOSAL}600d06092a864886f71201020201006e00`, 'kerberos'],
  ['NTLM', `${Buffer.from('NTLMSSP\0').toString('hex')}01000000`, 'ntlm'],
  ['NTLM inside of SPNEGO that proposes Kerberos too', `${PROPOSAL}4e544c4d5353500001000000`, 'ntlm'],
  ['a proposal without a token', PROPOSAL, ''],
  ['an answer to the other side, TOK_ID 02 00', '600d06092a864886f7120102020200', ''],
  ['nothing', '', ''],
]

for (const [name, hex, mechanism] of CASES) {
  test(`${name}: ${mechanism || 'not known'}`, () => {
    assert.equal(mechanismOf(Uint8Array.from(Buffer.from(hex, 'hex'))), mechanism)
  })
}
