/** The metadata of a federation server that is no AD FS: other prefixes, more nesting, query strings in its addresses. */
import { type Attributes, element, escapeText, textElement } from '../xml/write.js'
import { ADDRESSING, ADDRESSING_2004, POLICY, UTILITY } from './namespaces.js'
import { WS_TRUST, type WsTrustVersion } from './versions.js'

/** Where its metadata is. */
export const THIRD_PARTY_METADATA = '/pf/sts_mex.ping?PartnerSpId=urn:federation:MicrosoftOnline'
/** How an endpoint finds out who the caller is. */
export type ThirdPartyProof = 'password' | 'windows'

/** The query that tells the endpoints of a version apart. MSAL Python, which escapes no `&` in its messages, meets none. */
const QUERIES: Readonly<Record<ThirdPartyProof, string>> = {
  password: 'TokenProcessorId=password',
  windows: 'TokenProcessorId=windows&AuthnCtx=urn:federation:authentication:windows',
}

/** The path and query of an endpoint. */
export function addressOf(version: WsTrustVersion, proof: ThirdPartyProof): string {
  return `/idp/${version}/sts.wst?${QUERIES[proof]}`
}

/** Where it takes a password in the older version. */
export const THIRD_PARTY_PASSWORD = addressOf('2005', 'password')

const SECURITY_POLICY = {
  '13': 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702',
  '2005': 'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy',
}
const HTTP_POLICY = 'http://schemas.microsoft.com/ws/06/2004/policy/http'
const WSDL_SOAP_12 = 'http://schemas.xmlsoap.org/wsdl/soap12/'

const DEFINITIONS: Attributes = {
  xmlns: 'http://schemas.xmlsoap.org/wsdl/',
  'xmlns:p': POLICY,
  'xmlns:u': UTILITY,
  'xmlns:sts': 'urn:example:sts',
  'xmlns:s12': WSDL_SOAP_12,
  'xmlns:addr': ADDRESSING,
  'xmlns:oldAddr': ADDRESSING_2004,
  targetNamespace: 'urn:example:sts',
  name: 'sts',
}

const ENDPOINTS = [
  { id: 'passwordOld', version: '2005', proof: 'password' },
  { id: 'password', version: '13', proof: 'password' },
  { id: 'ticketOld', version: '2005', proof: 'windows' },
  { id: 'ticket', version: '13', proof: 'windows' },
] as const

type Endpoint = (typeof ENDPOINTS)[number]

/** The document. Its policies stand after what refers to them, those for Windows one level deeper than AD FS's. */
export function writeThirdPartyMex(origin: string): string {
  const ports = ENDPOINTS.map(endpoint => writePort(endpoint, origin))
  return element(
    'definitions',
    DEFINITIONS,
    textElement('documentation', 'A security token service'),
    ...ENDPOINTS.map(writeBinding),
    element('service', { name: 'sts' }, textElement('documentation', 'All of its ports'), ...ports),
    ...ENDPOINTS.map(writePolicy),
  )
}

function writePolicy({ id, version, proof }: Endpoint): string {
  // The scheme of Windows authentication has no newer policy.
  const namespace = SECURITY_POLICY[proof === 'windows' ? '2005' : version]
  const declared = { 'xmlns:sec': namespace }
  const https = nested('sec:TransportToken', element('sec:HttpsToken', { RequireClientCertificate: 'false' }))
  const transport = element('sec:TransportBinding', declared, element('p:Policy', {}, https))
  const windows = element('net:NegotiateAuthentication', { 'xmlns:net': HTTP_POLICY })
  const token = nested('sec:UsernameToken', element('sec:WssUsernameToken10'))
  const supporting = version === '13' ? 'sec:SignedEncryptedSupportingTokens' : 'sec:SignedSupportingTokens'
  const password = element(supporting, declared, element('p:Policy', {}, token))
  const all = element('p:All', {}, transport, proof === 'windows' ? windows : password)
  // MSAL Python looks for passwords at the first level only; for Windows, other clients look at any.
  const deeper = element('p:All', {}, element('p:ExactlyOne', {}, all))
  const choice = element('p:ExactlyOne', {}, proof === 'windows' ? deeper : all)
  return element('p:Policy', { 'u:Id': `${id}Policy` }, choice)
}

function nested(name: string, assertion: string): string {
  return element(name, {}, element('p:Policy', {}, assertion))
}

function writeBinding({ id, version }: Endpoint): string {
  const body = element('s12:body', { use: 'literal' })
  const operation = element(
    'operation',
    { name: 'Issue' },
    element('s12:operation', { style: 'document', soapAction: WS_TRUST[version].requestAction }),
    element('input', {}, body),
    element('output', {}, body),
  )
  return element(
    'binding',
    { type: 'sts:Sts', name: `${id}Binding` },
    textElement('documentation', escapeText(id)),
    element('p:PolicyReference', { URI: `#${id}Policy` }),
    element('s12:binding', { style: 'document', transport: 'http://schemas.xmlsoap.org/soap/http' }),
    operation,
  )
}

function writePort({ id, version, proof }: Endpoint, origin: string): string {
  const location = `${origin}${addressOf(version, proof)}`
  const reference = element('addr:EndpointReference', {}, textElement('addr:Address', location))
  const port = { binding: `sts:${id}Binding`, name: `${id}Port` }
  return element('port', port, element('s12:address', { location }), reference)
}
