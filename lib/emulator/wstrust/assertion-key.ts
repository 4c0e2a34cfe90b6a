/** The key pair that the federation server signs its assertions with, and the certificate that names it. */
import { type KeyObject, webcrypto } from 'node:crypto'
import { importPeer } from '../optional-peers.js'
import { loadSigningKey } from '../signer.js'

export interface AssertionKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** Base64 of the DER. */
  readonly certificate: string
}

const COMMON_NAME = '2.5.4.3'
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const YEAR_MS = 365 * 24 * 3600 * 1000

let assertionKey: Promise<AssertionKey> | undefined

/** One key a process, that of the tokens too: making one takes up to a second. */
export function loadAssertionKey(): Promise<AssertionKey> {
  assertionKey ??= certify()
  return assertionKey
}

/** Nobody trusts the certificate; as at AD FS it only carries the key to whoever compares it with the one they know. */
async function certify(): Promise<AssertionKey> {
  const [{ privateKey, publicKey }, pki, asn1] = await Promise.all([
    loadSigningKey(),
    importPeer('pkijs'),
    importPeer('asn1js'),
  ])
  const certificate = new pki.Certificate({ version: 2 })
  certificate.serialNumber = new asn1.Integer({ value: 1 })
  const name = new asn1.Utf8String({ value: 'ADFS Signing - latchkey emulator' })
  certificate.subject.typesAndValues.push(new pki.AttributeTypeAndValue({ type: COMMON_NAME, value: name }))
  certificate.issuer = certificate.subject
  certificate.notBefore.value = new Date(Date.now() - YEAR_MS)
  certificate.notAfter.value = new Date(Date.now() + YEAR_MS)
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const [signing, verifying] = await Promise.all([
    webcrypto.subtle.importKey('pkcs8', pkcs8, RSA, false, ['sign']),
    webcrypto.subtle.importKey('spki', spki, RSA, true, ['verify']),
  ])
  await certificate.subjectPublicKeyInfo.importKey(verifying)
  await certificate.sign(signing, 'SHA-256')
  const der = Buffer.from(certificate.toSchema(true).toBER())
  return { privateKey, publicKey, certificate: der.toString('base64') }
}
