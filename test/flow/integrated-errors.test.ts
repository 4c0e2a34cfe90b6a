/** What ends integrated Windows authentication before the user is put before anybody: each with its code and its way out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ServiceError } from 'latchkey'
import type { NativeFailureCode } from '#lib/native/contract.js'
import { addonWith } from '../fakes/fake-addon.js'
import { type FakeNegotiate, nativeFailure } from '../fakes/fake-negotiate.js'
import { type ErrorRow, testRows, windowsSubject } from './integrated-support.js'
import { setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage

const REALM = 'GET userrealm'
const MEX = 'GET mex'
const cannotSay = (code: NativeFailureCode) => (native: FakeNegotiate) => {
  native.user = nativeFailure(code, 'no', { call: 'gss_acquire_cred_from' })
}

const ROWS: Record<string, ErrorRow> = {
  // Before anything is sent
  'over common': {
    authority: 'common',
    code: 'invalid_request',
    message: /AADSTS90010/,
    hint: /organizations/,
    requests: [],
  },
  'over consumers': {
    authority: 'consumers',
    code: 'invalid_request',
    message: /AADSTS90010/,
    hint: /Name a tenant/,
    requests: [],
  },
  'with AD FS itself as the authority': {
    authority: 'adfs',
    code: 'integrated_windows_authentication_failed',
    message: /adfs/,
    hint: /login\.microsoftonline\.com/,
    requests: [],
  },
  'with B2C as the authority': {
    authority: 'tfp/contoso.onmicrosoft.com/b2c_1_signin',
    code: 'integrated_windows_authentication_failed',
    message: /b2c/,
    hint: /acquireTokenInteractive/,
    requests: [],
  },
  'with an empty user name': {
    request: { username: ' ' },
    code: 'unknown_user',
    hint: /joe@contoso\.com/,
    requests: [],
  },

  // Who is it
  'nobody is signed in': {
    system: native => {
      native.user = undefined
    },
    code: 'unknown_user',
    hint: /kinit|workplace/,
    requests: [],
  },
  'the system has an empty name': {
    system: native => {
      native.user = ''
    },
    code: 'unknown_user',
    hint: /kinit|workplace/,
    requests: [],
  },
  'the system has no ticket': {
    system: cannotSay('NO_CREDENTIALS'),
    code: 'unknown_user',
    hint: /kinit|workplace/,
    requests: [],
  },
  'the system cannot say': {
    system: cannotSay('FAILED'),
    code: 'get_user_name_failed',
    hint: /Pass username/,
    requests: [],
  },
  'the user has no name of the domain’s': {
    system: cannotSay('NOT_FOUND'),
    code: 'get_user_name_failed',
    hint: /workplace-joined.*pass username/,
    requests: [],
  },
  'the ticket is over': {
    system: cannotSay('EXPIRED'),
    code: 'negotiate_credentials_expired',
    hint: /kinit/,
    requests: [],
  },
  'there is no Kerberos library': {
    system: native => {
      native.user = nativeFailure('UNAVAILABLE', 'no', { call: 'dlopen' })
    },
    code: 'native_unavailable',
    hint: /libgssapi/,
    requests: [],
  },
  'the system takes no keytab': {
    system: cannotSay('UNAVAILABLE'),
    code: 'native_unavailable',
    hint: /clientKeytab .* is for Linux/,
    requests: [],
  },

  // The realm
  'a user whom no tenant knows': {
    request: { username: 'joe@nowhere.example' },
    code: 'unknown_user_type',
    hint: /user name again/,
    requests: [REALM],
  },
  'a user whom no tenant knows, taken from the ticket': {
    system: native => {
      native.user = 'joe@CONTOSO.TEST'
    },
    code: 'unknown_user_type',
    message: /ticket.*CONTOSO\.TEST/,
    hint: /Pass username/,
    requests: [REALM],
  },
  'a telephone number': {
    request: { username: '+49 30 1234567' },
    code: 'user_realm_discovery_failed',
    hint: /telephone number/,
    cause: ['http_status_not_200', 400],
    requests: [REALM],
  },
  'a realm that is down': {
    scenario: { faults: { userRealm: { kind: 'status', status: 503, retryAfterSeconds: 7 } } },
    type: ServiceError,
    code: 'service_not_available',
    hint: /again/,
    requests: [REALM],
  },
  'a personal account': {
    request: { username: 'joe@outlook.com' },
    code: 'ropc_not_supported_for_msa',
    hint: /device code/,
    requests: [REALM],
  },
  'a managed user': {
    request: { username: stage.user('alice').username },
    code: 'integrated_windows_auth_not_supported_managed_user',
    hint: /desktopSso/,
    requests: [REALM],
  },

  // The metadata
  'no federation server named': {
    scenario: { realmAnswer: { drop: ['federation_metadata_url'] } },
    code: 'missing_federation_metadata_url',
    hint: /federationMetadata/,
    requests: [REALM],
  },
  'metadata that is refused': {
    scenario: { faults: { mex: { kind: 'html', status: 403 } } },
    type: ServiceError,
    code: 'accessing_ws_metadata_exchange_failed',
    message: /HTTP 403/,
    hint: /https/,
    requests: [REALM, MEX],
  },
  'metadata over http': {
    scenario: { federation: { metadataScheme: 'http' } },
    type: ServiceError,
    code: 'accessing_ws_metadata_exchange_failed',
    message: /not an https/,
    hint: /https/,
    requests: [REALM],
  },
  'a metadata server that is down': {
    scenario: { faults: { mex: { kind: 'status', status: 503, retryAfterSeconds: 7 } } },
    type: ServiceError,
    code: 'service_not_available',
    hint: /again/,
    requests: [REALM, MEX],
  },
  'metadata that breaks off': {
    scenario: { federation: { metadata: 'malformed' } },
    code: 'parsing_ws_metadata_exchange_failed',
    hint: /proxy/,
    requests: [REALM, MEX],
  },
  'metadata with entities that grow': {
    scenario: { federation: { metadata: 'doctype' } },
    code: 'parsing_ws_metadata_exchange_failed',
    message: /document type/,
    hint: /proxy/,
    requests: [REALM, MEX],
  },
  'metadata that is a page': {
    scenario: { faults: { mex: { kind: 'text' } } },
    code: 'parsing_ws_metadata_exchange_failed',
    hint: /proxy/,
  },
  'metadata that never ends': {
    scenario: { faults: { mex: { kind: 'huge', bytes: 10_485_760 } } },
    code: 'response_too_large',
    hint: /proxy/,
  },
  'no address that anybody could use': {
    scenario: { federation: { metadata: 'noEndpoints' } },
    code: 'parsing_ws_metadata_exchange_failed',
    message: /has no policy/,
    hint: /proxy/,
    requests: [REALM, MEX],
  },
  'addresses that are not https': {
    scenario: { federation: { metadata: 'httpAddresses' } },
    code: 'wstrust_endpoint_not_found',
    message: /not https/,
    hint: /windowstransport/,
    requests: [REALM, MEX],
  },
  'addresses for Windows users that are switched off': {
    scenario: { federation: { disabledEndpoints: ['2005/windowstransport', '13/windowstransport'] } },
    code: 'wstrust_endpoint_not_found',
    hint: /windowstransport/,
    requests: [REALM, MEX],
  },
}

testRows(stage, ROWS)

test('a machine without the addon says so before anything is sent', async t => {
  const { signIn } = windowsSubject(stage, t, {}, {
    addon: addonWith(),
  } as never)
  await assert.rejects(signIn(), { name: 'ClientError', code: 'native_unavailable' })
  assert.equal(tenant.requests.length, 0)
})

test('a request of the wrong shape is refused before anything is asked', async t => {
  const { native, signIn } = windowsSubject(stage, t)
  for (const wrong of [
    { username: 7 },
    { username: 'a\ud800@contoso.com' },
    { desktopSso: 'yes' },
    { allowNtlm: 0 },
    { servicePrincipalName: 'adfs.contoso.com' },
    { servicePrincipalName: 'HTTP/adfs contoso' },
    { servicePrincipalName: 'HTTP/a\0b' },
    { servicePrincipalName: 'HTTP/a\ud800' },
    { kerberos: { clientKeytab: 'FILE:/a\ud800' } },
    { kerberos: 'FILE:/x' },
    { kerberos: null },
    { kerberos: { clientKeytab: '' } },
    { kerberos: { principal: 'a\0b' } },
    { federationMetadata: '' },
    { federationMetadata: 'x'.repeat(1_048_577) },
  ]) {
    await assert.rejects(
      signIn(wrong as never),
      { name: 'ClientError', code: 'invalid_request' },
      JSON.stringify(wrong).slice(0, 80),
    )
  }
  await assert.rejects(signIn({ scopes: [] }), { code: 'empty_scopes' })
  assert.equal(tenant.requests.length, 0)
  assert.equal(native.asked.length, 0)
})
