/** The server's side of NTLM (MS-NLMP), as far as it takes to say whether a client knew a password. */
import { createHmac } from 'node:crypto'
import { md4 } from './md4.js'

const CHALLENGE = Buffer.from('0123456789abcdef', 'hex')
const utf16 = (text: string) => Buffer.from(text, 'utf16le')
const hmac = (key: Uint8Array, ...data: Uint8Array[]) => {
  const mac = createHmac('md5', key)
  for (const part of data) mac.update(part)
  return mac.digest()
}

/**
 * A CHALLENGE_MESSAGE that names `domain`.
 *
 * @see MS-NLMP § 2.2.1.2; the flags (§ 2.2.2.5) are Unicode, target name of a domain, signing, NTLM, extended session
 *   security, target information, version, 128 and 56 bits.
 */
export function challengeMessage(domain: string): Buffer {
  const name = utf16(domain)
  // MsvAvNbDomainName and MsvAvEOL.
  const information = Buffer.concat([Buffer.from([2, 0, name.length, 0]), name, Buffer.alloc(4)])
  const message = Buffer.alloc(56)
  message.write('NTLMSSP\0', 'latin1')
  message.writeUInt32LE(2, 8)
  field(message, 12, name.length, 56)
  message.writeUInt32LE(0xa2898215, 20)
  CHALLENGE.copy(message, 24)
  field(message, 40, information.length, 56 + name.length)
  Buffer.from('0a0063450000000f', 'hex').copy(message, 48)
  return Buffer.concat([message, name, information])
}

function field(message: Buffer, at: number, length: number, offset: number): void {
  message.writeUInt16LE(length, at)
  message.writeUInt16LE(length, at + 2)
  message.writeUInt32LE(offset, at + 4)
}

/** Who an AUTHENTICATE_MESSAGE is from, and whether it could only be made with `password` (MS-NLMP § 3.3.2, NTLMv2). */
export function checkAuthenticateMessage(message: Uint8Array, password: string) {
  const bytes = Buffer.from(message)
  const read = (at: number) => {
    const offset = bytes.readUInt32LE(at + 4)
    return bytes.subarray(offset, offset + bytes.readUInt16LE(at))
  }
  const response = read(20)
  const domain = read(28).toString('utf16le')
  const user = read(36).toString('utf16le')
  const key = hmac(md4(utf16(password)), utf16(user.toUpperCase() + domain))
  const verifies = hmac(key, CHALLENGE, response.subarray(16)).equals(response.subarray(0, 16))
  return { type: bytes.readUInt32LE(8), domain, user, verifies }
}
