/** Reads a federation server's answer: the assertion exactly as it was sent, or the fault. Pure. */
import { WS_TRUST } from './namespaces.js'
import { findFault, type SoapFault } from './soap-fault.js'
import { sliceVerbatim } from './verbatim.js'
import { allWithin, childOf, parseXml, type XmlElement, XmlError } from './xml.js'

/** A token of the federation server, which the token endpoint takes in exchange for its own. */
export interface SecurityToken {
  readonly kind: 'token'
  /** Which grant it belongs into. */
  readonly samlVersion: '1.1' | '2.0'
  /** XML, byte for byte. A secret. */
  readonly assertion: string
}

/** An answer that could be read. */
export type SecurityTokenAnswer = SecurityToken | ({ readonly kind: 'fault' } & SoapFault)

const SAML_PROFILE = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1'
/** What the servers call the two: MSAL.NET knows the first name only and takes the third for SAML 2.0. */
const SAML_VERSIONS: ReadonlyMap<string, SecurityToken['samlVersion']> = new Map([
  ['urn:oasis:names:tc:SAML:1.0:assertion', '1.1'],
  ['urn:oasis:names:tc:SAML:1.1:assertion', '1.1'],
  [`${SAML_PROFILE}#SAMLV1.1`, '1.1'],
  ['urn:oasis:names:tc:SAML:2.0:assertion', '2.0'],
  [`${SAML_PROFILE}#SAMLV2.0`, '2.0'],
])

/**
 * Reads the answer. Of several tokens a SAML 1.1 assertion is taken first, as the MSALs do.
 *
 * @throws {XmlError} not XML, or neither a token that can be used nor a fault is in it. Says nothing of what is.
 * @see [WS-Trust 1.3 § 3.2](https://docs.oasis-open.org/ws-sx/ws-trust/200512/ws-trust-1.3-os.html#_Toc162064954)
 */
export function parseSecurityTokenResponse(body: string): SecurityTokenAnswer {
  const document = parseXml(body)
  const fault = findFault(document.root)
  if (fault !== undefined) return { kind: 'fault', ...fault }
  const unknown: string[] = []
  let found: { assertion: XmlElement; samlVersion: SecurityToken['samlVersion'] } | undefined
  for (const { assertion, tokenType } of tokensIn(document.root)) {
    const samlVersion = SAML_VERSIONS.get(tokenType)
    if (samlVersion === undefined) unknown.push(tokenType)
    else if (found === undefined || (samlVersion === '1.1' && found.samlVersion === '2.0')) {
      found = { assertion, samlVersion }
    }
  }
  if (found !== undefined) {
    const { assertion, samlVersion } = found
    return { kind: 'token', samlVersion, assertion: sliceVerbatim(document, assertion) }
  }
  throw new XmlError(
    unknown.length > 0 ? `has only tokens of the type ${unknown.join(', ').slice(0, 200)}` : 'has no token',
  )
}

function* tokensIn(root: XmlElement): Generator<{ assertion: XmlElement; tokenType: string }> {
  for (const { namespace } of Object.values(WS_TRUST)) {
    for (const response of allWithin(root, namespace, 'RequestSecurityTokenResponse')) {
      const tokenType = childOf(response, namespace, 'TokenType')?.text.trim() ?? ''
      const [assertion] = childOf(response, namespace, 'RequestedSecurityToken')?.children ?? []
      if (tokenType !== '' && assertion !== undefined) yield { assertion, tokenType }
    }
  }
}
