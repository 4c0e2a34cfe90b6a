/** How Entra checks an assertion that a client brings from the federation server. */
import type { EmulatedUser } from '../accounts.js'
import { EntraError } from '../entra-error.js'
import type { TenantState } from '../tenant-state.js'
import { attributeOf, childOf, elementsIn, isNamed, parseXml, textOf, type XmlElement, XmlError } from '../xml/parse.js'
import { immutableIdOf, issuerOf } from './issue.js'
import { ENTRA_AUDIENCE, SAML_11, SAML_20 } from './namespaces.js'
import type { SamlVersion } from './saml.js'
import { isSignatureGood } from './signature.js'

/** Where the versions keep what is checked. */
interface Form {
  readonly namespace: string
  readonly idAttribute: string
  issuer(assertion: XmlElement): string
  /** The element around the audiences. */
  readonly restriction: string
  /** The name of a claim in an `Attribute`. */
  claimName(attribute: XmlElement): string | undefined
}

const FORMS: Readonly<Record<SamlVersion, Form>> = {
  '1.1': {
    namespace: SAML_11,
    idAttribute: 'AssertionID',
    issuer: assertion => attributeOf(assertion, 'Issuer') ?? '',
    restriction: 'AudienceRestrictionCondition',
    claimName: attribute => attributeOf(attribute, 'AttributeName'),
  },
  '2.0': {
    namespace: SAML_20,
    idAttribute: 'ID',
    issuer: assertion => textOf(childOf(assertion, SAML_20, 'Issuer')),
    restriction: 'AudienceRestriction',
    claimName: attribute => attributeOf(attribute, 'Name')?.split('/').at(-1),
  },
}

/** Standard or URL-safe base64, with or without its padding: the MSALs disagree. */
const BASE64 = /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/

/** What the federation server says of a user. */
export interface Proof {
  readonly user: EmulatedUser
}

/**
 * The user of an assertion in base64; it is used up thereby.
 *
 * @throws {EntraError} 50008 no assertion of this version · 50107 another issuer · 50013 signature, audience, or used before ·
 *   500133 not of now · 90020 no ImmutableID · 90072 no such user.
 */
export async function readAssertion(state: TenantState, version: SamlVersion, encoded: string): Promise<Proof> {
  const form = FORMS[version]
  const assertion = await decodeAssertion(encoded)
  if (!isNamed(assertion, form.namespace, 'Assertion')) throw new EntraError(50008)
  const desktopToken = childOf(assertion, '', 'DesktopSsoToken')
  if (desktopToken) return { user: state.desktopTokens.redeem(textOf(desktopToken), state.clock.now()) }
  const id = attributeOf(assertion, form.idAttribute)
  if (id === undefined) throw new EntraError(50008)
  const issuer = form.issuer(assertion)
  if (issuer !== issuerOf(state)) throw new EntraError(50107, { detail: issuer })
  if (!(await isSignatureGood(assertion, id))) {
    throw new EntraError(50013, { detail: 'its signature is missing or not that of the federation server.' })
  }
  assertConditions(state, form, assertion)
  if (!state.assertionIds.use(id)) throw new EntraError(50013, { detail: 'it was used before.' })
  return { user: findUser(state, form, assertion) }
}

async function decodeAssertion(encoded: string): Promise<XmlElement> {
  if (!BASE64.test(encoded)) throw new EntraError(50008)
  try {
    return await parseXml(Buffer.from(encoded, 'base64').toString('utf8'))
  } catch (error) {
    if (error instanceof XmlError) throw new EntraError(50008)
    throw error
  }
}

function assertConditions(state: TenantState, { namespace, restriction }: Form, assertion: XmlElement): void {
  const conditions = childOf(assertion, namespace, 'Conditions')
  const restricted = childOf(conditions, namespace, restriction)
  const audiences = restricted ? elementsIn(restricted).map(textOf) : []
  if (!conditions || !audiences.includes(ENTRA_AUDIENCE)) {
    throw new EntraError(50013, { detail: 'it is not meant for this service.' })
  }
  const [from, until] = ['NotBefore', 'NotOnOrAfter'].map(name => Date.parse(attributeOf(conditions, name) ?? ''))
  const now = state.clock.now().getTime()
  // A comparison with a time that is none is false, and so the assertion is out of time.
  const isOfNow = Number(from) - CLOCK_SKEW_MS <= now && now < Number(until) + CLOCK_SKEW_MS
  if (!isOfNow) throw new EntraError(500133)
}

const CLOCK_SKEW_MS = 5 * 60 * 1000

function findUser(state: TenantState, form: Form, assertion: XmlElement): EmulatedUser {
  const claims = claimsIn(form, assertion)
  const immutableId = claims.get('ImmutableID')
  if (immutableId === undefined) throw new EntraError(90020)
  const user = state.users.find(candidate => candidate.kind === 'federated' && immutableIdOf(candidate) === immutableId)
  const upn = claims.get('UPN') ?? ''
  if (!user || user.username.toLowerCase() !== upn.toLowerCase()) throw new EntraError(90072, { detail: upn })
  return user
}

function claimsIn({ namespace, claimName }: Form, assertion: XmlElement): Map<string, string> {
  const statement = childOf(assertion, namespace, 'AttributeStatement')
  const attributes = statement ? elementsIn(statement).filter(child => isNamed(child, namespace, 'Attribute')) : []
  return new Map(
    attributes.map(attribute => [claimName(attribute) ?? '', textOf(childOf(attribute, namespace, 'AttributeValue'))]),
  )
}
