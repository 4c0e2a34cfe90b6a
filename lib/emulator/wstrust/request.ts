/** Reads a request for a security token (RST): what is asked, for whom, and with which proof. */
import {
  attributeOf,
  childOf,
  elementsIn,
  isNamed,
  parseXml,
  rawTextOf,
  textOf,
  type XmlElement,
  XmlError,
} from '../xml/parse.js'
import { SoapFault } from './fault.js'
import { ADDRESSING, POLICY, SECURITY, SOAP, UTILITY } from './namespaces.js'
import { WS_TRUST, type WsTrustVersion } from './versions.js'

/** A request, taken out of its envelope. */
export interface TokenRequest {
  readonly version: WsTrustVersion
  readonly messageId: string | undefined
  /** The relying party that the token is for. */
  readonly appliesTo: string
  /** The token type that is asked for, if one is. */
  readonly tokenType: string | undefined
  readonly timestamp: Timestamp | undefined
  readonly usernameToken: UsernameToken | undefined
}

/** The life of a message, as its header says. */
export interface Timestamp {
  readonly created: string
  readonly expires: string
}

export interface UsernameToken {
  readonly username: string
  readonly password: string
}

/** The headers that a sender may demand to be understood. */
const UNDERSTOOD = ['action', 'messageid', 'replyto', 'to', 'from', 'faultto', 'security']

/** An envelope whose header was read, so that a fault can name the message it is about. */
export interface Envelope {
  readonly messageId: string | undefined
  readonly header: XmlElement | undefined
  readonly body: XmlElement
}

/**
 * Reads the envelope.
 *
 * @throws {SoapFault} MSIS3127 – the text is not a SOAP 1.2 envelope.
 */
export async function readEnvelope(text: string): Promise<Envelope> {
  const root = await parseXml(text).catch((error: unknown) => {
    if (error instanceof XmlError) throw new SoapFault('MSIS3127')
    throw error
  })
  const body = childOf(root, SOAP, 'Body')
  if (!isNamed(root, SOAP, 'Envelope') || !body) throw new SoapFault('MSIS3127')
  const header = childOf(root, SOAP, 'Header')
  return { header, body, messageId: textOf(childOf(header, ADDRESSING, 'MessageID')) || undefined }
}

/**
 * Reads the request in an envelope that came to an endpoint of this version and path.
 *
 * @throws {SoapFault} ActionNotSupported · DestinationUnreachable · MSIS3127 the request is not one for a bearer token.
 */
export function readRequest(
  { header, body, messageId }: Envelope,
  version: WsTrustVersion,
  path: string,
): TokenRequest {
  const { namespace, requestAction, requestType, bearerKeyType } = WS_TRUST[version]
  assertUnderstood(header)
  if (textOf(childOf(header, ADDRESSING, 'Action')) !== requestAction) throw new SoapFault('ActionNotSupported')
  assertAddressed(textOf(childOf(header, ADDRESSING, 'To')), path)
  const request = childOf(body, namespace, 'RequestSecurityToken')
  const asked = (name: string) => textOf(childOf(request, namespace, name)) || undefined
  if (asked('RequestType') !== requestType || asked('KeyType') !== bearerKeyType) throw new SoapFault('MSIS3127')
  const reference = childOf(childOf(request, POLICY, 'AppliesTo'), ADDRESSING, 'EndpointReference')
  const security = childOf(header, SECURITY, 'Security')
  return {
    version,
    messageId,
    appliesTo: textOf(childOf(reference, ADDRESSING, 'Address')),
    tokenType: asked('TokenType'),
    timestamp: readTimestamp(childOf(security, UTILITY, 'Timestamp')),
    usernameToken: readUsernameToken(childOf(security, SECURITY, 'UsernameToken')),
  }
}

/** @see [SOAP 1.2 § 5.2.3](https://www.w3.org/TR/soap12-part1/#soapmu) mustUnderstand */
function assertUnderstood(header: XmlElement | undefined): void {
  for (const block of header ? elementsIn(header) : []) {
    const demanded = ['1', 'true'].includes(attributeOf(block, 'mustUnderstand', SOAP) ?? '')
    const known = [ADDRESSING, SECURITY].includes(block.namespace) && UNDERSTOOD.includes(block.local.toLowerCase())
    if (demanded && !known) throw new SoapFault('MSIS3127')
  }
}

/** The path decides: a host may have other names, and a proxy may have changed the port. */
function assertAddressed(to: string, path: string): void {
  if (!URL.canParse(to) || new URL(to).pathname.toLowerCase() !== path.toLowerCase()) {
    throw new SoapFault('DestinationUnreachable')
  }
}

function readTimestamp(timestamp: XmlElement | undefined): Timestamp | undefined {
  if (!timestamp) return undefined
  const [created, expires] = ['Created', 'Expires'].map(name => textOf(childOf(timestamp, UTILITY, name)))
  return { created: created ?? '', expires: expires ?? '' }
}

function readUsernameToken(token: XmlElement | undefined): UsernameToken | undefined {
  if (!token) return undefined
  // White space may be part of a password.
  const password = rawTextOf(childOf(token, SECURITY, 'Password'))
  return { username: textOf(childOf(token, SECURITY, 'Username')), password }
}
