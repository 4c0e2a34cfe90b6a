/** Why Windows knows nobody, told apart by what the device is joined to: the message says which, the hint what to do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientError } from 'latchkey'
import type { DeviceJoinState, NativeFailure } from '#lib/native/contract.js'
import { FakeDevice } from '../fakes/fake-device.js'
import { FakeNegotiate, nativeFailure } from '../fakes/fake-negotiate.js'
import { asked, windowsSubject } from './integrated-support.js'
import { setStage } from './support.js'

const stage = await setStage()

const NOBODY = nativeFailure('NOT_FOUND', 'no name', { call: 'GetUserNameExW', status: 1332, minorStatus: 0 })
const NO_CONTROLLER = nativeFailure('UNREACHABLE', 'no DC', { call: 'GetUserNameExW', status: 1355, minorStatus: 0 })

type Row = [
  joined: Partial<DeviceJoinState> | Error,
  user: NativeFailure | undefined,
  code: string,
  message: RegExp,
  hint: RegExp,
]

const ROWS: Record<string, Row> = {
  'joined to a domain, with a local user': [
    { kind: 'domain', domain: 'CONTOSO' },
    NOBODY,
    'get_user_name_failed',
    /this device is joined to the domain CONTOSO: GetUserNameExW: no name \(NOT_FOUND 1332\)$/,
    /account of the domain, .* controller can be reached/,
  ],
  'joined to a domain that is out of reach': [
    { kind: 'domain', domain: 'CONTOSO' },
    NO_CONTROLLER,
    'get_user_name_failed',
    /this device is joined to the domain CONTOSO: GetUserNameExW: no DC \(UNREACHABLE 1355\)$/,
    /VPN/,
  ],
  'joined to both': [
    { kind: 'hybrid', domain: 'CONTOSO' },
    NOBODY,
    'get_user_name_failed',
    /domain CONTOSO and to Entra: GetUserNameExW: no name \(NOT_FOUND 1332\)$/,
    /account of the domain/,
  ],
  'joined to Entra, with a local user': [
    { kind: 'entra', domain: 'contoso.com', tenantId: 'guid' },
    undefined,
    'unknown_user',
    /joined to Entra contoso\.com \(tenant guid\)$/,
    /with the Entra account/,
  ],
  'only workplace-joined': [
    { kind: 'workplace', domain: 'contoso.com' },
    NOBODY,
    'get_user_name_failed',
    /only workplace-joined contoso\.com: GetUserNameExW: no name \(NOT_FOUND 1332\)$/,
    /which is not supported: .*pass username, .* or use acquireTokenInteractive or a device code/,
  ],
  'joined to nothing': [
    { kind: 'none' },
    NOBODY,
    'get_user_name_failed',
    /in no domain and not joined to Entra: GetUserNameExW: no name \(NOT_FOUND 1332\)$/,
    /join it to the domain or to Entra, pass username, .* or use acquireTokenInteractive/,
  ],
  'not able to say': [
    nativeFailure('FAILED'),
    NOBODY,
    'get_user_name_failed',
    /who is signed in: GetUserNameExW: no name \(NOT_FOUND 1332\)$/,
    /account of the domain or of Entra .*workplace-joined.*pass username/,
  ],
}

for (const [what, [joined, user, code, message, hint]] of Object.entries(ROWS)) {
  test(`on a device that is ${what}`, async t => {
    const native = new FakeNegotiate()
    native.user = user
    native.device = new FakeDevice(joined)
    const { signIn } = windowsSubject(stage, t, {}, native)
    const error = await signIn().catch((reason: unknown) => reason)
    assert.ok(error instanceof ClientError)
    assert.equal(error.code, code)
    assert.match(error.message, message)
    assert.match(error.hint, hint)
    assert.deepEqual(asked(stage.tenant), [], 'nothing was sent')
  })
}
