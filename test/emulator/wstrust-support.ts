/** What the tests of the federation server share: requests for security tokens, and how answers are taken apart. */
import { randomUUID } from 'node:crypto'
import type { Answer, Emulation } from './support.js'

const TRUST = {
  '13': {
    ns: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
    keyType: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer',
  },
  '2005': {
    ns: 'http://schemas.xmlsoap.org/ws/2005/02/trust',
    keyType: 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
  },
}
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity'

export type Version = keyof typeof TRUST

/** A request as a client would write it; each part may be replaced. */
export interface Rst {
  version: Version
  to: string
  username?: string
  password?: string
  appliesTo?: string
  tokenType?: string
  keyType?: string
  action?: string
  /** Seconds from now. */
  created?: number
  expires?: number
  messageId?: string
  /** More header blocks. */
  header?: string
  /** Leaves the whole security header out. */
  withoutSecurity?: boolean
}

/** The message, with prefixes and ids of its own. */
export function rst(options: Rst): string {
  const {
    version,
    to,
    username = '',
    password = '',
    appliesTo = 'urn:federation:MicrosoftOnline',
    header = '',
  } = options
  const { ns } = TRUST[version]
  const {
    keyType = TRUST[version].keyType,
    action = `${ns}/RST/Issue`,
    messageId = `urn:uuid:${randomUUID()}`,
  } = options
  const time = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
  const security = `<sec:Security e:mustUnderstand="1" xmlns:sec="${WSS}-secext-1.0.xsd" xmlns:util="${WSS}-utility-1.0.xsd"
    ><util:Timestamp><util:Created>${time(options.created ?? 0)}</util:Created
    ><util:Expires>${time(options.expires ?? 600)}</util:Expires></util:Timestamp
    ><sec:UsernameToken util:Id="mine"><sec:Username>${escapeXml(username)}</sec:Username
    ><sec:Password>${escapeXml(password)}</sec:Password></sec:UsernameToken></sec:Security>`
  const tokenType = options.tokenType === undefined ? '' : `<tr:TokenType>${options.tokenType}</tr:TokenType>`
  return `<?xml version="1.0" encoding="utf-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:ad="http://www.w3.org/2005/08/addressing"
  ><e:Header><ad:Action e:mustUnderstand="1">${action}</ad:Action><ad:messageID>${messageId}</ad:messageID
  ><ad:To e:mustUnderstand="1">${escapeXml(to)}</ad:To>${options.withoutSecurity ? '' : security}${header}</e:Header
  ><e:Body><tr:RequestSecurityToken xmlns:tr="${ns}"
    ><pol:AppliesTo xmlns:pol="http://schemas.xmlsoap.org/ws/2004/09/policy"><ad:EndpointReference
      ><ad:Address>${appliesTo}</ad:Address></ad:EndpointReference></pol:AppliesTo
    >${tokenType}<tr:KeyType>${keyType}</tr:KeyType><tr:RequestType>${ns}/Issue</tr:RequestType
  ></tr:RequestSecurityToken></e:Body></e:Envelope>`
}

export const SOAP_TYPE = 'application/soap+xml; charset=utf-8'

/** Asks for an assertion by user name and password. */
export function askByPassword(emulation: Emulation, options: Partial<Rst> = {}): Promise<Answer> {
  const { tenant, user } = emulation
  const { version = '13' } = options
  const path = `/adfs/services/trust/${version}/usernamemixed`
  const { username, password } = user('joe')
  const body = rst({ version, to: `${tenant.origin}${path}`, username, password, ...options })
  return emulation.postText(path, body, SOAP_TYPE)
}

/** The assertion in an answer, byte for byte. */
export function assertionIn(answer: Answer): string {
  const assertion = /<saml:Assertion.*<\/saml:Assertion>/s.exec(answer.text)?.[0]
  if (assertion === undefined) throw new Error(`no assertion in ${answer.status} ${answer.text}`)
  return assertion
}

export const SAML_1_1 = 'urn:ietf:params:oauth:grant-type:saml1_1-bearer'
export const SAML_2_0 = 'urn:ietf:params:oauth:grant-type:saml2-bearer'

/** Brings an assertion to the token endpoint. */
export function redeem(emulation: Emulation, assertion: string, more: Record<string, string> = {}, segment?: string) {
  const form = {
    grant_type: SAML_1_1,
    assertion: Buffer.from(assertion).toString('base64'),
    scope: 'User.Read openid profile offline_access',
  }
  return emulation.token({ ...form, ...more }, segment)
}

/** The text of a fault, and its subcode's local name. */
export function faultIn(answer: Answer): { status: number; text: string | undefined; subcode: string | undefined } {
  return {
    status: answer.status,
    text: /<s:Text xml:lang="en-US">([^<]*)</.exec(answer.text)?.[1],
    subcode: /<s:Subcode><s:Value[^>]*>\w+:(\w+)</.exec(answer.text)?.[1],
  }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
