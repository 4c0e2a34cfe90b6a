/** Which WWW-Authenticate headers are challenges, and what they ask for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsChallenge } from '#lib/cli/claims-challenge.js'

const CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'
const encoded = Buffer.from(CLAIMS).toString('base64')

test('finds the claims among other parameters and schemes, in either base64', () => {
  const text = '{"a":"???>>>"}'
  for (const header of [
    `Bearer realm="", error="insufficient_claims", claims="${encoded}"`,
    `bearer claims=${encoded.replace(/=+$/, '')},error=insufficient_claims`,
    `Negotiate, Basic realm="a, Bearer b=\\"c\\"", Bearer ERROR="insufficient_claims", Claims="${encoded}"`,
  ]) {
    assert.equal(claimsChallenge(header), CLAIMS, header)
  }
  const url = Buffer.from(text).toString('base64url')
  assert.equal(claimsChallenge(`Bearer error="insufficient_claims", claims="${url}"`), text)
})

test('anything else is no challenge', () => {
  for (const header of [
    undefined,
    '',
    'Bearer',
    `Bearer error="invalid_token", claims="${encoded}"`,
    `Bearer claims="${encoded}"`,
    'Bearer error="insufficient_claims"',
    'Bearer error="insufficient_claims", claims="bm8ganNvbg"',
    `Bearer error="insufficient_claims", claims="${Buffer.from('[1]').toString('base64')}"`,
    `Basic error="insufficient_claims", claims="${encoded}"`,
    `Basic realm="Bearer error=insufficient_claims, claims=${encoded}"`,
    `Bearer error="insufficient_claims", Basic claims="${encoded}"`,
    '"""\u0000,,,===',
  ]) {
    assert.equal(claimsChallenge(header), undefined, header)
  }
})
