/** The security policies of AD FS's endpoints, written with the prefixes and in the order that its metadata has. */
import { element } from '../xml/write.js'
import type { EndpointKind, MexEndpoint } from './mex-endpoints.js'
import { ADDRESSING, TRUST_13 } from './namespaces.js'
import type { WsTrustVersion } from './versions.js'

const HTTP_POLICY = 'http://schemas.microsoft.com/ws/06/2004/policy/http'
const NET_POLICY = 'http://schemas.microsoft.com/ws/2006/05/security/policy'

/** How the two versions of WS-SecurityPolicy differ in what is written here. */
interface SecurityPolicy {
  readonly namespace: string
  /** The value of `sp:IncludeToken`. */
  readonly always: string
  readonly never: string
  /** The element around the proof of who the caller is. */
  readonly supporting: string
}

const POLICIES: Readonly<Record<WsTrustVersion, SecurityPolicy>> = {
  '13': policies('http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702', 'sp:SignedEncryptedSupportingTokens'),
  '2005': policies('http://schemas.xmlsoap.org/ws/2005/07/securitypolicy', 'sp:SignedSupportingTokens'),
}

function policies(namespace: string, supporting: string): SecurityPolicy {
  const include = `${namespace}/IncludeToken`
  return { namespace, always: `${include}/AlwaysToRecipient`, never: `${include}/Never`, supporting }
}

/** The policy of an endpoint. That of Windows authentication is of 2005 in either version of WS-Trust. */
export function writePolicy({ version, kind, binding }: MexEndpoint): string {
  const policy = POLICIES[kind === 'windows' ? '2005' : version]
  const assertions = [
    kind === 'windows' ? element('http:NegotiateAuthentication', { 'xmlns:http': HTTP_POLICY }) : '',
    transport(policy, kind),
    ...(kind === 'windows' || kind === 'certificateTransport' ? [] : [supportingTokens(policy, kind), trust(policy)]),
    element('wsaw:UsingAddressing'),
  ]
  return element(
    'wsp:Policy',
    { 'wsu:Id': `${binding}_policy` },
    element('wsp:ExactlyOne', {}, element('wsp:All', {}, ...assertions)),
  )
}

function transport({ namespace }: SecurityPolicy, kind: EndpointKind): string {
  const certificate = kind === 'certificateTransport' ? element('sp:RequireClientCertificate') : undefined
  const isOld = namespace === POLICIES['2005'].namespace
  const https = isOld
    ? element('sp:HttpsToken', { RequireClientCertificate: String(certificate !== undefined) })
    : element('sp:HttpsToken', {}, nested(certificate ?? ''))
  const token = element('sp:TransportToken', {}, nested(https))
  const algorithms = element('sp:AlgorithmSuite', {}, nested(element('sp:Basic256')))
  const layout = element('sp:Layout', {}, nested(element('sp:Strict')))
  const timestamp = kind === 'windows' ? '' : element('sp:IncludeTimestamp')
  return element('sp:TransportBinding', { 'xmlns:sp': namespace }, nested(token, algorithms, layout, timestamp))
}

/** What the caller proves with. The token must be signed where it is not the transport that protects it. */
function supportingTokens(policy: SecurityPolicy, kind: EndpointKind): string {
  const { namespace } = policy
  const addressed = element('sp:Header', { Name: 'To', Namespace: ADDRESSING })
  const signed = element('sp:SignedParts', {}, addressed)
  const endorsing = { 'xmlns:sp': namespace }
  if (kind === 'password') return element(policy.supporting, endorsing, nested(usernameToken(policy)))
  if (kind === 'kerberos') {
    return element('sp:EndorsingSupportingTokens', endorsing, nested(kerberosToken(policy), signed))
  }
  if (kind === 'certificate') {
    return element('sp:EndorsingSupportingTokens', endorsing, nested(certificateToken(policy), signed))
  }
  return element('sp:EndorsingSupportingTokens', endorsing, nested(issuedToken(policy, kind), signed))
}

function usernameToken({ always }: SecurityPolicy): string {
  return element('sp:UsernameToken', { 'sp:IncludeToken': always }, nested(element('sp:WssUsernameToken10')))
}

function kerberosToken({ always }: SecurityPolicy): string {
  const profile = element('sp:WssGssKerberosV5ApReqToken11')
  return element('sp:KerberosToken', { 'sp:IncludeToken': always }, nested(profile))
}

function certificateToken({ always }: SecurityPolicy): string {
  const requirements = [element('sp:RequireThumbprintReference'), element('sp:WssX509V3Token10')]
  return element('sp:X509Token', { 'sp:IncludeToken': always }, nested(...requirements))
}

function issuedToken({ always }: SecurityPolicy, kind: EndpointKind): string {
  const keyType = element(
    'trust:KeyType',
    {},
    `${TRUST_13}/${kind === 'symmetricToken' ? 'SymmetricKey' : 'PublicKey'}`,
  )
  const algorithm = (name: string, uri: string) => element(`trust:${name}`, {}, uri)
  const template = element(
    'sp:RequestSecurityTokenTemplate',
    {},
    keyType,
    kind === 'symmetricToken' ? element('trust:KeySize', {}, '256') : '',
    algorithm('KeyWrapAlgorithm', 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p'),
    algorithm('EncryptWith', 'http://www.w3.org/2001/04/xmlenc#aes256-cbc'),
    algorithm('SignWith', 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'),
    algorithm('CanonicalizationAlgorithm', 'http://www.w3.org/2001/10/xml-exc-c14n#'),
    algorithm('EncryptionAlgorithm', 'http://www.w3.org/2001/04/xmlenc#aes256-cbc'),
  )
  const internal = nested(element('sp:RequireInternalReference'))
  return element('sp:IssuedToken', { 'sp:IncludeToken': always }, template, internal)
}

/** What holds for the messages themselves. */
function trust({ namespace, never }: SecurityPolicy): string {
  const references = ['KeyIdentifier', 'IssuerSerial', 'EmbeddedToken', 'Thumbprint'].map(name =>
    element(`sp:MustSupportRef${name}`),
  )
  const declared = { 'xmlns:sp': namespace }
  const options = [element('sp:MustSupportIssuedTokens'), element('sp:RequireClientEntropy')]
  const mustNot = element('mssp:MustNotSendCancel', { 'xmlns:mssp': NET_POLICY })
  const rest = [
    ...options,
    element('sp:RequireServerEntropy'),
    never.endsWith('/200702/IncludeToken/Never') ? '' : mustNot,
  ]
  const name = namespace === POLICIES['13'].namespace ? 'sp:Trust13' : 'sp:Trust10'
  return element('sp:Wss11', declared, nested(...references)) + element(name, declared, nested(...rest))
}

function nested(...assertions: readonly string[]): string {
  return element('wsp:Policy', {}, ...assertions)
}
