/** Writes SAML assertions, 1.1 and 2.0, as AD FS issues them for Entra; in canonical form, ready to be signed. */
import { element, escapeText, textElement } from '../xml/write.js'
import { SAML_11, SAML_20 } from './namespaces.js'

/** The two kinds of assertion. */
export type SamlVersion = '1.1' | '2.0'

/** How the user proved who they are. */
export type Authenticated = 'password' | 'windows'

/** What an assertion says. */
export interface Statement {
  readonly id: string
  readonly issuer: string
  readonly audience: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly authenticated: Authenticated
  /** The name identifier of the subject; with Entra the ImmutableID. */
  readonly subject: string
  /** Values by claim type. */
  readonly claims: Readonly<Record<string, string>>
}

/** The claim types that Entra looks for, by the name that SAML 1.1 splits off. */
export const CLAIM_NAMESPACES: Readonly<Record<string, string>> = {
  UPN: 'http://schemas.xmlsoap.org/claims',
  ImmutableID: 'http://schemas.microsoft.com/LiveID/Federation/2008/05',
  insidecorporatenetwork: 'http://schemas.microsoft.com/ws/2012/01',
}
const OTHER_CLAIMS = 'http://schemas.microsoft.com/ws/2008/06/identity/claims'

const METHODS: Readonly<Record<SamlVersion, Record<Authenticated, string>>> = {
  '1.1': { password: 'urn:oasis:names:tc:SAML:1.0:am:password', windows: 'urn:federation:authentication:windows' },
  '2.0': {
    password: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    windows: 'urn:federation:authentication:windows',
  },
}

/** An assertion without its signature, and where in it the signature belongs. */
export interface UnsignedAssertion {
  readonly id: string
  /** What comes before and after the signature. */
  readonly parts: readonly [before: string, after: string]
}

/** Writes the assertion. Attributes stand in the order of canonical XML. */
export function writeAssertion(version: SamlVersion, statement: Statement): UnsignedAssertion {
  return version === '1.1' ? writeSaml11(statement) : writeSaml20(statement)
}

/** @see [SAML 1.1 core § 2](https://docs.oasis-open.org/security/saml/v1.1/) assertions; the signature is the last child */
function writeSaml11(statement: Statement): UnsignedAssertion {
  const { id, issuer, audience, notBefore, notAfter, authenticated, subject, claims } = statement
  const name = element(
    'saml:NameIdentifier',
    { Format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
    escapeText(subject),
  )
  const confirmation = textElement('saml:ConfirmationMethod', 'urn:oasis:names:tc:SAML:1.0:cm:bearer')
  const whom = element('saml:Subject', {}, name, element('saml:SubjectConfirmation', {}, confirmation))
  const attributes = Object.entries(claims).map(([claim, value]) =>
    element(
      'saml:Attribute',
      { AttributeName: claim, AttributeNamespace: CLAIM_NAMESPACES[claim] ?? OTHER_CLAIMS },
      textElement('saml:AttributeValue', value),
    ),
  )
  const when = { NotBefore: notBefore.toISOString(), NotOnOrAfter: notAfter.toISOString() }
  const restriction = element('saml:AudienceRestrictionCondition', {}, textElement('saml:Audience', audience))
  const proof = {
    AuthenticationInstant: notBefore.toISOString(),
    AuthenticationMethod: METHODS['1.1'][authenticated],
  }
  const whole = element(
    'saml:Assertion',
    {
      'xmlns:saml': SAML_11,
      AssertionID: id,
      IssueInstant: notBefore.toISOString(),
      Issuer: issuer,
      MajorVersion: '1',
      MinorVersion: '1',
    },
    element('saml:Conditions', when, restriction),
    element('saml:AttributeStatement', {}, whom, ...attributes),
    element('saml:AuthenticationStatement', proof, whom),
  )
  const end = '</saml:Assertion>'
  return { id, parts: [whole.slice(0, -end.length), end] }
}

/** @see [SAML 2.0 core § 2.3.3](https://docs.oasis-open.org/security/saml/v2.0/) the signature follows the issuer */
function writeSaml20(statement: Statement): UnsignedAssertion {
  const { id, issuer, audience, notBefore, notAfter, authenticated, subject, claims } = statement
  const written = textElement('saml:Issuer', issuer)
  const name = element(
    'saml:NameID',
    { Format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
    escapeText(subject),
  )
  const until = element('saml:SubjectConfirmationData', { NotOnOrAfter: notAfter.toISOString() }, '')
  const confirmation = element('saml:SubjectConfirmation', { Method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer' }, until)
  const when = { NotBefore: notBefore.toISOString(), NotOnOrAfter: notAfter.toISOString() }
  const restriction = element('saml:AudienceRestriction', {}, textElement('saml:Audience', audience))
  const attributes = Object.entries(claims).map(([claim, value]) =>
    element(
      'saml:Attribute',
      { Name: `${CLAIM_NAMESPACES[claim] ?? OTHER_CLAIMS}/${claim}` },
      textElement('saml:AttributeValue', value),
    ),
  )
  const context = textElement('saml:AuthnContextClassRef', METHODS['2.0'][authenticated])
  const whole = element(
    'saml:Assertion',
    { 'xmlns:saml': SAML_20, ID: id, IssueInstant: notBefore.toISOString(), Version: '2.0' },
    written,
    element('saml:Subject', {}, name, confirmation),
    element('saml:Conditions', when, restriction),
    element('saml:AttributeStatement', {}, ...attributes),
    element(
      'saml:AuthnStatement',
      { AuthnInstant: notBefore.toISOString() },
      element('saml:AuthnContext', {}, context),
    ),
  )
  const end = whole.indexOf(written) + written.length
  return { id, parts: [whole.slice(0, end), whole.slice(end)] }
}
