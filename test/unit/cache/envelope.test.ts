/** The format of an encrypted cache file: what it opens to, and that nothing else opens to anything. */
import assert from 'node:assert/strict'
import { createCipheriv, randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { HEADER_BYTES, keyIdOf, openEnvelope, readHeader, sealEnvelope } from '#lib/cache/storage/envelope.js'

const key = randomBytes(32)
const plain = Buffer.from('{"RefreshToken":{}}')
const sealed = sealEnvelope(key, plain, 'app')
const refused = { code: 'cache_decryption_failed' }
const open = (bytes: Uint8Array, name = 'app', with_ = key) => openEnvelope(with_, bytes, name)

describe('an envelope', () => {
  test('opens to what was sealed, empty or large, and from the middle of a larger buffer', () => {
    for (const contents of [plain, Buffer.alloc(0), randomBytes(1 << 20)]) {
      assert.deepEqual(Buffer.from(open(sealEnvelope(key, contents, 'app'))), contents)
    }
    const around = Buffer.concat([randomBytes(7), sealed, randomBytes(7)])
    assert.deepEqual(Buffer.from(open(around.subarray(7, -7))), plain)
  })

  test('is laid out as documented, so that a later version can read it', () => {
    const nonce = Buffer.from(sealed.subarray(25, 37))
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    const header = Buffer.concat([Buffer.from('latchkey\x01'), Buffer.from(keyIdOf(key), 'hex'), nonce])
    cipher.setAAD(Buffer.concat([header, Buffer.from('app')]))
    const expected = Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    assert.deepEqual(Buffer.from(sealed), expected)
    assert.equal(HEADER_BYTES, header.length)
  })

  test('never looks the same twice, and shows nothing of the contents or the key', () => {
    const again = Buffer.from(sealEnvelope(key, plain, 'app'))
    assert.notDeepEqual(again.subarray(25), Buffer.from(sealed).subarray(25))
    assert.ok(!again.includes('Refresh'))
    for (let i = 0; i + 8 <= key.length; i++) assert.ok(!again.includes(key.subarray(i, i + 8)))
  })

  test('with any bit of any byte changed is refused', () => {
    for (let i = 0; i < sealed.length; i++) {
      for (const bit of [1, 0x80]) {
        const changed = Buffer.from(sealed)
        changed[i] = (changed[i] ?? 0) ^ bit
        assert.throws(() => open(changed), refused, `byte ${i}`)
      }
    }
  })

  test('that is shorter or longer is refused', () => {
    for (let length = 0; length < sealed.length; length++)
      assert.throws(() => open(sealed.subarray(0, length)), refused)
    assert.throws(() => open(Buffer.concat([sealed, Buffer.of(0)])), refused)
  })

  test('of another file or another key is refused', () => {
    for (const name of ['App', 'app ', '', 'ap', 'app.probe']) assert.throws(() => open(sealed, name), refused)
    assert.throws(() => open(sealed, 'app', randomBytes(32)), refused)
  })
})

describe('the header', () => {
  test('names the key, and no other key has that name', () => {
    assert.deepEqual(readHeader(sealed), { kind: 'sealed', keyId: keyIdOf(key) })
    assert.deepEqual(readHeader(sealed.subarray(0, HEADER_BYTES)), { kind: 'sealed', keyId: keyIdOf(key) })
    const almost = Buffer.from(key)
    almost[31] = (almost[31] ?? 0) ^ 1
    assert.notEqual(keyIdOf(almost), keyIdOf(key))
    assert.ok(!key.toString('hex').includes(keyIdOf(key).slice(0, 8)))
  })

  test('tells other contents, what was cut off, and a form that comes later', () => {
    for (const other of [undefined, '', '{}', '[1]', '\ufeff{}', 'latchke', 'Latchkey\x01']) {
      assert.deepEqual(readHeader(other === undefined ? other : Buffer.from(other)), { kind: 'none' }, other)
    }
    for (const length of [8, 9, HEADER_BYTES - 1]) {
      assert.deepEqual(readHeader(sealed.subarray(0, length)), { kind: 'damaged' })
    }
    const later = Buffer.from(sealed)
    later[8] = 2
    assert.deepEqual(readHeader(later), { kind: 'unknown', version: 2 })
  })
})
