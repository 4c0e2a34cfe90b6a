/** Which proxy stands before a host: the option, the environment, and the exemptions of NO_PROXY. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proxyFor } from '#lib/http/proxy.js'

const HOST = new URL('https://login.microsoftonline.com/common')
const through = (env: NodeJS.ProcessEnv, url = HOST, proxy?: string | false) => proxyFor(url, { env, proxy })?.host

test('connects directly when nothing is configured', () => {
  assert.equal(through({}), undefined)
  assert.equal(through({ HTTPS_PROXY: '' }), undefined)
})

test('takes the variable for https before the one for http, and lower case before upper', () => {
  assert.equal(through({ HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2' }), 'a:1')
  assert.equal(through({ https_proxy: 'http://c:3', HTTPS_PROXY: 'http://a:1' }), 'c:3')
  assert.equal(through({ HTTP_PROXY: 'http://b:2' }), 'b:2')
  assert.equal(through({ http_proxy: 'http://d:4' }), 'd:4')
})

test('reads a proxy without a scheme as http', () => {
  assert.equal(proxyFor(HOST, { env: { HTTPS_PROXY: 'proxy.corp:8080' } })?.href, 'http://proxy.corp:8080/')
})

test('prefers the option to the environment, and false to both', () => {
  const env = { HTTPS_PROXY: 'http://a:1', NO_PROXY: '*' }
  assert.equal(through(env, HOST, 'http://option:9'), 'option:9')
  assert.equal(through({ HTTPS_PROXY: 'http://a:1' }, HOST, false), undefined)
})

test('an object stands for its URL, and without one for the environment', () => {
  const env = { HTTPS_PROXY: 'http://a:1', NO_PROXY: 'login.example.test' }
  for (const url of ['http://b:2', new URL('http://b:2')])
    assert.equal(proxyFor(HOST, { env, proxy: { url, integratedAuthentication: true } })?.host, 'b:2')
  const proxy = { integratedAuthentication: true }
  assert.equal(proxyFor(HOST, { env: { ...env, NO_PROXY: '' }, proxy })?.host, 'a:1')
  assert.equal(proxyFor(HOST, { env: { HTTPS_PROXY: 'http://a:1', NO_PROXY: HOST.hostname }, proxy }), undefined)
  assert.equal(proxyFor(HOST, { env: {}, proxy }), undefined)
})

test('exempts what NO_PROXY names', () => {
  const cases: Array<[noProxy: string, url: string, exempt: boolean]> = [
    ['*', 'https://any.example/', true],
    ['example.com', 'https://example.com/', true],
    ['example.com', 'https://sub.example.com/', true],
    ['.example.com', 'https://sub.example.com/', true],
    ['*.example.com', 'https://sub.example.com/', true],
    ['EXAMPLE.com', 'https://example.COM./', true],
    ['example.com', 'https://badexample.com/', false],
    ['example.com', 'https://example.com.evil.test/', false],
    ['other, example.com', 'https://example.com/', true],
    ['other example.com', 'https://example.com/', true],
    ['example.com:8443', 'https://example.com:8443/', true],
    ['example.com:8443', 'https://example.com/', false],
    ['example.com:443', 'https://example.com/', true],
    ['127.0.0.1', 'https://127.0.0.1:9/', true],
    ['[::1]', 'https://[::1]:9/', true],
    ['::1', 'https://[::1]:9/', true],
    ['[::1]:9', 'https://[::1]:9/', true],
    ['[::1]:9', 'https://[::1]:8/', false],
    ['localhost', 'https://localhost:4/', true],
    ['', 'https://example.com/', false],
    [', ,', 'https://example.com/', false],
    ['.', 'https://example.com/', false],
  ]
  for (const [noProxy, url, exempt] of cases) {
    const host = through({ HTTPS_PROXY: 'http://a:1', NO_PROXY: noProxy }, new URL(url))
    assert.equal(host === undefined, exempt, `NO_PROXY=${noProxy} ${url}`)
  }
  assert.equal(through({ HTTPS_PROXY: 'http://a:1', no_proxy: 'x', NO_PROXY: '*' }), 'a:1')
})

test('refuses a proxy that is no http or https URL, and does not repeat its text', () => {
  for (const proxy of [
    'socks5://user:hunter2@a:1',
    'http://user:hunter2@',
    'http://user:hunter2%zz@a:1',
    'http://user:hunter2@a:99999',
    '',
  ]) {
    assert.throws(
      () => proxyFor(HOST, { env: {}, proxy }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'invalid_configuration')
        assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${error.cause}`, /hunter2/)
        assert.match(error.message, /^http\.proxy/)
        return true
      },
    )
  }
  assert.throws(() => proxyFor(HOST, { env: {}, proxy: { url: 'ftp://a' } }), /^ClientError: http\.proxy\.url is not/)
  assert.throws(() => proxyFor(HOST, { env: { HTTPS_PROXY: 'ftp://a' } }), /^ClientError: HTTPS_PROXY/)
})
