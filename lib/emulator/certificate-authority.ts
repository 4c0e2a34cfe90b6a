/** A certificate authority made at each start, good for the emulator's own names only; its key never leaves memory. */
import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import type { Certificate, Extension } from 'pkijs'
import { LOOPBACK_ADDRESSES } from './hosts.js'
import { importPeer } from './optional-peers.js'

const COMMON_NAME = '2.5.4.3'
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14'
const KEY_USAGE = '2.5.29.15'
const SUBJECT_ALT_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const NAME_CONSTRAINTS = '2.5.29.30'
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const DNS_NAME = 2
const IP_ADDRESS = 7
/** DER of the key usage bit strings (RFC 5280 § 4.2.1.3): bit 0 is digitalSignature, bits 5 and 6 keyCertSign and cRLSign. */
const DIGITAL_SIGNATURE = { bits: 0x80, unused: 7 }
const CERT_AND_CRL_SIGN = { bits: 0x06, unused: 1 }
const DAY_MS = 24 * 60 * 60 * 1000

/** What the TLS server and its clients need. */
export interface ServerCertificate {
  /** The CA certificate that a client must trust. */
  caPem: string
  /** The server's certificate, with every name and address it answers to. */
  certificatePem: string
  /**
   * The server's certificate for clients that ask for it by name, without addresses: BoringSSL, which Electron has in the place
   * of OpenSSL, refuses a certificate with an address in it from an authority that is good for some addresses only.
   */
  namedCertificatePem: string
  /** The server's private key, of both. */
  keyPem: string
}

/**
 * Makes a CA and a server's certificates for these DNS names, `127.0.0.1` and `::1`.
 * A person who trusts this CA for a test trusts it for these names and no others.
 *
 * @see [RFC 5280 § 4.2.1.10](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10) name constraints
 */
export async function issueServerCertificate(dnsNames: readonly string[]): Promise<ServerCertificate> {
  const issue = await certificateIssuer()
  const [caKeys, serverKeys] = await Promise.all([ellipticKeys(), ellipticKeys()])
  const ca = await issue({
    kind: 'ca',
    name: 'latchkey emulator CA (tests only)',
    dnsNames,
    keys: caKeys,
    issuerKeys: caKeys,
  })
  const forServer = { name: 'localhost', dnsNames, keys: serverKeys, issuer: ca, issuerKeys: caKeys }
  const server = await issue({ kind: 'server', ...forServer })
  const named = await issue({ kind: 'named server', ...forServer })
  const key = await webcrypto.subtle.exportKey('pkcs8', serverKeys.privateKey)
  return {
    caPem: certificatePem(ca),
    certificatePem: certificatePem(server),
    namedCertificatePem: certificatePem(named),
    keyPem: pem('PRIVATE KEY', key),
  }
}

interface CertificateRequest {
  kind: 'ca' | 'server' | 'named server'
  name: string
  dnsNames: readonly string[]
  keys: webcrypto.CryptoKeyPair
  issuer?: Certificate
  issuerKeys: webcrypto.CryptoKeyPair
}

async function certificateIssuer(): Promise<(request: CertificateRequest) => Promise<Certificate>> {
  const [pki, asn1] = await Promise.all([importPeer('pkijs'), importPeer('asn1js')])

  const extension = (extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }): Extension =>
    new pki.Extension({ extnID, critical, extnValue: value.toBER() })
  const keyUsage = ({ bits, unused }: { bits: number; unused: number }) =>
    extension(KEY_USAGE, true, new asn1.BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits: unused }))
  const dnsName = (name: string) => new pki.GeneralName({ type: DNS_NAME, value: name })
  const ipAddress = (bytes: Uint8Array) =>
    new pki.GeneralName({ type: IP_ADDRESS, value: new asn1.OctetString({ valueHex: Uint8Array.from(bytes).buffer }) })

  function caExtensions(dnsNames: readonly string[]): Extension[] {
    const permitted = [...dnsNames.map(dnsName), ...LOOPBACK_ADDRESSES.map(address => ipAddress(addressRange(address)))]
    const permittedSubtrees = permitted.map(base => new pki.GeneralSubtree({ base }))
    return [
      extension(BASIC_CONSTRAINTS, true, new pki.BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema()),
      keyUsage(CERT_AND_CRL_SIGN),
      extension(NAME_CONSTRAINTS, true, new pki.NameConstraints({ permittedSubtrees }).toSchema()),
    ]
  }

  function serverExtensions(dnsNames: readonly string[], addresses: readonly string[]): Extension[] {
    const names = [...dnsNames.map(dnsName), ...addresses.map(address => ipAddress(addressBytes(address)))]
    return [
      extension(BASIC_CONSTRAINTS, true, new pki.BasicConstraints({ cA: false }).toSchema()),
      keyUsage(DIGITAL_SIGNATURE),
      extension(EXTENDED_KEY_USAGE, false, new pki.ExtKeyUsage({ keyPurposes: [SERVER_AUTH] }).toSchema()),
      extension(SUBJECT_ALT_NAME, false, new pki.GeneralNames({ names }).toSchema()),
    ]
  }

  async function keyIdentifier(keys: webcrypto.CryptoKeyPair): Promise<ArrayBuffer> {
    return webcrypto.subtle.digest('SHA-1', await webcrypto.subtle.exportKey('raw', keys.publicKey))
  }

  return async ({ kind, name, dnsNames, keys, issuer, issuerKeys }) => {
    const certificate = new pki.Certificate({ version: 2 })
    certificate.serialNumber = new asn1.Integer({ valueHex: positiveSerial().buffer })
    certificate.subject.typesAndValues.push(
      new pki.AttributeTypeAndValue({ type: COMMON_NAME, value: new asn1.Utf8String({ value: name }) }),
    )
    certificate.issuer = issuer ? issuer.subject : certificate.subject
    // A day early for clocks that run behind; 90 days because no emulator should be trusted for long.
    certificate.notBefore.value = new Date(Date.now() - DAY_MS)
    certificate.notAfter.value = new Date(Date.now() + 90 * DAY_MS)
    await certificate.subjectPublicKeyInfo.importKey(keys.publicKey)
    const subjectKeyId = new asn1.OctetString({ valueHex: await keyIdentifier(keys) })
    const authorityKeyId = new pki.AuthorityKeyIdentifier({
      keyIdentifier: new asn1.OctetString({ valueHex: await keyIdentifier(issuerKeys) }),
    })
    certificate.extensions = [
      ...(kind === 'ca'
        ? caExtensions(dnsNames)
        : serverExtensions(dnsNames, kind === 'server' ? LOOPBACK_ADDRESSES : [])),
      extension(SUBJECT_KEY_IDENTIFIER, false, subjectKeyId),
      extension(AUTHORITY_KEY_IDENTIFIER, false, authorityKeyId.toSchema()),
    ]
    await certificate.sign(issuerKeys.privateKey, 'SHA-256')
    return certificate
  }
}

async function ellipticKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
}

/** 16 random bytes whose first is 1 to 127: positive, and DER needs no padding byte. */
function positiveSerial(): Uint8Array<ArrayBuffer> {
  const serial = Uint8Array.from(randomBytes(16))
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return serial
}

function addressBytes(address: string): Uint8Array {
  return isIP(address) === 4
    ? Uint8Array.from(address.split('.'), Number)
    : Uint8Array.from({ length: 16 }, (_, index) => (address === '::1' && index === 15 ? 1 : 0))
}

/** In a constraint an address is followed by its mask (RFC 5280 § 4.2.1.10); here the mask is that one address. */
function addressRange(address: string): Uint8Array {
  const bytes = addressBytes(address)
  return Uint8Array.from([...bytes, ...bytes.map(() => 0xff)])
}

function certificatePem(certificate: Certificate): string {
  return pem('CERTIFICATE', certificate.toSchema(true).toBER())
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
