/** Which redirect URIs are loopback addresses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLoopbackUri } from '#lib/browser/loopback-address.js'

test('reads host and port, and writes a port into the URI as it stands', () => {
  const cases = [
    ['http://localhost', ['127.0.0.1', '::1'], 0, 'http://localhost:5000'],
    ['http://LocalHost/Path/', ['127.0.0.1', '::1'], 0, 'http://LocalHost:5000/Path/'],
    ['http://localhost:8400/', ['127.0.0.1', '::1'], 8400, 'http://localhost:5000/'],
    ['http://localhost:80', ['127.0.0.1', '::1'], 0, 'http://localhost:5000'],
    ['http://127.0.0.1:1?x=%20', ['127.0.0.1'], 1, 'http://127.0.0.1:5000?x=%20'],
    ['http://[::1]:2/a', ['::1'], 2, 'http://[::1]:5000/a'],
  ] as const
  for (const [uri, addresses, port, withPort] of cases) {
    const address = parseLoopbackUri(uri)
    assert.deepEqual([address.addresses, address.port, address.withPort(5000)], [addresses, port, withPort])
  }
})

test('refuses what is not an http loopback address', () => {
  for (const uri of [
    '',
    'localhost',
    'https://localhost',
    'http://localhost.evil.test',
    'http://localhost:99999',
    'http://localhost@evil.test/',
    'http://user@localhost/',
    'http://evil.test/?http://localhost',
    'http://127.0.0.2',
    'http://0.0.0.0',
    'http://localhost/#fragment',
    'http://localhost\n.evil.test/',
    'urn:ietf:wg:oauth:2.0:oob',
  ])
    assert.throws(() => parseLoopbackUri(uri), { name: 'ClientError', code: 'loopback_redirect_uri' }, uri)
})
