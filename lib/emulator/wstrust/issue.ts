/** The federation server's decision about a user: an assertion in an answer, or a fault. */
import { randomUUID } from 'node:crypto'
import type { EmulatedUser } from '../accounts.js'
import { editAnswer } from '../scenario.js'
import type { TenantState } from '../tenant-state.js'
import { SoapFault } from './fault.js'
import { ENTRA_AUDIENCE, SAML_11, SAML_20 } from './namespaces.js'
import type { TokenRequest } from './request.js'
import { writeResponse } from './response.js'
import { type Authenticated, type SamlVersion, writeAssertion } from './saml.js'
import { signAssertion } from './signature.js'

/** The token types that may be asked for, by each of their names. */
const TOKEN_TYPES: Readonly<Record<string, SamlVersion>> = {
  [SAML_11]: '1.1',
  'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1': '1.1',
  [SAML_20]: '2.0',
  'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0': '2.0',
}

/** By what others may refer to a token. */
const REFERENCE_TYPES: Readonly<Record<SamlVersion, string>> = {
  '1.1': 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID',
  '2.0': 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID',
}

const NAMESPACES: Readonly<Record<SamlVersion, string>> = { '1.1': SAML_11, '2.0': SAML_20 }

/**
 * The answer for a user who has proved who they are.
 *
 * @throws {SoapFault} ID3082 unknown relying party or token type · any that the user's switch demands.
 */
export async function issueToken(
  state: TenantState,
  request: TokenRequest,
  user: EmulatedUser,
  authenticated: Authenticated,
): Promise<string> {
  const { federation } = state.scenario
  const { trustFault } = state.switches(user)
  if (trustFault !== undefined) throw new SoapFault(trustFault)
  if (request.appliesTo !== ENTRA_AUDIENCE) throw new SoapFault('ID3082')
  const asked = request.tokenType === undefined ? (federation.samlVersion ?? '1.1') : TOKEN_TYPES[request.tokenType]
  if (asked === undefined) throw new SoapFault('ID3082')
  const created = state.clock.now()
  const expires = new Date(created.getTime() + (federation.assertionLifetimeSeconds ?? 3600) * 1000)
  const assertion = writeAssertion(asked, {
    id: `_${randomUUID()}`,
    issuer: issuerOf(state),
    audience: federation.audience ?? ENTRA_AUDIENCE,
    notBefore: created,
    notAfter: expires,
    authenticated,
    subject: immutableIdOf(user),
    claims: claimsOf(state, user, authenticated),
  })
  const unsigned = assertion.parts.join('')
  const signed = federation.signature === 'none' ? unsigned : await signAssertion(assertion)
  const token = federation.signature === 'broken' ? signed.replace(user.username, `x${user.username}`) : signed
  const declaration = ` xmlns:saml="${NAMESPACES[asked]}"`
  const inherited = federation.assertionPrefix === 'inherited'
  state.keepSecret(Buffer.from(token).toString('base64'))
  return writeResponse({
    version: request.version,
    relatesTo: request.messageId,
    appliesTo: ENTRA_AUDIENCE,
    created,
    expires,
    token: inherited ? token.replace(declaration, '') : token,
    tokenType: federation.tokenType ?? request.tokenType ?? NAMESPACES[asked],
    reference: { type: REFERENCE_TYPES[asked], id: assertion.id },
    timestamp: authenticated === 'password',
    ...(inherited ? { inherited: { 'xmlns:saml': NAMESPACES[asked] } } : {}),
  })
}

/** AD FS names itself by an http address, which is a name and nothing to be asked. */
export function issuerOf(state: TenantState): string {
  return `http://${state.hosts.adfs}/adfs/services/trust`
}

/** What ties the user of the federation server to the one in Entra: the directory's object id, in base64. */
export function immutableIdOf(user: EmulatedUser): string {
  return Buffer.from(user.id.replaceAll('-', ''), 'hex').toString('base64')
}

function claimsOf(state: TenantState, user: EmulatedUser, authenticated: Authenticated): Record<string, string> {
  const claims = {
    UPN: user.username,
    ImmutableID: immutableIdOf(user),
    insidecorporatenetwork: String(authenticated === 'windows'),
  }
  const edited = Object.entries(editAnswer(claims, state.scenario.assertionClaims))
  return Object.fromEntries(edited.map(([name, value]) => [name, String(value)]))
}
