/** What a custom web UI may resolve with. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkWebUiAnswer, checkWindowAnswer } from '#lib/browser/custom-web-ui.js'

const REDIRECT = new URL('http://localhost:4000/auth')
const check = (answer: string, redirectUri = REDIRECT) => checkWebUiAnswer(new URL(answer), redirectUri)

test('gives the parameters of an answer on the redirect URI', () => {
  const parameters = check('http://LOCALHOST:4000/auth?code=a%2Bb&state=s+t&iss=https%3A%2F%2Fx')
  assert.deepEqual(Object.fromEntries(parameters), { code: 'a+b', state: 's t', iss: 'https://x' })
  assert.equal(check('http://localhost/?error=x', new URL('http://localhost')).get('error'), 'x')
})

test('accepts an app scheme and the out-of-band address', () => {
  assert.equal(check('msauth.app://auth?code=1', new URL('msauth.app://auth')).get('code'), '1')
  assert.equal(check('msauth.app://Auth?code=1', new URL('msauth.app://auth')).get('code'), '1')
  const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'
  assert.equal(check(`${outOfBand}?code=1`, new URL(outOfBand)).get('code'), '1')
})

test('refuses what has no answer in it', () => {
  for (const answer of [null, undefined, new URL('http://localhost:4000/auth'), new URL('http://localhost:4000/auth?')])
    assert.throws(() => checkWebUiAnswer(answer, REDIRECT), { code: 'custom_webui_returned_invalid_uri' })
  assert.throws(() => check('http://localhost:4000/auth?code=1&code=2'), { code: 'custom_webui_returned_invalid_uri' })
  assert.throws(() => check('http://localhost:4000/auth#code=1'), { code: 'custom_webui_returned_invalid_uri' })
})

test('refuses another scheme, host, port or path', () => {
  for (const answer of [
    'https://localhost:4000/auth?code=1',
    'http://127.0.0.1:4000/auth?code=1',
    'http://localhost:4001/auth?code=1',
    'http://localhost:4000/Auth?code=1',
    'http://localhost:4000/auth/?code=1',
    'http://localhost:4000@evil.test/auth?code=1',
  ])
    assert.throws(() => check(answer), { name: 'ClientError', code: 'custom_webui_invalid_mismatch' }, answer)
})

test('a window of ours that ends without an answer blames no custom web UI', () => {
  assert.equal(checkWindowAnswer(new URL(`${REDIRECT}?code=1`), 'id').get('code'), '1')
  for (const query of ['', '?', '?code=1&code=2']) {
    const answer = new URL(`${REDIRECT}${query}`)
    assert.throws(() => checkWindowAnswer(answer, 'id'), { code: 'authentication_failed', correlationId: 'id' })
  }
})
