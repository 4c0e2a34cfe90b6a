/** The federation server's Windows endpoints: how they ask, whom they believe, on which connection, bound to what. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, beforeEach, test } from 'node:test'
import { connect } from 'node:tls'
import type { NegotiateLeg, NegotiateVerdict } from 'latchkey/emulator'
import { Client } from 'undici'
import { emulate } from './support.js'
import { redeem, rst, SOAP_TYPE, type Version } from './wstrust-support.js'

const verdicts: ((token: Buffer, leg: NegotiateLeg) => NegotiateVerdict | Promise<NegotiateVerdict>)[] = []
const emulation = await emulate()
const hooked = await emulate({
  negotiate: {
    accept: (token, leg) => {
      const next = verdicts.shift()
      if (!next) throw new Error('the test expects no token')
      return next(token, leg)
    },
  },
})
const { tenant, user } = emulation
beforeEach(() => {
  tenant.scenario(null)
  verdicts.length = 0
})

interface Told {
  status: number
  schemes: string[]
  text: string
  type: string | undefined
}

/** One connection to the endpoint. */
class Wire {
  readonly #client: Client
  readonly #origin: string

  constructor({ origin, caPem }: { origin: string; caPem: string }) {
    this.#origin = origin
    this.#client = new Client(origin, { connect: { ca: caPem }, keepAliveTimeout: 60_000 })
    after(() => this.#client.destroy())
  }

  async ask(
    authorization?: string,
    { version = '13', body }: { version?: Version; body?: string } = {},
  ): Promise<Told> {
    const path = `/adfs/services/trust/${version}/windowstransport`
    const {
      statusCode,
      headers,
      body: answer,
    } = await this.#client.request({
      method: 'POST',
      path,
      headers: { 'content-type': SOAP_TYPE, ...(authorization === undefined ? {} : { authorization }) },
      body: body ?? rst({ version, to: `${this.#origin}${path}`, withoutSecurity: true }),
    })
    const schemes = [headers['www-authenticate'] ?? []].flat()
    return { status: statusCode, schemes, text: await answer.text(), type: headers['content-type']?.toString() }
  }
}

const negotiate = (...parts: (string | Buffer)[]) =>
  `Negotiate ${Buffer.concat(parts.map(part => Buffer.from(part))).toString('base64')}`
const SPNEGO = Buffer.from([0x60, 0x03, 0x06, 0x01, 0x00])
const ntlm = (type: number) => Buffer.concat([Buffer.from('NTLMSSP\0'), Buffer.from([type, 0, 0, 0])])
const BOTH = ['Negotiate', 'NTLM']
const windows = () => tenant.requests.at(-1)?.notes.windows
const assertionOf = ({ text }: Told) => /<saml:Assertion.*<\/saml:Assertion>/s.exec(text)?.[0] ?? ''

test('asks who it is before anything else, with both schemes', async () => {
  const wire = new Wire(tenant)
  for (const authorization of [undefined, 'Basic YTpi', 'Negotiate', 'Negotiate !!', 'Bearer x']) {
    const asked = await wire.ask(authorization, { body: 'nonsense' })
    assert.deepEqual([asked.status, asked.schemes], [401, BOTH], authorization)
    assert.match(asked.type ?? '', /text\/html/)
    assert.deepEqual(windows(), { outcome: 'asked' })
  }
  tenant.scenario({ federation: { schemes: ['Negotiate'] } })
  assert.deepEqual((await wire.ask()).schemes, ['Negotiate'])
  assert.deepEqual((await wire.ask(`NTLM ${ntlm(1).toString('base64')}`)).schemes, ['Negotiate'])
})

for (const version of ['13', '2005'] as const) {
  test(`believes a SPNEGO token, proves itself, and answers ${version} with an assertion that Entra takes`, async () => {
    const told = await new Wire(tenant).ask(negotiate(SPNEGO), { version })
    assert.equal(told.status, 200, told.text)
    assert.match(told.schemes[0] ?? '', /^Negotiate oQcwBaADCgEA$/)
    assert.match(told.text, /AuthenticationMethod="urn:federation:authentication:windows"/)
    assert.match(told.text, /"insidecorporatenetwork"[^>]*><saml:AttributeValue>true</)
    assert.doesNotMatch(told.text, /u:Timestamp/)
    const joe = user('joe').username
    assert.deepEqual(windows(), { scheme: 'Negotiate', outcome: 'accepted', user: joe, bound: 'none' })
    assert.equal((await redeem(emulation, assertionOf(told))).status, 200)
  })
}

test('takes the caller for whom the scenario or the token says', async () => {
  const { tenant, user } = await emulate({ users: [{ username: 'kim@contoso.com', kind: 'federated' }] })
  const wire = new Wire(tenant)
  const upn = async (authorization: string) => {
    const told = await wire.ask(authorization)
    return told.status === 200 ? /"UPN"[^>]*><saml:AttributeValue>([^<]*)/.exec(told.text)?.[1] : told.status
  }
  for (const name of ['kim@contoso.com', 'KIM@CONTOSO.TEST', 'CONTOSO\\kim', 'kim\\@contoso.com@CORP.TEST']) {
    assert.equal(await upn(negotiate(SPNEGO, `\nuser: ${name}\n`)), 'kim@contoso.com', name)
  }
  tenant.scenario({ federation: { windowsUser: 'kim@contoso.com' } })
  assert.equal(await upn(negotiate(SPNEGO)), 'kim@contoso.com')
  for (const name of [user('alice').username, 'nobody@contoso.com', 'alice@contoso.onmicrosoft.com', '']) {
    tenant.scenario({ federation: { windowsUser: name } })
    assert.equal(await upn(negotiate(SPNEGO)), 401, name)
  }
  tenant.scenario({ federation: { windowsUser: 'kim@contoso.com' }, users: { 'kim@contoso.com': { disabled: true } } })
  assert.equal(await upn(negotiate(SPNEGO)), 401)
})

test('refuses with both schemes again what is no token, or when the scenario says so', async () => {
  const wire = new Wire(tenant)
  const refused = await wire.ask(negotiate('not a token'))
  assert.deepEqual([refused.status, refused.schemes], [401, BOTH])
  assert.deepEqual(windows(), { scheme: 'Negotiate', outcome: 'refused' })
  tenant.scenario({ federation: { windowsVerdict: 'refuse' } })
  assert.deepEqual((await wire.ask(negotiate(SPNEGO))).schemes, BOTH)
})

test('goes through NTLM’s three legs, under either name, on one connection only', async () => {
  for (const scheme of ['Negotiate', 'NTLM']) {
    const token = (type: number) => `${scheme} ${ntlm(type).toString('base64')}`
    const wire = new Wire(tenant)
    const challenged = await wire.ask(token(1))
    assert.equal(challenged.status, 401)
    assert.equal(challenged.schemes.length, 1)
    const challenge = Buffer.from(challenged.schemes[0]?.split(' ')[1] ?? '', 'base64')
    assert.deepEqual([challenge.toString('latin1', 0, 8), challenge.readUInt32LE(8)], ['NTLMSSP\0', 2])
    assert.deepEqual((await new Wire(tenant).ask(token(3))).schemes, BOTH, 'another connection')
    assert.equal((await wire.ask(token(3))).status, 200)
    assert.equal((await wire.ask(token(3))).status, 401, 'not once more')
    const [first, other, third] = tenant.requests.slice(-4).map(({ connection }) => connection)
    assert.ok(first === third && first !== other)
  }
})

test('wants as many SPNEGO tokens as the scenario says', async () => {
  tenant.scenario({ federation: { negotiateLegs: 2, mutualToken: false } })
  const wire = new Wire(tenant)
  const going = await wire.ask(negotiate(SPNEGO))
  assert.deepEqual([going.status, going.schemes.length], [401, 1])
  const response = Buffer.from([0xa1, 0x00])
  assert.equal((await new Wire(tenant).ask(negotiate(response))).status, 401)
  const told = await wire.ask(negotiate(response))
  assert.deepEqual([told.status, told.schemes], [200, []])
})

test('holds a token’s channel bindings against its certificate as Extended Protection says', async () => {
  const socket = connect({ port: Number(new URL(tenant.origin).port), ca: tenant.caPem, servername: 'localhost' })
  await new Promise(resolve => socket.once('secureConnect', resolve))
  const hash = createHash('sha256').update(socket.getPeerCertificate(true).raw).digest()
  socket.destroy()
  const bound = (data: Buffer) => negotiate(SPNEGO, `\nchannel-bindings: ${data.toString('base64')}\n`)
  const right = bound(Buffer.concat([Buffer.from('tls-server-end-point:'), hash]))
  const wrong = bound(Buffer.concat([Buffer.from('tls-server-end-point:'), Buffer.alloc(32)]))
  const none = negotiate(SPNEGO)
  const expected = { off: [200, 200, 200], allow: [200, 401, 200], require: [200, 401, 401] } as const
  const wire = new Wire(tenant)
  for (const [extendedProtection, statuses] of Object.entries(expected)) {
    tenant.scenario({ federation: { extendedProtection: extendedProtection as keyof typeof expected } })
    const answered = []
    for (const token of [right, wrong, none]) answered.push((await wire.ask(token)).status)
    assert.deepEqual(answered, statuses, extendedProtection)
  }
  assert.equal(windows()?.bound, 'none')
  await wire.ask(wrong)
  assert.deepEqual([windows()?.outcome, windows()?.bound], ['refused', 'other'])
})

test('answers the user’s fault, and what is wrong with the message, after it knows who asks', async () => {
  const wire = new Wire(tenant)
  tenant.scenario({ users: { [user('joe').username]: { trustFault: 'MSIS7068' } } })
  const refused = await wire.ask(negotiate(SPNEGO))
  assert.equal(refused.status, 500)
  assert.match(refused.text, />MSIS7068: Access denied\.</)
  assert.match((await wire.ask(negotiate(SPNEGO), { body: '<x/>' })).text, />MSIS3127: /)
  tenant.scenario(null)
  tenant.scenario({ federation: { disabledEndpoints: ['13/windowstransport'] } })
  assert.equal((await wire.ask()).status, 503)
  assert.equal((await wire.ask(negotiate(SPNEGO), { version: '2005' })).status, 200)
})

test('lets a real acceptor decide, with what it needs to know', async () => {
  const joe = hooked.user('joe').username
  const legs: NegotiateLeg[] = []
  const tokens: string[] = []
  verdicts.push(
    async (token, leg) => {
      legs.push(leg)
      tokens.push(token.toString())
      return { verdict: 'continue', output: Buffer.from('more') }
    },
    (_token, leg) => {
      legs.push(leg)
      return { verdict: 'accept', user: joe, output: Buffer.from('done'), bound: true }
    },
    () => ({ verdict: 'accept', user: joe, bound: false }),
    () => ({ verdict: 'refuse' }),
    () => Promise.reject(new Error('keytab is gone')),
  )
  const wire = new Wire(hooked.tenant)
  const going = await wire.ask(negotiate('hello'))
  assert.deepEqual([going.status, going.schemes], [401, [`Negotiate ${Buffer.from('more').toString('base64')}`]])
  const done = await wire.ask(negotiate('again'))
  assert.deepEqual([done.status, done.schemes], [200, [`Negotiate ${Buffer.from('done').toString('base64')}`]])
  assert.equal((await wire.ask(negotiate('bound elsewhere'))).status, 401)
  assert.equal((await wire.ask(negotiate('refused'))).status, 401)
  const failed = await wire.ask(negotiate('failing'))
  assert.equal(failed.status, 500)
  assert.match(failed.text, /keytab is gone/)

  assert.deepEqual(tokens, ['hello'])
  const [first, second] = legs
  assert.deepEqual([first?.scheme, first?.host], ['Negotiate', 'localhost'])
  assert.equal(first?.channelBindings.subarray(0, 21).toString(), 'tls-server-end-point:')
  assert.equal(first?.channelBindings.length, 21 + 32)
  assert.ok(first?.connection === second?.connection && first?.connection.closed.aborted === false)
})

test('tells an acceptor that a connection is gone', async () => {
  const leg = new Promise<NegotiateLeg>(resolve => {
    verdicts.push((_token, given) => {
      resolve(given)
      return { verdict: 'continue', output: Buffer.from('more') }
    })
  })
  const client = new Client(hooked.tenant.origin, { connect: { ca: hooked.tenant.caPem } })
  const headers = { authorization: negotiate('x'), 'content-type': SOAP_TYPE }
  const path = '/adfs/services/trust/13/windowstransport'
  await (await client.request({ method: 'POST', path, headers, body: 'x' })).body.dump()
  const { closed } = (await leg).connection
  const gone = new Promise(resolve => closed.addEventListener('abort', resolve))
  await client.destroy()
  await gone
})

test('records no token, and shows others none', async () => {
  await new Wire(tenant).ask(negotiate(SPNEGO, 'sensitive'))
  const shown = (await (await fetch(tenant.controlUrl)).json()) as { requests: { notes: object }[] }
  assert.ok(!JSON.stringify(shown).includes(negotiate(SPNEGO, 'sensitive').slice(10)))
  assert.deepEqual(Object.keys(shown.requests.at(-1)?.notes ?? {}).sort(), ['trust', 'windows'])
})
