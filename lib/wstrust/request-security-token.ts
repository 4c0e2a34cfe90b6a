/** Builds the message that asks a federation server for a token: WS-Trust in SOAP 1.2. Pure: time and ids are handed in. */
import { ClientError } from '../errors.js'
import type { WsTrustEndpoint } from './mex-document.js'
import { ADDRESSING, POLICY, SECURITY, SECURITY_UTILITY, SOAP_12, WS_TRUST } from './namespaces.js'

/** A user name and a password, as they go into the message. */
export interface PasswordProof {
  readonly username: string
  readonly password: string
}

/** What is asked for, and from whom. */
export interface SecurityTokenRequest {
  readonly endpoint: Pick<WsTrustEndpoint, 'url' | 'version'>
  /** For whom the token is meant: `urn:federation:MicrosoftOnline`. */
  readonly appliesTo: string
  /** `undefined` where the transport proves who the user is. */
  readonly credentials: PasswordProof | undefined
  readonly nowMs: number
  /** GUID. */
  readonly messageId: string
}

/** A message that is ready to be sent. */
export interface SecurityTokenMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const LIFETIME_MS = 600_000
const ANONYMOUS = `${ADDRESSING}/anonymous`
const NOT_IN_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A reader takes either for a space or for a line's end otherwise.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/**
 * Builds the request. No TokenType is asked for: AD FS then gives SAML 1.1, which Entra takes.
 *
 * @throws {ClientError} invalid_request – the user name or the password has a character that XML has no way to write.
 * @see [WS-Trust 1.3 § 3.1](https://docs.oasis-open.org/ws-sx/ws-trust/200512/ws-trust-1.3-os.html#_Toc162064949)
 * @see [WS-Security UsernameToken Profile 1.0 § 3.1](https://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0.pdf)
 */
export function buildSecurityTokenRequest(request: SecurityTokenRequest): SecurityTokenMessage {
  const { endpoint, appliesTo, credentials, messageId } = request
  const { namespace, issueAction, issueRequest, bearerKey } = WS_TRUST[endpoint.version]
  const body =
    `<s:Envelope xmlns:s="${SOAP_12}" xmlns:wsa="${ADDRESSING}" xmlns:wsu="${SECURITY_UTILITY}"><s:Header>` +
    `<wsa:Action s:mustUnderstand="1">${issueAction}</wsa:Action>` +
    `<wsa:MessageID>urn:uuid:${messageId}</wsa:MessageID>` +
    `<wsa:ReplyTo><wsa:Address>${ANONYMOUS}</wsa:Address></wsa:ReplyTo>` +
    `<wsa:To s:mustUnderstand="1">${escapeXml(endpoint.url.href, 'address')}</wsa:To>` +
    (credentials === undefined ? '' : securityHeader(request, credentials)) +
    `</s:Header><s:Body><wst:RequestSecurityToken xmlns:wst="${namespace}">` +
    `<wsp:AppliesTo xmlns:wsp="${POLICY}"><wsa:EndpointReference><wsa:Address>${escapeXml(appliesTo, 'audience')}` +
    `</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>` +
    `<wst:KeyType>${bearerKey}</wst:KeyType><wst:RequestType>${issueRequest}</wst:RequestType>` +
    `</wst:RequestSecurityToken></s:Body></s:Envelope>`
  return {
    headers: { 'content-type': 'application/soap+xml; charset=utf-8', soapaction: issueAction },
    body,
  }
}

function securityHeader({ endpoint, nowMs, messageId }: SecurityTokenRequest, credentials: PasswordProof): string {
  const tokenId = `UnPwSecTok${endpoint.version === '1.3' ? '13' : '2005'}-${messageId}`
  return (
    `<wsse:Security s:mustUnderstand="1" xmlns:wsse="${SECURITY}"><wsu:Timestamp wsu:Id="MSATimeStamp">` +
    `<wsu:Created>${new Date(nowMs).toISOString()}</wsu:Created>` +
    `<wsu:Expires>${new Date(nowMs + LIFETIME_MS).toISOString()}</wsu:Expires></wsu:Timestamp>` +
    `<wsse:UsernameToken wsu:Id="${tokenId}">` +
    `<wsse:Username>${escapeXml(credentials.username, 'username')}</wsse:Username>` +
    `<wsse:Password>${escapeXml(credentials.password, 'password')}</wsse:Password>` +
    `</wsse:UsernameToken></wsse:Security>`
  )
}

function escapeXml(text: string, field: string): string {
  if (NOT_IN_XML.test(text)) {
    throw new ClientError('invalid_request', `The ${field} has a character that cannot be sent to a federation server`)
  }
  return text.replace(/[&<>"'\r\n\t]/g, sign => ESCAPES[sign] ?? sign)
}
