/** The control endpoint: what other programs may do, and who may not. */
import assert from 'node:assert/strict'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import { beforeEach, test } from 'node:test'
import { emulate } from './support.js'

const emulation = await emulate({ scenario: { expiresInSeconds: 1000 } })
const { tenant, user, password } = emulation
beforeEach(() => tenant.scenario(null))

interface ControlAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  json: { scenario?: Record<string, unknown>; requests?: Record<string, unknown>[]; error?: string }
  text: string
}

/** undici's fetch would not let a Host header be forged. */
function control(
  method: string,
  body?: unknown,
  headers: http.OutgoingHttpHeaders = {},
  url = tenant.controlUrl,
): Promise<ControlAnswer> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers: { ...type, ...headers }, agent: false }, async response => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, headers: response.headers, json: JSON.parse(text), text })
    })
    request.on('error', reject)
    request.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
}

test('reads, changes and resets the scenario', async () => {
  assert.match(tenant.controlUrl, /^http:\/\/127\.0\.0\.1:\d+\/$/)
  assert.equal((await control('GET')).json.scenario?.expiresInSeconds, 1000)
  for (const [index, method] of ['PATCH', 'PUT', 'POST'].entries()) {
    const changed = await control(method, {
      expiresInSeconds: index,
      users: { [user('alice').username]: { mfa: true } },
    })
    assert.deepEqual([changed.status, changed.json.scenario?.expiresInSeconds], [200, index])
  }
  assert.deepEqual((await password('alice')).json.error_codes, [50076])
  const kept = await control('PATCH', { latencyMs: 1 }, { 'content-type': 'application/json; charset=utf-8' })
  assert.deepEqual([kept.json.scenario?.latencyMs, kept.json.scenario?.expiresInSeconds], [1, 2])
  const reset = await control('DELETE')
  assert.deepEqual([reset.status, reset.json.scenario?.expiresInSeconds], [200, 1000])
  assert.equal((await password('alice')).json.expires_in, 1000)
})

test('switches every kind of trouble on for a client that runs elsewhere', async () => {
  const troubled = async (patch: object) => {
    assert.equal((await control('PATCH', patch)).status, 200)
    const before = performance.now()
    const answer = await password('alice')
    await control('DELETE')
    return { ...answer, tookMs: performance.now() - before }
  }
  const throttled = await troubled({ faults: { token: { kind: 'status', status: 429, retryAfterSeconds: 9 } } })
  assert.deepEqual([throttled.status, throttled.headers['retry-after']], [429, '9'])
  const down = await troubled({ faults: { all: { kind: 'html', status: 502 } } })
  assert.equal(down.status, 502)
  assert.match(String(down.headers['content-type']), /text\/html/)
  assert.ok((await troubled({ latencyMs: 150 })).tookMs >= 145)
  const late = await troubled({ clockOffsetSeconds: -600 })
  assert.ok(Math.abs(Date.parse(String(late.headers.date)) + 600_000 - Date.now()) < 5000)
  assert.equal((await password('alice')).status, 200)
})

test('shows what was asked, without a secret', async () => {
  const { json } = await password('alice', { 'x-client-SKU': 'test' })
  await emulation.token({ grant_type: 'refresh_token', refresh_token: String(json.refresh_token) })
  await emulation.get('/api/me', { authorization: `Bearer ${json.access_token}` })
  const { json: shown, text, headers } = await control('GET')
  const [asked] = shown.requests?.filter(({ path }) => String(path).endsWith('/token')).slice(-2) ?? []
  assert.deepEqual(asked?.form, {
    client_id: tenant.clientId,
    grant_type: 'password',
    username: user('alice').username,
    password: '…',
    scope: 'User.Read openid profile offline_access',
    'x-client-SKU': 'test',
  })
  assert.deepEqual([asked?.method, asked?.status, asked?.query], ['POST', 200, {}])
  assert.match(String(asked?.at), /^\d{4}-\d\d-\d\dT/)
  for (const secret of tenant.issuedSecrets) assert.ok(!text.includes(secret))
  assert.match(String(headers['cache-control']), /no-store/)
})

test('refuses what is no scenario, says why, and changes nothing', async () => {
  const wrong: [unknown, RegExp][] = [
    [{ expiresIn: 1 }, /no scenario switch 'expiresIn'.*expiresInSeconds/],
    [{ users: { [user('alice').username]: { lockd: true } } }, /has no 'lockd'\. It has: locked, disabled/],
    ['{', /not JSON/],
    ['[]', /a JSON object/],
    ['null', /a JSON object/],
  ]
  for (const [body, message] of wrong) {
    const { status, json } = await control('PATCH', body)
    assert.equal(status, 400)
    assert.match(String(json.error), message)
  }
  assert.equal((await control('PATCH', `{"latencyMs": 0${' '.repeat(1024 * 1024)}}`)).status, 413)
  const odd = await control('OPTIONS')
  assert.deepEqual([odd.status, odd.headers.allow], [405, 'GET, PATCH, PUT, POST, DELETE'])
  assert.equal((await control('GET', undefined, {}, `${tenant.controlUrl}else`)).status, 404)
  assert.equal((await password('alice')).json.expires_in, 1000)
})

test('lets no web page ask, read or change anything', async () => {
  const { port } = new URL(tenant.controlUrl)
  const pages: http.OutgoingHttpHeaders[] = [
    { host: 'evil.example' },
    { host: `evil.example:${port}` },
    { host: '127.0.0.1:1' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: tenant.controlUrl.slice(0, -1) },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]
  for (const headers of pages) {
    for (const [method, body] of [['GET'], ['PATCH', { aadsts: 50053 }], ['DELETE']] as const) {
      const { status, json } = await control(method, body, headers)
      assert.equal(status, 403, JSON.stringify(headers))
      assert.deepEqual(Object.keys(json), ['error'])
    }
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
    assert.equal((await control('POST', { aadsts: 50053 }, { 'content-type': type })).status, 415)
  }
  assert.equal((await password('alice')).status, 200)
  for (const host of [`localhost:${port}`, `LOCALHOST:${port}`]) {
    assert.equal((await control('GET', undefined, { host, 'sec-fetch-site': 'none' })).status, 200)
  }
})

test('is out of reach of the proxy, of the tenant’s origin and of other machines', async () => {
  const wide = await emulate({ host: '0.0.0.0' })
  const { port } = new URL(wide.tenant.controlUrl)
  const proxy = new URL(wide.tenant.proxyUrl)
  for (const target of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
    assert.match(await firstLine(Number(proxy.port), `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`), / 403 /)
  }
  const plain = `GET ${wide.tenant.controlUrl} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`
  assert.match(await firstLine(Number(proxy.port), plain), / 403 /)
  assert.equal((await wide.get('/')).status, 404)
  const others = Object.values(os.networkInterfaces()).flatMap(list => list ?? [])
  for (const { address } of others.filter(({ internal, family }) => !internal && family === 'IPv4')) {
    await assert.rejects(control('GET', undefined, {}, `http://${address}:${port}/`), { code: 'ECONNREFUSED' })
  }
})

function firstLine(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text))
    socket.once('data', data => {
      socket.destroy()
      resolve(String(data).split('\r\n')[0] ?? '')
    })
    socket.once('error', reject)
  })
}
