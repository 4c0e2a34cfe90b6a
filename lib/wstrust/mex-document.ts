/** What a federation server says about itself (its MEX document): at which addresses it gives tokens for what proof. */
import {
  ADDRESSING,
  HTTP_POLICY,
  POLICY,
  SECURITY_POLICIES,
  SECURITY_UTILITY,
  WS_TRUST,
  WSDL,
  WSDL_SOAP_12,
  type WsTrustVersion,
} from './namespaces.js'
import { allWithin, attributeOf, childOf, childrenOf, firstWithin, parseXml, type XmlElement, XmlError } from './xml.js'

/** How a user proves who they are: by what the system knows (`windowstransport`), or by a password (`usernamemixed`). */
export type Proof = 'windows' | 'password'

/** One address of a federation server. */
export interface WsTrustEndpoint {
  /** https. */
  readonly url: URL
  readonly version: WsTrustVersion
  readonly proof: Proof
}

/** What a document offers, in its order, and how much of it was passed over for not being https. */
export interface FederationServer {
  readonly endpoints: readonly WsTrustEndpoint[]
  readonly insecure: number
}

interface Binding {
  readonly version: WsTrustVersion
  readonly proofs: ReadonlySet<Proof>
}

const SOAP_OVER_HTTP = 'http://schemas.xmlsoap.org/soap/http'
const SIGNED_TOKENS = ['SignedEncryptedSupportingTokens', 'SignedSupportingTokens']

/**
 * Reads the document: policies say what proof is asked for, bindings name a policy, ports give a binding an address.
 *
 * `location` is where the document came from, which addresses may be relative to.
 *
 * @throws {XmlError} not XML, or without policies, bindings or a service.
 * @see [WS-MetadataExchange](https://www.w3.org/Submission/WS-MetadataExchange/), [WSDL 1.1](https://www.w3.org/TR/wsdl)
 */
export function parseMexDocument(text: string, location?: URL): FederationServer {
  const { root } = parseXml(text)
  const bindings = readBindings(root, readPolicies(root))
  const endpoints: WsTrustEndpoint[] = []
  let insecure = 0
  for (const port of portsOf(root)) {
    const binding = bindings.get(localName(attributeOf(port, 'binding')))
    const url = binding === undefined ? undefined : addressOf(port, location)
    if (binding === undefined || url === undefined) continue
    if (url.protocol !== 'https:') insecure++
    else for (const proof of binding.proofs) endpoints.push({ url, version: binding.version, proof })
  }
  return { endpoints, insecure }
}

/** The address for this proof: the first of WS-Trust 1.3, else the first of 2005. */
export function chooseEndpoint({ endpoints }: FederationServer, proof: Proof): WsTrustEndpoint | undefined {
  const suitable = endpoints.filter(endpoint => endpoint.proof === proof)
  return suitable.find(({ version }) => version === '1.3') ?? suitable[0]
}

/** What each policy asks for, by its id; those that do are few, most ask for certificates or for tokens of others. */
function readPolicies(root: XmlElement): ReadonlyMap<string, ReadonlySet<Proof>> {
  const ofRoot = childrenOf(root, POLICY, 'Policy')
  // Other makers put them, and all the rest, further down.
  const policies = ofRoot.length > 0 ? ofRoot : [...allWithin(root, POLICY, 'Policy')]
  if (policies.length === 0) throw new XmlError('has no policy')
  const byId = new Map<string, ReadonlySet<Proof>>()
  // Policies may stand in one another, and an alternative then in many of them: it is read once.
  const known = new Map<XmlElement, readonly Proof[]>()
  for (const policy of policies) {
    const id = attributeOf(policy, 'Id', SECURITY_UTILITY)
    const proofs = proofsOf(policy, known)
    if (id !== undefined && proofs.size > 0 && !byId.has(id)) byId.set(id, proofs)
  }
  return byId
}

function proofsOf(policy: XmlElement, known: Map<XmlElement, readonly Proof[]>): Set<Proof> {
  const proofs = new Set<Proof>()
  const choice = childOf(policy, POLICY, 'ExactlyOne')
  const isOverTls = SECURITY_POLICIES.some(namespace => firstWithin(policy, namespace, 'TransportBinding'))
  if (choice === undefined || !isOverTls) return proofs
  for (const alternative of allWithin(choice, POLICY, 'All')) {
    const asked = known.get(alternative) ?? proofsIn(alternative)
    known.set(alternative, asked)
    for (const proof of asked) proofs.add(proof)
  }
  return proofs
}

function proofsIn(alternative: XmlElement): Proof[] {
  const proofs: Proof[] = []
  if (childOf(alternative, HTTP_POLICY, 'NegotiateAuthentication')) proofs.push('windows')
  if (asksForPassword(alternative)) proofs.push('password')
  return proofs
}

/** Both versions of the namespace at every level: AD FS mixes them, and others mix them differently. */
function asksForPassword(alternative: XmlElement): boolean {
  const within = (elements: readonly XmlElement[], names: readonly string[]) =>
    elements
      .flatMap(({ children }) => children)
      .filter(({ namespace, name }) => names.includes(name) && SECURITY_POLICIES.includes(namespace))
  const policiesIn = (elements: readonly XmlElement[]) =>
    elements.flatMap(element => childrenOf(element, POLICY, 'Policy'))
  const tokens = within(policiesIn(within([alternative], SIGNED_TOKENS)), ['UsernameToken'])
  return within(policiesIn(tokens), ['WssUsernameToken10']).length > 0
}

function readBindings(
  root: XmlElement,
  policies: ReadonlyMap<string, ReadonlySet<Proof>>,
): ReadonlyMap<string, Binding> {
  const bindings = new Map<string, Binding>()
  let isAny = false
  for (const element of allWithin(root, WSDL, 'binding')) {
    isAny = true
    const name = attributeOf(element, 'name')
    const version = versionOf(element)
    const proofs = new Set<Proof>()
    for (const reference of childrenOf(element, POLICY, 'PolicyReference')) {
      const id = attributeOf(reference, 'URI')?.replace(/^#/, '') ?? ''
      for (const proof of policies.get(id) ?? []) proofs.add(proof)
    }
    if (name === undefined || version === undefined || proofs.size === 0 || bindings.has(name)) continue
    bindings.set(name, { version, proofs })
  }
  if (!isAny) throw new XmlError('has no binding')
  return bindings
}

function versionOf(binding: XmlElement): WsTrustVersion | undefined {
  const transport = childOf(binding, WSDL_SOAP_12, 'binding')
  if (transport === undefined || attributeOf(transport, 'transport') !== SOAP_OVER_HTTP) return undefined
  for (const operation of childrenOf(binding, WSDL, 'operation')) {
    const soap = childOf(operation, WSDL_SOAP_12, 'operation')
    const action = soap && attributeOf(soap, 'soapAction')?.toLowerCase()
    for (const version of ['1.3', '2005'] as const) {
      if (action === WS_TRUST[version].issueAction.toLowerCase()) return version
    }
  }
  return undefined
}

function portsOf(root: XmlElement): XmlElement[] {
  const services = [...allWithin(root, WSDL, 'service')]
  if (services.length === 0) throw new XmlError('has no service')
  return services.flatMap(service => childrenOf(service, WSDL, 'port'))
}

/** `undefined` for what is no address: one port that nobody can use must not hide the others. */
function addressOf(port: XmlElement, location: URL | undefined): URL | undefined {
  const reference = childOf(port, ADDRESSING, 'EndpointReference')
  const address = childOf(reference, ADDRESSING, 'Address')?.text.trim() ?? ''
  if (address === '' || !URL.canParse(address, location?.href)) return undefined
  const url = new URL(address, location?.href)
  url.hash = ''
  // No credential of somebody else's goes along.
  return url.username === '' && url.password === '' ? url : undefined
}

function localName(name = ''): string {
  return name.slice(name.indexOf(':') + 1)
}
