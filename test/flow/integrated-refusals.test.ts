/** What a domain controller, a federation server or Entra refuses a Windows user: each with its code and its way out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type InteractionClassification, InteractionRequiredError, ServiceError } from 'latchkey'
import type { NativeFailureCode } from '#lib/native/contract.js'
import { type FakeNegotiate, nativeFailure } from '../fakes/fake-negotiate.js'
import { type ErrorRow, errorOf, testRows } from './integrated-support.js'
import { setStage } from './support.js'

const stage = await setStage()

const fails = (code: NativeFailureCode) => (native: FakeNegotiate) => {
  native.stepFailure = nativeFailure(code)
}

const ROWS: Record<string, ErrorRow> = {
  // The ticket
  'no ticket for the server': { system: fails('NO_CREDENTIALS'), code: 'negotiate_no_credentials', hint: /kinit/ },
  'an expired ticket': {
    system: fails('EXPIRED'),
    code: 'negotiate_credentials_expired',
    hint: /time of this machine/,
  },
  'a service that the domain does not know': {
    system: fails('UNKNOWN_SERVICE'),
    code: 'negotiate_unknown_service',
    message: /HTTP\/localhost/,
    hint: /setspn/,
  },
  'a domain controller that does not answer': {
    system: fails('UNREACHABLE'),
    code: 'negotiate_kdc_unreachable',
    hint: /VPN/,
  },
  'a failure that has no word': {
    system: fails('FAILED'),
    code: 'integrated_windows_authentication_failed',
    hint: /steps/,
  },

  // The federation server
  'a user whom it does not believe': {
    scenario: { federation: { windowsVerdict: 'refuse' } },
    code: 'parsing_wstrust_response_failed',
    message: /HTTP 401/,
    hint: /setspn.*Extended Protection.*time/,
    cause: ['federated_service_returned_error', 401],
  },
  'a server that does not offer Negotiate': {
    scenario: { federation: { schemes: ['NTLM'] } },
    code: 'parsing_wstrust_response_failed',
    hint: /does not offer Negotiate/,
    cause: ['federated_service_returned_error', 401],
  },
  'a rule that lets nobody in': {
    scenario: { users: { 'joe@contoso.com': { trustFault: 'MSIS7068' } } },
    code: 'parsing_wstrust_response_failed',
    message: /MSIS7068: Access denied/,
    hint: /rules let this user/,
    cause: ['federated_service_returned_error', 500],
  },
  'a relying party that it does not know': {
    scenario: { realmAnswer: { set: { cloud_audience_urn: 'urn:federation:Elsewhere' } } },
    code: 'parsing_wstrust_response_failed',
    message: /ID3082.*InvalidScope/,
    hint: /relying party/,
    cause: ['federated_service_returned_error', 500],
  },
  'an account that is locked': {
    scenario: { users: { 'joe@contoso.com': { trustFault: 'ID3242' } } },
    code: 'parsing_wstrust_response_failed',
    message: /ID3242/,
    hint: /locked/,
    cause: ['federated_service_returned_error', 500],
  },
  'a token of a type that nobody takes': {
    scenario: { federation: { tokenType: 'urn:ietf:params:oauth:token-type:jwt' } },
    code: 'parsing_wstrust_response_failed',
    message: /token-type:jwt/,
    hint: /which tokens/,
  },
  'a page in the place of an answer': {
    scenario: { faults: { windowsTransport: { kind: 'html', status: 503 } } },
    code: 'parsing_wstrust_response_failed',
    message: /HTTP 503, no SOAP fault/,
    hint: /enabled/,
    cause: ['federated_service_returned_error', 503],
  },
  'a server that breaks off': {
    scenario: { faults: { windowsTransport: { kind: 'reset' } } },
    code: 'network_error',
    hint: /network/,
  },

  // The token endpoint
  'missing consent': service(65001, 'consent_required', /API permissions/),
  'a second factor': service(50076, 'basic_action', /acquireTokenInteractive.*device code/),
  'a second factor to be registered': service(50079, 'basic_action', /acquireTokenInteractive.*device code/),
  'an assertion that Entra does not take': {
    scenario: { federation: { signature: 'broken' } },
    type: InteractionRequiredError,
    code: 'invalid_grant',
    hint: /federation server|clock/,
  },
  'an application that is not a public client': {
    scenario: { aadsts: 7000218 },
    type: ServiceError,
    code: 'invalid_client',
    errorCodes: [7000218],
    hint: /allowPublicClient/,
  },
  'the same as it used to be said': {
    scenario: { aadsts: 70002 },
    type: ServiceError,
    code: 'invalid_client',
    errorCodes: [70002],
    hint: /allowPublicClient/,
  },
  'a 90010 of the service itself': {
    scenario: { aadsts: 90010 },
    type: ServiceError,
    code: 'invalid_request',
    errorCodes: [90010],
    hint: /organizations/,
  },
  'an unknown application': {
    scenario: { aadsts: 700016 },
    type: ServiceError,
    code: 'unauthorized_client',
    errorCodes: [700016],
    hint: /clientId/,
  },
}

function service(number: number, classification: InteractionClassification, hint: RegExp): ErrorRow {
  const errorCodes = [number]
  return {
    scenario: { aadsts: number },
    type: InteractionRequiredError,
    code: 'invalid_grant',
    classification,
    errorCodes,
    hint,
  }
}

testRows(stage, ROWS)

test('missing consent comes with the page for it', async t => {
  const error = await errorOf(stage, t, service(65001, 'consent_required', /./))
  assert.equal((error as InteractionRequiredError).consentUrl?.pathname.endsWith('/oauth2/v2.0/authorize'), true)
})

test('an assertion goes to the token endpoint once, whatever that does', async t => {
  const down = { faults: { token: { kind: 'html' as const, status: 500 } } }
  const error = await errorOf(stage, t, { scenario: down, code: '', hint: /./ })
  assert.equal(error.code, 'service_not_available')
  assert.equal(stage.tokenRequests().length, 1)
})
