/** Documents of federation servers, made to measure: in the shape that AD FS gives them, with any part missing or moved. */

const NAMESPACES = [
  'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"',
  'xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"',
  'xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"',
  'xmlns:wsa10="http://www.w3.org/2005/08/addressing"',
  'xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"',
  'xmlns:sp="http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702"',
  'xmlns:sp2005="http://schemas.xmlsoap.org/ws/2005/07/securitypolicy"',
  'xmlns:http="http://schemas.microsoft.com/ws/06/2004/policy/http"',
  'xmlns:tns="http://schemas.microsoft.com/ws/2008/06/identity/securitytokenservice"',
].join(' ')

const ACTIONS = {
  '1.3': 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue',
  '2005': 'http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue',
}

/** One policy with its binding and its port. */
export interface Part {
  id: string
  version: '1.3' | '2005'
  /** What the policy asks for. */
  asks: string
  address: string
  transport?: string
  /** Left out of the policy: it does not demand TLS then. */
  withoutTls?: boolean
}

export const NEGOTIATE = '<http:NegotiateAuthentication/>'

/** A policy that asks for a password, with each of its three levels in a namespace of choice. */
export function asksForPassword(outer: string, token = outer.split(':')[0] ?? '', inner = token): string {
  return (
    `<${outer}><wsp:Policy><${token}:UsernameToken><wsp:Policy><${inner}:WssUsernameToken10/></wsp:Policy>` +
    `</${token}:UsernameToken></wsp:Policy></${outer}>`
  )
}

export const PASSWORD_13 = asksForPassword('sp:SignedEncryptedSupportingTokens')
export const PASSWORD_2005 = asksForPassword('sp2005:SignedSupportingTokens')

/** Everything that a farm of AD FS offers to users, in its order. */
export const AD_FS: readonly Part[] = [
  part('Windows2005', '2005', NEGOTIATE, '2005/windowstransport'),
  part('Password2005', '2005', PASSWORD_2005, '2005/usernamemixed'),
  part('Certificate2005', '2005', '<sp2005:EndorsingSupportingTokens/>', '2005/certificatemixed'),
  part('Password13', '1.3', PASSWORD_13, '13/usernamemixed'),
  part('Windows13', '1.3', NEGOTIATE, '13/windowstransport'),
]

function part(id: string, version: Part['version'], asks: string, path: string): Part {
  return { id, version, asks, address: `https://fs.example/adfs/services/trust/${path}` }
}

export function policyOf({ id, asks, withoutTls }: Part): string {
  const tls = withoutTls ? '' : '<sp2005:TransportBinding/>'
  return `<wsp:Policy wsu:Id="${id}_policy"><wsp:ExactlyOne><wsp:All>${asks}${tls}</wsp:All></wsp:ExactlyOne></wsp:Policy>`
}

export function bindingOf({ id, version, transport = 'http://schemas.xmlsoap.org/soap/http' }: Part): string {
  return (
    `<wsdl:binding name="${id}" type="tns:IWSTrust"><wsp:PolicyReference URI="#${id}_policy"/>` +
    `<soap12:binding transport="${transport}"/><wsdl:operation name="Trust">` +
    `<soap12:operation soapAction="${ACTIONS[version]}" style="document"/></wsdl:operation></wsdl:binding>`
  )
}

export function portOf({ id, address }: Part): string {
  return (
    `<wsdl:port name="${id}" binding="tns:${id}"><soap12:address location="${address}"/>` +
    `<wsa10:EndpointReference><wsa10:Address>${address}</wsa10:Address></wsa10:EndpointReference></wsdl:port>`
  )
}

/** A whole document with these parts. */
export function mexDocument(parts: readonly Part[] = AD_FS): string {
  return (
    `<?xml version="1.0" encoding="utf-8"?><wsdl:definitions name="SecurityTokenService" ${NAMESPACES}>` +
    `${parts.map(policyOf).join('')}<wsdl:types/>${parts.map(bindingOf).join('')}` +
    `<wsdl:service name="SecurityTokenService">${parts.map(portOf).join('')}</wsdl:service></wsdl:definitions>`
  )
}

/** The same one level further down, as in an answer to a SOAP request. */
export function nestedMexDocument(parts: readonly Part[] = AD_FS): string {
  const inner = mexDocument(parts).replace(/^<\?xml.*?\?>/, '')
  return (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><m:Metadata xmlns:m="urn:mex">' +
    `<m:MetadataSection>${inner}</m:MetadataSection></m:Metadata></s:Body></s:Envelope>`
  )
}

export const SAML_11 = 'urn:oasis:names:tc:SAML:1.0:assertion'
export const SAML_20 = 'urn:oasis:names:tc:SAML:2.0:assertion'
export const ASSERTION = `<saml:Assertion MajorVersion="1" MinorVersion="1" AssertionID="_1" xmlns:saml="${SAML_11}">\r\n  <saml:Conditions /><!-- kept -->é𝄞</saml:Assertion>`

const SOAP = 'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"'
const TRUST = {
  '1.3': 'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
  '2005': 'http://schemas.xmlsoap.org/ws/2005/02/trust',
}

/** One token of an answer. */
export interface Issued {
  tokenType: string
  assertion: string
}

/** An answer with these tokens, as each version has it. */
export function tokenAnswer(version: '1.3' | '2005', ...issued: Issued[]): string {
  const responses = issued.map(
    ({ tokenType, assertion }) =>
      '<t:RequestSecurityTokenResponse><t:Lifetime/>' +
      `<t:RequestedSecurityToken>${assertion}</t:RequestedSecurityToken><t:TokenType>${tokenType}</t:TokenType>` +
      '</t:RequestSecurityTokenResponse>',
  )
  const body =
    version === '2005'
      ? responses
          .join('')
          .replaceAll('<t:RequestSecurityTokenResponse>', `<t:RequestSecurityTokenResponse xmlns:t="${TRUST['2005']}">`)
      : `<t:RequestSecurityTokenResponseCollection xmlns:t="${TRUST['1.3']}">${responses.join('')}</t:RequestSecurityTokenResponseCollection>`
  return `<s:Envelope ${SOAP}><s:Header><a:Action s:mustUnderstand="1">x</a:Action></s:Header><s:Body>${body}</s:Body></s:Envelope>`
}

/** A refusal of AD FS. */
export function faultAnswer(text: string, code = 'FailedAuthentication', detail = ''): string {
  return (
    `<s:Envelope ${SOAP}><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>` +
    `<s:Value xmlns:w="urn:w">w:${code}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">${text}</s:Text>` +
    `</s:Reason>${detail}</s:Fault></s:Body></s:Envelope>`
  )
}

/** A refusal of seamless single sign-on: what happened stands in the detail. */
export function passportFault(text: string): string {
  const detail =
    '<s:Detail><psf:error xmlns:psf="http://schemas.microsoft.com/Passport/SoapServices/SOAPFault">' +
    `<psf:value>0x80048821</psf:value><psf:internalerror><psf:code>0x80048821</psf:code><psf:text>${text}</psf:text>` +
    '</psf:internalerror></psf:error></s:Detail>'
  return faultAnswer('Authentication Failure', 'FailedAuthentication', detail)
}
