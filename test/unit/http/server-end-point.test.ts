/** Channel bindings of certificates with every kind of signature, and of what is no certificate. */
import assert from 'node:assert/strict'
import { createHash, createSign, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import * as asn1 from 'asn1js'
import fc from 'fast-check'
import * as pki from 'pkijs'
import { readElement } from '#lib/http/negotiate/der.js'
import { serverEndPoint } from '#lib/http/negotiate/server-end-point.js'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const dsa = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 })
const SHA2 = '2.16.840.1.101.3.4.2'

interface Pair {
  publicKey: KeyObject
  privateKey: KeyObject
}

interface Algorithm {
  keys: Pair
  /** Of the signature. */
  oid: string
  parameters?: asn1.BaseBlock
  sign(bytes: Uint8Array, key: KeyObject): Buffer
}

/** A real certificate, signed by its own key. */
function certify({ keys, oid, parameters, sign: signature }: Algorithm): Buffer {
  const certificate = new pki.Certificate({ version: 2 })
  certificate.serialNumber = new asn1.Integer({ value: 7 })
  certificate.notBefore.value = new Date(0)
  certificate.notAfter.value = new Date(Date.now() + 86_400_000)
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' })
  certificate.subjectPublicKeyInfo = pki.PublicKeyInfo.fromBER(Uint8Array.from(spki).buffer)
  const identifier = () =>
    new pki.AlgorithmIdentifier({ algorithmId: oid, ...(parameters && { algorithmParams: parameters }) })
  certificate.signature = identifier()
  certificate.signatureAlgorithm = identifier()
  certificate.tbsView = new Uint8Array(certificate.encodeTBS().toBER())
  const value = Uint8Array.from(signature(certificate.tbsView, keys.privateKey))
  certificate.signatureValue = new asn1.BitString({ valueHex: value.buffer })
  return Buffer.from(certificate.toSchema().toBER())
}

const with_ = (hash: string) => (bytes: Uint8Array, key: KeyObject) => createSign(hash).update(bytes).sign(key)
const rsaWith = (last: number, hash: string): Algorithm => {
  return { keys: rsa, oid: `1.2.840.113549.1.1.${last}`, parameters: new asn1.Null(), sign: with_(hash) }
}
const ecdsaWith = (last: string, hash: string): Algorithm => {
  return { keys: ec, oid: `1.2.840.10045.4.${last}`, sign: with_(hash) }
}
const pssWith = (hash: string, oid: string | undefined): Algorithm => {
  const algorithm = new pki.AlgorithmIdentifier({ algorithmId: oid ?? '', algorithmParams: new asn1.Null() })
  const mask = new pki.AlgorithmIdentifier({
    algorithmId: '1.2.840.113549.1.1.8',
    algorithmParams: algorithm.toSchema(),
  })
  const saltLength = createHash(hash).digest().length
  const parameters = oid
    ? new pki.RSASSAPSSParams({ hashAlgorithm: algorithm, maskGenAlgorithm: mask, saltLength }).toSchema()
    : new asn1.Sequence()
  return {
    keys: rsa,
    oid: '1.2.840.113549.1.1.10',
    parameters,
    sign: (bytes, key) => createSign(hash).update(bytes).sign({ key, padding: 6, saltLength }),
  }
}
const edwards = (type: 'ed25519' | 'ed448', oid: string): Algorithm => {
  const keys = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448')
  return { keys, oid, sign: (bytes, key) => sign(null, bytes, key) }
}

test('the hash is that of the signature, SHA-256 for the broken ones, and none where the signature has none', () => {
  const cases: Array<[what: string, algorithm: Algorithm, hash: string | undefined]> = [
    ['RSA with MD5', rsaWith(4, 'md5'), 'sha256'],
    ['RSA with SHA-1', rsaWith(5, 'sha1'), 'sha256'],
    ['RSA with SHA-224', rsaWith(14, 'sha224'), 'sha224'],
    ['RSA with SHA-256', rsaWith(11, 'sha256'), 'sha256'],
    ['RSA with SHA-384', rsaWith(12, 'sha384'), 'sha384'],
    ['RSA with SHA-512', rsaWith(13, 'sha512'), 'sha512'],
    ['RSA-PSS by default', pssWith('sha1', undefined), 'sha256'],
    ['RSA-PSS with SHA-224', pssWith('sha224', `${SHA2}.4`), 'sha224'],
    ['RSA-PSS with SHA-256', pssWith('sha256', `${SHA2}.1`), 'sha256'],
    ['RSA-PSS with SHA-384', pssWith('sha384', `${SHA2}.2`), 'sha384'],
    ['RSA-PSS with SHA-512', pssWith('sha512', `${SHA2}.3`), 'sha512'],
    ['ECDSA with SHA-1', ecdsaWith('1', 'sha1'), 'sha256'],
    ['ECDSA with SHA-224', ecdsaWith('3.1', 'sha224'), 'sha224'],
    ['ECDSA with SHA-256', ecdsaWith('3.2', 'sha256'), 'sha256'],
    ['ECDSA with SHA-384', ecdsaWith('3.3', 'sha384'), 'sha384'],
    ['ECDSA with SHA-512', ecdsaWith('3.4', 'sha512'), 'sha512'],
    ['DSA with SHA-256', { keys: dsa, oid: '2.16.840.1.101.3.4.3.2', sign: with_('sha256') }, 'sha256'],
    ['Ed25519', edwards('ed25519', '1.3.101.112'), undefined],
    ['Ed448', edwards('ed448', '1.3.101.113'), undefined],
  ]
  for (const [what, algorithm, hash] of cases) {
    const der = certify(algorithm)
    assert.ok(new X509Certificate(der).verify(algorithm.keys.publicKey), `${what} is not a real certificate`)
    const bindings = Buffer.from(serverEndPoint(der)).toString('latin1')
    const digest = hash && createHash(hash).update(der).digest().toString('latin1')
    assert.equal(bindings, digest === undefined ? '' : `tls-server-end-point:${digest}`, what)
  }
})

test('what is no certificate has no bindings, and no damage is more than that', () => {
  const der = certify(pssWith('sha512', `${SHA2}.3`))
  for (let length = 0; length < der.length; length++) assert.equal(serverEndPoint(der.subarray(0, length)).length, 0)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => serverEndPoint(bytes).length === 0 || bytes.length > 10),
  )
  const flip = fc.tuple(fc.nat({ max: der.length - 1 }), fc.nat({ max: 255 }))
  fc.assert(
    fc.property(fc.array(flip, { minLength: 1, maxLength: 6 }), flips => {
      const damaged = Buffer.from(der)
      for (const [at, byte] of flips) damaged[at] = byte
      assert.ok([0, 49, 53, 69, 85].includes(serverEndPoint(damaged).length))
    }),
    { numRuns: 2_000 },
  )
})

test('an element is read only if it is whole and its length is in the form of DER', () => {
  const hex = (text: string) => Buffer.from(text, 'hex')
  const read = readElement(hex('040201020500'))
  assert.deepEqual(
    [read?.tag, Buffer.from(read?.contents ?? []), Buffer.from(read?.rest ?? [])],
    [4, hex('0102'), hex('0500')],
  )
  assert.equal(readElement(Buffer.concat([hex('30820100'), Buffer.alloc(256)]))?.contents.length, 256)
  for (const bad of [
    '',
    '30',
    '3001',
    '3080',
    '308000',
    '3081',
    '30820001',
    '3084ffffffff',
    '3085000000000100',
    '1f0100',
    '30ff',
  ])
    assert.equal(readElement(hex(bad)), undefined, bad)
})
