/** Channel bindings of the type tls-server-end-point: what ties a conversation to the certificate that the server showed. */
import { createHash } from 'node:crypto'
import { CONTEXT_0, OBJECT_IDENTIFIER, readContents, readElement, SEQUENCE } from './der.js'

const PREFIX = 'tls-server-end-point:'
const NONE = new Uint8Array()

// Contents of the object identifiers in hexadecimal.
const RSASSA_PSS = '2a864886f70d01010a'

// MD5 and SHA-1 give way to SHA-256 (RFC 5929 § 4.1).
const HASH_OF_SIGNATURE: Readonly<Record<string, string>> = {
  // RSA: 1.2.840.113549.1.1.x, and the old name of sha1WithRSA, 1.3.14.3.2.29
  '2a864886f70d010104': 'sha256',
  '2a864886f70d010105': 'sha256',
  '2b0e03021d': 'sha256',
  '2a864886f70d01010e': 'sha224',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  // ECDSA: 1.2.840.10045.4.1 and 1.2.840.10045.4.3.x
  '2a8648ce3d0401': 'sha256',
  '2a8648ce3d040301': 'sha224',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  // DSA: 1.2.840.10040.4.3 and 2.16.840.1.101.3.4.3.x
  '2a8648ce380403': 'sha256',
  '608648016503040301': 'sha224',
  '608648016503040302': 'sha256',
  '608648016503040303': 'sha384',
  '608648016503040304': 'sha512',
}

// The hash functions that RSASSA-PSS names in its parameters: 1.3.14.3.2.26 and 2.16.840.1.101.3.4.2.x
const HASH_OF_PSS: Readonly<Record<string, string>> = {
  '2b0e03021a': 'sha256',
  '608648016503040204': 'sha224',
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
}

/**
 * The bindings of a DER certificate; empty where there are none to be had: the signature has no hash function of its own
 * (Ed25519, Ed448) or an unknown one, or this is no certificate.
 *
 * @see [RFC 5929 § 4.1](https://www.rfc-editor.org/rfc/rfc5929#section-4.1)
 */
export function serverEndPoint(certificate: Uint8Array): Uint8Array {
  const hash = signatureHash(certificate)
  if (hash === undefined) return NONE
  return Buffer.concat([Buffer.from(PREFIX), createHash(hash).update(certificate).digest()])
}

/** As {@link serverEndPoint}, for what a connection has shown: one that was good enough for TLS and cannot be read here is bound to nothing. */
export function bindingsOf(certificate: Uint8Array): Uint8Array {
  try {
    return serverEndPoint(certificate)
  } catch {
    return NONE
  }
}

// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue } (RFC 5280 § 4.1)
function signatureHash(certificate: Uint8Array): string | undefined {
  const toBeSigned = readElement(readContents(certificate, SEQUENCE) ?? NONE)
  const algorithm = readContents(toBeSigned?.rest ?? NONE, SEQUENCE)
  const identifier = readElement(algorithm ?? NONE)
  if (identifier?.tag !== OBJECT_IDENTIFIER) return undefined
  const oid = hex(identifier.contents)
  return oid === RSASSA_PSS ? pssHash(identifier.rest) : HASH_OF_SIGNATURE[oid]
}

// RSASSA-PSS-params ::= SEQUENCE { [0] hashAlgorithm DEFAULT sha1, … } (RFC 4055 § 3.1)
function pssHash(parameters: Uint8Array): string | undefined {
  const contents = readContents(parameters, SEQUENCE)
  if (contents === undefined) return undefined
  const tagged = readContents(contents, CONTEXT_0)
  if (tagged === undefined) return 'sha256'
  const oid = readContents(readContents(tagged, SEQUENCE) ?? NONE, OBJECT_IDENTIFIER)
  return oid === undefined ? undefined : HASH_OF_PSS[hex(oid)]
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
