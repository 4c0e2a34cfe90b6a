/** Which mechanism a token of ours is of, where the system tells only once the conversation is over. */

/** The object identifier 1.2.840.113554.1.2.2 and TOK_ID 01 00 (KRB_AP_REQ), as they begin a Kerberos token. */
const AP_REQ = Buffer.from('06092a864886f7120102020100', 'hex')
const NTLM = Buffer.from('NTLMSSP\0')

/**
 * Finds it inside of SPNEGO too; empty when the token has neither in it.
 *
 * @see [RFC 4121 § 4.1](https://www.rfc-editor.org/rfc/rfc4121#section-4.1)
 */
export function mechanismOf(token: Uint8Array): 'kerberos' | 'ntlm' | '' {
  const bytes = Buffer.from(token.buffer, token.byteOffset, token.byteLength)
  if (bytes.includes(AP_REQ)) return 'kerberos'
  return bytes.includes(NTLM) ? 'ntlm' : ''
}
