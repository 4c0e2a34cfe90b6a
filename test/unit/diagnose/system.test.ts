/** The checks of who the system knows: tickets in every state, and what a Windows device is joined to. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findSystemUser } from 'latchkey'
import { inspectSystem } from '#lib/diagnose/inspect-system.js'
import { device, ticket } from '#lib/diagnose/system.js'
import type { DeviceJoinState, NegotiateCredentialStatus } from '#lib/native/contract.js'
import { addonWith } from '../../fakes/fake-addon.js'
import { FakeDevice } from '../../fakes/fake-device.js'
import { FakeNegotiate, nativeFailure } from '../../fakes/fake-negotiate.js'

const HOUR_MS = 3_600_000
const isWindows = process.platform === 'win32'

function systemWith(status: FakeNegotiate['status'], joined?: Partial<DeviceJoinState>) {
  const native = new FakeNegotiate()
  native.status = status
  if (joined !== undefined) native.device = new FakeDevice(joined)
  return native
}

function ofJoe(parts: Partial<NegotiateCredentialStatus> = {}): NegotiateCredentialStatus {
  return { principal: 'joe@CONTOSO.TEST', expiresOn: Date.now() + 9 * HOUR_MS, encryptionType: 18, ...parts }
}

const NO_ADDON = addonWith()

describe('diagnose: ticket', () => {
  test('says whose it is, until when, and how it is encrypted', async () => {
    const { ok, detail, hint } = await ticket(systemWith(ofJoe()).addon, {})
    assert.match(
      detail,
      /^joe@CONTOSO\.TEST, good for 9 hours, until \d{4}-\d\d-\d\dT[\d:.]+Z, aes256-cts-hmac-sha1-96$/,
    )
    assert.deepEqual([ok, hint], [true, undefined])
  })

  test('says only what is known, as with a keytab or on Windows', async () => {
    const { detail, hint } = await ticket(systemWith(ofJoe({ expiresOn: 0, encryptionType: 0 })).addon, {})
    assert.deepEqual([detail, hint], ['joe@CONTOSO.TEST', undefined])
    const odd = await ticket(systemWith(ofJoe({ expiresOn: 0, encryptionType: 99 })).addon, {})
    assert.equal(odd.detail, 'joe@CONTOSO.TEST, encryption type 99')
  })

  test('advises on one that has expired, and on weak encryption', async () => {
    const old = await ticket(systemWith(ofJoe({ expiresOn: Date.now() - 3 * HOUR_MS })).addon, {})
    assert.match(old.detail, /^joe@CONTOSO\.TEST, expired 3 hours ago, /)
    assert.match(`${old.hint}`, /kinit/)
    const weak = await ticket(systemWith(ofJoe({ encryptionType: 23 })).addon, {})
    assert.match(weak.detail, /rc4-hmac$/)
    assert.match(`${weak.hint}`, /AES/)
    assert.deepEqual([old.ok, weak.ok], [true, true])
  })

  test('none is a failure only for who names credentials, and those are the ones that are looked at', async () => {
    const native = systemWith(undefined)
    assert.equal((await ticket(native.addon, {})).ok, true)
    const kerberos = { clientKeytab: 'FILE:/etc/x.keytab', credentialCache: 'MEMORY:x', principal: 'x@Y' }
    const named = await ticket(native.addon, { kerberos })
    assert.equal(named.ok, false)
    assert.match(named.detail, isWindows ? /^none: Windows/ : /^none: there is neither a ticket nor such a key$/)
    const { clientKeytab, credentialCache, principal } = native.asked.at(-1) ?? {}
    assert.deepEqual({ clientKeytab, credentialCache, principal }, kerberos)
  })

  test('without the addon points to it', async () => {
    const { ok, detail, hint } = await ticket({ ...NO_ADDON, loadError: new Error('x') }, {})
    assert.deepEqual([ok, detail], [true, 'none: the native addon is not loaded'])
    assert.match(`${hint}`, /native/)
  })
})

describe('why the system signs nobody in', () => {
  const cases: [what: string, system: FakeNegotiate, whyNot: RegExp | undefined][] = [
    ['a good ticket', systemWith(ofJoe()), undefined],
    ['no ticket', systemWith(undefined), isWindows ? /no user name/ : /^there is no Kerberos ticket$/],
    [
      'the same as a failure',
      systemWith(nativeFailure('NO_CREDENTIALS')),
      isWindows ? /no user/ : /no Kerberos ticket$/,
    ],
    ['an old ticket', systemWith(ofJoe({ expiresOn: 1 })), /^the ticket of joe@CONTOSO\.TEST has expired$/],
    [
      'no library',
      systemWith(nativeFailure('UNAVAILABLE', 'no such file', { call: 'dlopen' })),
      /^the Kerberos library of the system is not installed$/,
    ],
    [
      'a keytab where none is taken',
      systemWith(nativeFailure('UNAVAILABLE', 'no keytabs')),
      /^the system does not say .*no keytabs \(UNAVAILABLE/,
    ],
    ['anything else', systemWith(nativeFailure('FAILED', 'odd')), /^the system does not say .*odd \(FAILED 851968/],
    ['a device of one’s own', systemWith(undefined, { kind: 'none' }), /this device is in no domain and not joined/],
    [
      'a work account that was added',
      systemWith(nativeFailure('NOT_FOUND'), { kind: 'workplace', domain: 'contoso.com' }),
      /this device is only workplace-joined contoso\.com$/,
    ],
  ]
  for (const [what, { addon }, whyNot] of cases) {
    test(what, async () => {
      const user = await inspectSystem(addon)
      if (whyNot === undefined) assert.equal(user.whyNot, undefined)
      else assert.match(`${user.whyNot}`, whyNot)
    })
  }

  test('a keytab makes up for an old ticket', async () => {
    const { addon } = systemWith(ofJoe({ expiresOn: 1 }))
    assert.equal((await inspectSystem(addon, { clientKeytab: 'x' })).whyNot, undefined)
  })

  test('a device that cannot be asked says nothing', async () => {
    const native = systemWith(undefined)
    native.device = new FakeDevice(nativeFailure('FAILED'))
    assert.doesNotMatch(`${(await inspectSystem(native.addon)).whyNot}`, /device/)
  })

  test('the name in a principal of the enterprise form is the user’s', async () => {
    const { addon } = systemWith(ofJoe({ principal: 'joe\\@contoso.com@CONTOSO.LOCAL' }))
    assert.equal((await inspectSystem(addon)).username, 'joe@contoso.com')
  })

  test('findSystemUser asks the real system, and stops when it is told to', async () => {
    const { username, whyNot } = await findSystemUser({ kerberos: { credentialCache: 'MEMORY:nobody-at-all' } })
    assert.ok(isWindows || username === undefined, username)
    assert.ok(isWindows || whyNot !== undefined)
    const reason = new Error('enough')
    await assert.rejects(findSystemUser({ signal: AbortSignal.abort(reason) }), error => error === reason)
  })
})

describe('diagnose: device', () => {
  const tenantId = '7c0b5a54-6d5c-4d8a-9a6c-2f0a1f9a5d11'
  const joined: [state: Partial<DeviceJoinState>, detail: string, advice: RegExp | undefined][] = [
    [{ kind: 'domain', domain: 'CONTOSO' }, 'joined to the domain CONTOSO', undefined],
    [
      { kind: 'hybrid', domain: 'CONTOSO', tenantId },
      `joined to the domain CONTOSO and to Entra (tenant ${tenantId})`,
      undefined,
    ],
    [{ kind: 'entra', domain: 'contoso.com', tenantId }, `joined to Entra contoso.com (tenant ${tenantId})`, undefined],
    [
      { kind: 'workplace', domain: 'contoso.com', tenantId },
      `only workplace-joined contoso.com (tenant ${tenantId})`,
      /not supported/,
    ],
    [{ kind: 'none' }, 'in no domain and not joined to Entra', /join it to the domain/],
  ]
  for (const [state, detail, advice] of joined) {
    test(`tells ${state.kind}`, async () => {
      const found = await device(systemWith(undefined, state).addon)
      assert.deepEqual([found.ok, found.detail], [true, detail])
      if (advice === undefined) assert.equal(found.hint, undefined)
      else assert.match(`${found.hint}`, advice)
    })
  }

  test('is a matter of Windows alone', async () => {
    assert.match((await device(systemWith(undefined).addon)).detail, /^not Windows/)
    assert.equal((await device({ ...NO_ADDON, loadError: new Error('x') })).detail, 'not known')
  })
})
