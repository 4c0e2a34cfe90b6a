/** PKCE: the challenge of the specification's own example, and verifiers nobody can guess. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { codeChallengeOf, createPkcePair } from '#lib/token/pkce.js'

describe('PKCE', () => {
  test('computes the challenge of RFC 7636 appendix B', () => {
    const challenge = codeChallengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
    assert.equal(challenge, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
  })

  test('makes verifiers of 32 bytes that fit the grammar, each with its challenge', () => {
    for (let round = 0; round < 100; round += 1) {
      const { codeVerifier, codeChallenge } = createPkcePair()
      assert.match(codeVerifier, /^[A-Za-z0-9_-]{43}$/)
      assert.equal(Buffer.from(codeVerifier, 'base64url').length, 32)
      assert.equal(codeChallenge, codeChallengeOf(codeVerifier))
      assert.notEqual(codeChallenge, codeVerifier)
    }
  })

  test('never makes the same verifier twice, and every bit of it varies', () => {
    const verifiers = Array.from({ length: 500 }, () => createPkcePair().codeVerifier)
    assert.equal(new Set(verifiers).size, 500)
    const bytes = verifiers.map(verifier => Buffer.from(verifier, 'base64url'))
    for (let bit = 0; bit < 256; bit += 1) {
      const ones = bytes.filter(verifier => ((verifier[bit >> 3] ?? 0) >> (bit & 7)) & 1).length
      // Within 8 standard deviations of one half: a fixed or skewed bit fails, chance does not.
      assert.ok(ones > 160 && ones < 340, `bit ${bit} is set in ${ones} of 500`)
    }
  })
})
