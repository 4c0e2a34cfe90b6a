/** What ends a sign-in by name and password before the token endpoint is asked: each with its code, its way out, and at most one try of the password. */
import { ServiceError } from 'latchkey'
import { type ErrorRow, testRows } from './integrated-support.js'
import { SCOPES, setStage } from './support.js'

const stage = await setStage()
const joe = stage.user('joe')

const REALM = 'GET userrealm'
const MEX = 'GET mex'
const FAULT = ['federated_service_returned_error', 500] as [string, number]
const trustFault = (name: 'ID3242' | 'MSIS7068' | 'MSIS3127') => ({ users: { [joe.username]: { trustFault: name } } })

interface Row extends ErrorRow {
  username?: string
  password?: string
}

const ROWS: Record<string, Row> = {
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
    hint: /tenant/,
    requests: [],
  },
  'an empty user name': { username: ' ', code: 'unknown_user', hint: /joe@contoso\.com/, requests: [] },
  'a user whom no tenant knows': {
    username: 'joe@nowhere.example',
    code: 'unknown_user_type',
    hint: /user name again/,
    requests: [REALM],
  },
  'a telephone number': {
    username: '+49 30 1234567',
    code: 'user_realm_discovery_failed',
    hint: /telephone number/,
    cause: ['http_status_not_200', 400],
    requests: [REALM],
  },
  'a personal account': {
    username: 'joe@outlook.com',
    code: 'ropc_not_supported_for_msa',
    hint: /device code/,
    requests: [REALM],
  },
  'a realm that is down': {
    scenario: { faults: { userRealm: { kind: 'status', status: 503, retryAfterSeconds: 7 } } },
    type: ServiceError,
    code: 'service_not_available',
    hint: /again/,
    requests: [REALM],
  },
  'no federation server named': {
    scenario: { realmAnswer: { drop: ['federation_metadata_url', 'federation_active_auth_url'] } },
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
    hint: /https/,
    requests: [REALM],
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
  'addresses that are not https': {
    scenario: { federation: { metadata: 'httpAddresses' } },
    code: 'wstrust_endpoint_not_found',
    hint: /usernamemixed/,
    requests: [REALM, MEX],
  },
  'addresses for passwords that are switched off': {
    scenario: { federation: { disabledEndpoints: ['2005/usernamemixed', '13/usernamemixed'] } },
    code: 'wstrust_endpoint_not_found',
    hint: /usernamemixed/,
    requests: [REALM, MEX],
  },
  'a wrong password': {
    password: 'wrong',
    code: 'parsing_wstrust_response_failed',
    message: /ID3242: The security token could not be authenticated or authorized/,
    hint: /user name and the password again/,
    cause: FAULT,
  },
  'a user whom the federation server does not know': {
    username: 'nobody@contoso.com',
    code: 'parsing_wstrust_response_failed',
    message: /ID3242/,
    hint: /user name and the password again/,
    cause: FAULT,
  },
  'an account that is locked': {
    scenario: trustFault('ID3242'),
    code: 'parsing_wstrust_response_failed',
    hint: /locked/,
    cause: FAULT,
  },
  'a rule that lets nobody in': {
    scenario: trustFault('MSIS7068'),
    code: 'parsing_wstrust_response_failed',
    message: /MSIS7068: Access denied/,
    hint: /rules let this user/,
    cause: FAULT,
  },
  'a failure of the server’s own': {
    scenario: trustFault('MSIS3127'),
    code: 'parsing_wstrust_response_failed',
    message: /MSIS3127/,
    hint: /event log/,
    cause: FAULT,
  },
  'a relying party that it does not know': {
    scenario: { realmAnswer: { set: { cloud_audience_urn: 'urn:federation:Elsewhere' } } },
    code: 'parsing_wstrust_response_failed',
    message: /ID3082.*InvalidScope/,
    hint: /relying party/,
    cause: FAULT,
  },
  'a token of a type that nobody takes': {
    scenario: { federation: { tokenType: 'urn:ietf:params:oauth:token-type:jwt' } },
    code: 'parsing_wstrust_response_failed',
    message: /token-type:jwt/,
    hint: /which tokens/,
  },
  'an endpoint that is gone': {
    scenario: { faults: { usernameMixed: { kind: 'html', status: 404 } } },
    code: 'parsing_wstrust_response_failed',
    message: /HTTP 404, no SOAP fault/,
    hint: /enabled/,
    cause: ['federated_service_returned_error', 404],
  },
}

testRows(stage, ROWS, ({ app }, { username = joe.username, password = joe.password }: Row) =>
  app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password }),
)
