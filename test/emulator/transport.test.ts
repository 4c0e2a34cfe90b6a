/** The emulator's sockets: TLS with its own CA, the proxy, several tenants, and an end that waits for nobody. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { startTenant, type Tenant } from 'latchkey/emulator'
import * as pkijs from 'pkijs'
import { Agent, ProxyAgent, request } from 'undici'
import { emulate } from './support.js'

const { tenant } = await emulate()
const PATH = '/common/v2.0/.well-known/openid-configuration'

function portOf(url: string): number {
  return Number(new URL(url).port)
}

/** Asks the proxy for a tunnel and returns the status that it answers. */
async function askProxy(target: string, of: Tenant = tenant): Promise<number> {
  const socket = connect(portOf(of.proxyUrl), '127.0.0.1')
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return Number(answer.toString().split(' ')[1])
}

test('answers on localhost and on both loopback addresses, under a certificate that fits', async () => {
  const agent = new Agent({ connect: { ca: tenant.caPem } })
  after(() => agent.destroy())
  for (const host of ['localhost', '127.0.0.1', '[::1]']) {
    const origin = `https://${host}:${portOf(tenant.origin)}`
    const { body } = await request(`${origin}${PATH}`, { dispatcher: agent })
    const { token_endpoint } = (await body.json()) as { token_endpoint: string }
    assert.equal(token_endpoint, `${origin}/common/oauth2/v2.0/token`)
  }
})

test('shows those who ask by name a certificate without addresses, as BoringSSL wants it', async () => {
  const namesFor = async (servername: string) => {
    const ca = tenant.caPem
    const socket = connectTls({ host: '127.0.0.1', port: portOf(tenant.origin), ca, ...(servername && { servername }) })
    await once(socket, 'secureConnect')
    const { subjectAltName } = socket.getPeerX509Certificate() ?? {}
    socket.destroy()
    return `${subjectAltName}`
  }
  for (const name of ['localhost', 'login.microsoftonline.com']) assert.doesNotMatch(await namesFor(name), /IP Address/)
  assert.match(await namesFor(''), /DNS:localhost.*IP Address:127\.0\.0\.1/)
})

test('is not trusted by anybody who was not given its CA', async () => {
  await assert.rejects(request(`${tenant.origin}${PATH}`), {
    code: /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)$/,
  })
})

test('answers as login.microsoftonline.com through the proxy, issuer and all', async () => {
  const agent = new ProxyAgent({ uri: tenant.proxyUrl, requestTls: { ca: tenant.caPem } })
  after(() => agent.destroy())
  const ask = async (host: string, path: string) =>
    (await request(`https://${host}${path}`, { dispatcher: agent })).body.json() as Promise<Record<string, string>>
  const configuration = await ask('login.windows.net', `/${tenant.domain}/v2.0/.well-known/openid-configuration`)
  assert.equal(configuration.issuer, `https://login.microsoftonline.com/${tenant.tenantId}/v2.0`)
  assert.equal(configuration.token_endpoint, `https://login.windows.net/${tenant.tenantId}/oauth2/v2.0/token`)
  assert.equal(configuration.userinfo_endpoint, 'https://graph.microsoft.com/oidc/userinfo')
  const realm = await ask('login.microsoftonline.com', '/common/userrealm/joe@contoso.com?api-version=1.0')
  assert.equal(realm.federation_metadata_url, 'https://adfs.contoso.com/adfs/services/trust/mex')
  assert.equal(tenant.requests.at(-1)?.host, 'login.microsoftonline.com')
})

test('leads to nowhere else', async () => {
  const own = portOf(tenant.origin)
  const statuses: Record<string, number> = {
    'login.microsoftonline.us:443': 200,
    [`login.microsoftonline.com:${own}`]: 200,
    'adfs.contoso.com:443': 200,
    [`localhost:${own}`]: 200,
    [`[::1]:${own}`]: 200,
    'example.com:443': 403,
    'login.microsoftonline.com:80': 403,
    'login.microsoftonline.com.evil.example:443': 403,
    'localhost:22': 403,
    '169.254.169.254:443': 403,
    'no-port': 403,
  }
  for (const [target, status] of Object.entries(statuses)) assert.equal(await askProxy(target), status, target)
  const plain = await request(tenant.proxyUrl)
  assert.equal(plain.statusCode, 403)
  await plain.body.dump()
})

/** The first bytes that a TLS client sends, caught by a server that answers nothing. */
async function clientHello(): Promise<Buffer> {
  const trap = createServer().listen(0, '127.0.0.1')
  await once(trap, 'listening')
  const client = connectTls({ port: (trap.address() as AddressInfo).port, servername: 'login.microsoftonline.com' })
  client.on('error', () => undefined)
  const [socket] = (await once(trap, 'connection')) as [Socket]
  const [hello] = (await once(socket, 'data')) as [Buffer]
  client.destroy()
  trap.close()
  return hello
}

test('takes a TLS hello that comes along with the CONNECT', async () => {
  const socket = connect(portOf(tenant.proxyUrl), '127.0.0.1')
  // Held back until the hello is there too, so that both arrive in one packet.
  socket.cork()
  socket.write('CONNECT login.microsoftonline.com:443 HTTP/1.1\r\n\r\n')
  socket.write(await clientHello())
  socket.uncork()
  let received = Buffer.alloc(0)
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk])
    const body = received.subarray(received.indexOf('\r\n\r\n') + 4)
    // 22: a handshake record, the server's hello; 21 would be an alert.
    if (body.length > 0) {
      assert.equal(body[0], 22)
      break
    }
  }
})

test('limits its CA to its own names', () => {
  const der = new X509Certificate(tenant.caPem).raw
  const certificate = pkijs.Certificate.fromBER(Uint8Array.from(der))
  const extension = certificate.extensions?.find(item => item.extnID === '2.5.29.30')
  assert.equal(extension?.critical, true)
  const { permittedSubtrees = [] } = extension.parsedValue as pkijs.NameConstraints
  const names = permittedSubtrees.filter(({ base }) => base.type === 2).map(({ base }) => base.value)
  assert.ok(names.includes('localhost') && names.includes('login.microsoftonline.com'))
  assert.ok(
    names.every(
      name =>
        /^(login|sts|graph|adfs|autologon)[-.a-z]*\.(com|net|cn|de|us)$/.test(String(name)) ||
        ['localhost', 'contoso.b2clogin.com', 'contoso.ciamlogin.com', `${tenant.tenantId}.ciamlogin.com`].includes(
          String(name),
        ),
    ),
  )
  const addresses = permittedSubtrees.filter(({ base }) => base.type === 7)
  assert.equal(addresses.length, 2)
  assert.equal(names.length + addresses.length, permittedSubtrees.length)
})

test('runs several tenants side by side, each with its own users and CA', async () => {
  const other = await startTenant({ domain: 'fabrikam.onmicrosoft.com' })
  try {
    assert.notEqual(other.tenantId, tenant.tenantId)
    assert.notEqual(other.caPem, tenant.caPem)
    assert.ok(other.users.every(user => !user.username.endsWith('contoso.onmicrosoft.com')))
    assert.equal(await askProxy('adfs.fabrikam.com:443', other), 200)
    assert.equal(await askProxy('adfs.contoso.com:443', other), 403)
    await assert.rejects(
      request(`${other.origin}${PATH}`, { dispatcher: new Agent({ connect: { ca: tenant.caPem } }) }),
    )
  } finally {
    await other.close()
  }
})

test('says which port is in use', async () => {
  const port = portOf(tenant.origin)
  await assert.rejects(startTenant({ port }), {
    code: 'EADDRINUSE',
    message: new RegExp(`127\\.0\\.0\\.1:${port}.*in use`),
  })
  const proxyPort = portOf(tenant.proxyUrl)
  await assert.rejects(startTenant({ proxyPort }), { code: 'EADDRINUSE' })
})

test('refuses an id, a domain and a user name that cannot be one', async () => {
  await assert.rejects(startTenant({ tenantId: 'contoso' }), { name: 'TypeError' })
  await assert.rejects(startTenant({ domain: 'contoso/../x' }), { name: 'TypeError' })
  await assert.rejects(startTenant({ users: [{ username: 'no domain' }] }), { name: 'TypeError' })
  await assert.rejects(startTenant({ scenario: { users: { 'x@y': {} } } }), /no user 'x@y'/)
})

test('closes at once, whatever is still open', async () => {
  const doomed = await startTenant({ scenario: { faults: { token: { kind: 'hang' } } } })
  const agent = new Agent({ connect: { ca: doomed.caPem } })
  const hanging = request(`${doomed.origin}/common/oauth2/v2.0/token`, {
    method: 'POST',
    body: 'x=1',
    dispatcher: agent,
  })
  const idle = connectTls({ port: portOf(doomed.origin), ca: doomed.caPem, servername: 'localhost' })
  await once(idle, 'secureConnect')
  const half = connect(portOf(doomed.proxyUrl), '127.0.0.1')
  await once(half, 'connect')
  while (doomed.requests.length === 0) await new Promise(resolve => setTimeout(resolve, 5))

  const ended = Promise.all([once(idle, 'close'), once(half, 'close'), assert.rejects(hanging)])
  for (const socket of [idle, half]) socket.on('error', () => undefined)
  const before = performance.now()
  await doomed.close()
  await ended
  assert.ok(performance.now() - before < 2000)
  await assert.rejects(request(`${doomed.origin}${PATH}`, { dispatcher: agent }), { code: 'ECONNREFUSED' })
  await agent.destroy()
})
