/** The XML namespaces of WS-Trust, of what describes a federation server, and of SOAP; names as in the specifications. */

export const SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope'
export const SOAP_11 = 'http://schemas.xmlsoap.org/soap/envelope/'
/** Web Services Addressing 1.0. */
export const ADDRESSING = 'http://www.w3.org/2005/08/addressing'
/** Web Services Security. */
export const SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
export const SECURITY_UTILITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'

export const WSDL = 'http://schemas.xmlsoap.org/wsdl/'
export const WSDL_SOAP_12 = 'http://schemas.xmlsoap.org/wsdl/soap12/'
export const POLICY = 'http://schemas.xmlsoap.org/ws/2004/09/policy'
/** Microsoft's policy assertions about HTTP. */
export const HTTP_POLICY = 'http://schemas.microsoft.com/ws/06/2004/policy/http'
/** WS-SecurityPolicy, in the version of WS-Trust 1.3 and in the one of 2005. */
export const SECURITY_POLICIES: readonly string[] = [
  'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702',
  'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy',
]

/** The two versions of WS-Trust that AD FS speaks. */
export type WsTrustVersion = '1.3' | '2005'

/** What differs between the versions. */
export interface WsTrustNames {
  readonly namespace: string
  /** Of the request that asks for a token; also its SOAPAction. */
  readonly issueAction: string
  readonly issueRequest: string
  /** Of a token that whoever holds it may use. */
  readonly bearerKey: string
}

const TRUST_13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512'
const TRUST_2005 = 'http://schemas.xmlsoap.org/ws/2005/02/trust'

/** @see [WS-Trust 1.3](https://docs.oasis-open.org/ws-sx/ws-trust/200512/ws-trust-1.3-os.html) */
export const WS_TRUST: Readonly<Record<WsTrustVersion, WsTrustNames>> = {
  '1.3': {
    namespace: TRUST_13,
    issueAction: `${TRUST_13}/RST/Issue`,
    issueRequest: `${TRUST_13}/Issue`,
    bearerKey: `${TRUST_13}/Bearer`,
  },
  '2005': {
    namespace: TRUST_2005,
    issueAction: `${TRUST_2005}/RST/Issue`,
    issueRequest: `${TRUST_2005}/Issue`,
    bearerKey: 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
  },
}

/** Of the text in the faults of Microsoft's own sign-in service. */
export const PASSPORT_FAULT = 'http://schemas.microsoft.com/Passport/SoapServices/SOAPFault'
/** Exclusive canonicalization, which signatures of assertions use. */
export const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const SCHEMA_INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance'
