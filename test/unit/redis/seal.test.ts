/** What a value in Redis is sealed with, and when it is refused. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createSeal } from '#lib/redis/seal.js'

const [KEY, OTHER] = [randomBytes(32), randomBytes(32)]
const TEXT = '{"RefreshToken":{"a":{"secret":"geheim – тайна"}}}'
const NAME = 'latchkey:{client:home}'
const refused = { code: 'cache_decryption_failed' }

test('opens what it sealed, under the same name only', () => {
  const seal = createSeal([KEY], false)
  const value = seal.seal(NAME, TEXT)
  assert.equal(seal.open(NAME, value), TEXT)
  assert.ok(!Buffer.from(value, 'base64').includes('geheim'))
  assert.throws(() => seal.open(`${NAME}2`, value), refused)
})

test('no two values are alike', () => {
  const seal = createSeal([KEY], false)
  assert.notEqual(seal.seal(NAME, TEXT), seal.seal(NAME, TEXT))
})

test('a changed bit and a missing byte are refused, wherever they are', () => {
  const seal = createSeal([KEY], false)
  const bytes = Buffer.from(seal.seal(NAME, TEXT), 'base64')
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes)
    changed[i] = (changed[i] ?? 0) ^ (1 << (i % 8))
    assert.throws(() => seal.open(NAME, changed.toString('base64')), refused, `byte ${i}`)
    assert.throws(() => seal.open(NAME, bytes.subarray(0, i).toString('base64')), refused, `${i} bytes`)
  }
})

test('the first key seals, and each of them opens', () => {
  const old = createSeal([OTHER], false).seal(NAME, TEXT)
  const both = createSeal([KEY, OTHER], false)
  assert.equal(both.open(NAME, old), TEXT)
  assert.equal(createSeal([KEY], false).open(NAME, both.seal(NAME, TEXT)), TEXT)
  assert.throws(() => createSeal([KEY], false).open(NAME, old), { ...refused, message: /another key/ })
})

test('plain values are read where that is allowed only', () => {
  assert.equal(createSeal([], true).seal(NAME, TEXT), TEXT)
  assert.equal(createSeal([KEY], true).open(NAME, TEXT), TEXT)
  assert.throws(() => createSeal([KEY], false).open(NAME, TEXT), refused)
  assert.throws(() => createSeal([], true).open(NAME, createSeal([KEY], true).seal(NAME, TEXT)), refused)
})
