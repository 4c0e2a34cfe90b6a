/** The metadata of AD FS's WS-Trust service (MEX), in its prefixes and its order: old clients search the text. */
import { type Attributes, element, textElement } from '../xml/write.js'
import { MEX_ENDPOINTS, type MexEndpoint } from './mex-endpoints.js'
import { writePolicy } from './mex-policies.js'
import { ADDRESSING, ADDRESSING_2004, POLICY, TRUST_13, TRUST_2005, UTILITY } from './namespaces.js'
import { WS_TRUST, type WsTrustVersion } from './versions.js'

const TARGET = 'http://schemas.microsoft.com/ws/2008/06/identity/securitytokenservice'
const WSDL = 'http://schemas.xmlsoap.org/wsdl/'
const SCHEMA = 'http://www.w3.org/2001/XMLSchema'
const SOAP_HTTP = 'http://schemas.xmlsoap.org/soap/http'

const DEFINITIONS: Attributes = {
  name: 'SecurityTokenService',
  targetNamespace: TARGET,
  'xmlns:wsdl': WSDL,
  'xmlns:wsx': 'http://schemas.xmlsoap.org/ws/2004/09/mex',
  'xmlns:wsu': UTILITY,
  'xmlns:wsa10': ADDRESSING,
  'xmlns:wsp': POLICY,
  'xmlns:wsap': `${ADDRESSING_2004}/policy`,
  'xmlns:msc': 'http://schemas.microsoft.com/ws/2005/12/wsdl/contract',
  'xmlns:soap12': 'http://schemas.xmlsoap.org/wsdl/soap12/',
  'xmlns:wsa': ADDRESSING_2004,
  'xmlns:wsam': 'http://www.w3.org/2007/05/addressing/metadata',
  'xmlns:xsd': SCHEMA,
  'xmlns:tns': TARGET,
  'xmlns:soap': 'http://schemas.xmlsoap.org/wsdl/soap/',
  'xmlns:wsaw': 'http://www.w3.org/2006/05/addressing/wsdl',
  'xmlns:soapenc': 'http://schemas.xmlsoap.org/soap/encoding/',
  'xmlns:trust': TRUST_13,
  'xmlns:t': TRUST_2005,
}

/** The contract of a version: what an endpoint does with security tokens is to issue them. */
interface Contract {
  readonly portType: string
  readonly operation: string
  /** The elements that go in and come out. */
  readonly request: string
  readonly response: string
}

const CONTRACTS: Readonly<Record<WsTrustVersion, Contract>> = {
  '2005': {
    portType: 'IWSTrustFeb2005Async',
    operation: 'TrustFeb2005IssueAsync',
    request: 't:RequestSecurityToken',
    response: 't:RequestSecurityTokenResponse',
  },
  '13': {
    portType: 'IWSTrust13Async',
    operation: 'Trust13IssueAsync',
    request: 'trust:RequestSecurityToken',
    response: 'trust:RequestSecurityTokenResponseCollection',
  },
}
const VERSIONS: readonly WsTrustVersion[] = ['2005', '13']

/** Which endpoints there are, and where. */
export interface MexOptions {
  /** The address of the WS-Trust service, without a slash at the end: `https://HOST/adfs/services/trust`. */
  readonly base: string
  /** Is this one left out? By its path. */
  readonly without?: (path: string) => boolean
  /** What follows each address. Default nothing. */
  readonly suffix?: string
}

/**
 * The document.
 *
 * @see [WSDL 1.1 § 1.2](https://www.w3.org/TR/2001/NOTE-wsdl-20010315)
 */
export function writeMex({ base, without = () => false, suffix = '' }: MexOptions): string {
  const endpoints = MEX_ENDPOINTS.filter(({ path }) => !without(path))
  const service = element(
    'wsdl:service',
    { name: 'SecurityTokenService' },
    ...endpoints.map(({ binding, path }) => writePort(binding, `${base}/${path}${suffix}`)),
  )
  return element(
    'wsdl:definitions',
    DEFINITIONS,
    ...endpoints.map(writePolicy),
    writeTypes(),
    ...VERSIONS.map(version => writeMessages(CONTRACTS[version])),
    ...VERSIONS.map(writePortType),
    ...endpoints.map(writeBinding),
    service,
  )
}

function writeTypes(): string {
  const imports = [TRUST_2005, TRUST_13].map(namespace => element('xsd:import', { namespace }))
  const schema = element('xsd:schema', { targetNamespace: `${TARGET}/Imports` }, ...imports)
  return element('wsdl:types', {}, schema)
}

function writeMessages({ portType, operation, request, response }: Contract): string {
  const message = (direction: string, name: string, type: string) =>
    element(
      'wsdl:message',
      { name: `${portType}_${operation}_${direction}Message` },
      element('wsdl:part', { name, element: type }),
    )
  return message('Input', 'request', request) + message('Output', `${operation}Result`, response)
}

function writePortType(version: WsTrustVersion): string {
  const { portType, operation } = CONTRACTS[version]
  const { requestAction, responseAction } = WS_TRUST[version]
  const message = (direction: string, action: string) =>
    element(`wsdl:${direction.toLowerCase()}`, {
      'wsaw:Action': action,
      message: `tns:${portType}_${operation}_${direction}Message`,
    })
  const written = element(
    'wsdl:operation',
    { name: operation },
    message('Input', requestAction),
    message('Output', responseAction),
  )
  return element('wsdl:portType', { name: portType }, written)
}

function writeBinding({ version, binding }: MexEndpoint): string {
  const { portType, operation } = CONTRACTS[version]
  const body = element('soap12:body', { use: 'literal' })
  return element(
    'wsdl:binding',
    { name: binding, type: `tns:${portType}` },
    element('wsp:PolicyReference', { URI: `#${binding}_policy` }),
    element('soap12:binding', { transport: SOAP_HTTP }),
    element(
      'wsdl:operation',
      { name: operation },
      element('soap12:operation', { soapAction: WS_TRUST[version].requestAction, style: 'document' }),
      element('wsdl:input', {}, body),
      element('wsdl:output', {}, body),
    ),
  )
}

function writePort(binding: string, location: string): string {
  const reference = element('wsa10:EndpointReference', {}, textElement('wsa10:Address', location))
  const address = element('soap12:address', { location })
  return element('wsdl:port', { name: binding, binding: `tns:${binding}` }, address, reference)
}
