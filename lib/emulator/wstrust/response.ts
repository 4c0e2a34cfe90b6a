/** Writes the answer to a request for a security token (RSTR), in either version. */
import { element, textElement } from '../xml/write.js'
import { ADDRESSING, POLICY, SECURITY, SOAP, UTILITY } from './namespaces.js'
import { WS_TRUST, type WsTrustVersion } from './versions.js'

/** What the answer says. */
export interface TokenResponse {
  readonly version: WsTrustVersion
  readonly relatesTo: string | undefined
  /** The relying party that the token is for. */
  readonly appliesTo: string
  readonly created: Date
  readonly expires: Date
  /** The token as it stands in the answer, XML. */
  readonly token: string
  readonly tokenType: string
  /** The value type and the id by which others may refer to the token, when it has one. */
  readonly reference: { readonly type: string; readonly id: string } | undefined
  /** The message has a time stamp, as answers to passwords have. */
  readonly timestamp: boolean
  /** Namespace declarations that stand on the envelope. Default none besides SOAP's own. */
  readonly inherited?: Readonly<Record<string, string>>
}

const HEADER_LIFE_MS = 5 * 60 * 1000

/**
 * The whole envelope.
 *
 * @see [WS-Trust 1.3 § 3.2](https://docs.oasis-open.org/ws-sx/ws-trust/200512/ws-trust-1.3-os.html) a collection in 1.3, bare in 2005
 */
export function writeResponse(response: TokenResponse): string {
  const { version, relatesTo, inherited = {} } = response
  const { namespace, prefix, responseAction } = WS_TRUST[version]
  const declaration = { [`xmlns:${prefix}`]: namespace }
  const body =
    version === '13'
      ? element(`${prefix}:RequestSecurityTokenResponseCollection`, declaration, writeToken(response, {}))
      : writeToken(response, declaration)
  const header = element(
    's:Header',
    {},
    element('a:Action', { 's:mustUnderstand': '1' }, responseAction),
    relatesTo === undefined ? '' : textElement('a:RelatesTo', relatesTo),
    response.timestamp ? securityHeader(response) : '',
  )
  const envelope = { 'xmlns:s': SOAP, 'xmlns:a': ADDRESSING, 'xmlns:u': UTILITY, ...inherited }
  return element('s:Envelope', envelope, header, element('s:Body', {}, body))
}

function writeToken(response: TokenResponse, declaration: Record<string, string>): string {
  const { version, appliesTo, created, expires, token, tokenType } = response
  const { prefix, requestType, bearerKeyType } = WS_TRUST[version]
  const time = (name: string, at: Date) => element(`wsu:${name}`, { 'xmlns:wsu': UTILITY }, at.toISOString())
  const address = textElement('wsa:Address', appliesTo)
  const endpoint = element('wsa:EndpointReference', { 'xmlns:wsa': ADDRESSING }, address)
  return element(
    `${prefix}:RequestSecurityTokenResponse`,
    declaration,
    element(`${prefix}:Lifetime`, {}, time('Created', created), time('Expires', expires)),
    element('wsp:AppliesTo', { 'xmlns:wsp': POLICY }, endpoint),
    element(`${prefix}:RequestedSecurityToken`, {}, token),
    ...references(response),
    textElement(`${prefix}:TokenType`, tokenType),
    textElement(`${prefix}:RequestType`, requestType),
    textElement(`${prefix}:KeyType`, bearerKeyType),
  )
}

function references({ version, reference }: TokenResponse): string[] {
  if (!reference) return []
  const { prefix } = WS_TRUST[version]
  const identifier = element('o:KeyIdentifier', { ValueType: reference.type }, reference.id)
  const whole = element('o:SecurityTokenReference', { 'xmlns:o': SECURITY }, identifier)
  return ['RequestedAttachedReference', 'RequestedUnattachedReference'].map(name =>
    element(`${prefix}:${name}`, {}, whole),
  )
}

function securityHeader({ created }: TokenResponse): string {
  const until = new Date(created.getTime() + HEADER_LIFE_MS)
  const times = [textElement('u:Created', created.toISOString()), textElement('u:Expires', until.toISOString())]
  const timestamp = element('u:Timestamp', { 'u:Id': '_0' }, ...times)
  return element('o:Security', { 's:mustUnderstand': '1', 'xmlns:o': SECURITY }, timestamp)
}
