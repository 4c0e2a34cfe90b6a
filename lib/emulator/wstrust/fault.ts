/** SOAP faults in the words of AD FS. */
import { element, escapeText, textElement } from '../xml/write.js'
import { ADDRESSING, SECURITY, SOAP, TRUST_13, TRUST_2005 } from './namespaces.js'
import type { WsTrustVersion } from './versions.js'

/** A fault by the number that its text starts with. */
export type FaultName =
  | 'ID3034'
  | 'ID3082'
  | 'ID3242'
  | 'MSIS3126'
  | 'MSIS3127'
  | 'MSIS7012'
  | 'MSIS7068'
  | 'InvalidSecurity'
  | 'ActionNotSupported'
  | 'DestinationUnreachable'

interface FaultEntry {
  /** The text after the number. */
  readonly text: string
  readonly subcode: string
  /** The namespace of the subcode; `trust` is that of the request's version. */
  readonly namespace: string
}

const TRUST = 'trust'

/** By name. The pairing of texts and codes is AD FS's. */
export const FAULTS: Readonly<Record<FaultName, FaultEntry>> = {
  ID3034: { text: 'The caller could not be authenticated.', subcode: 'FailedAuthentication', namespace: SECURITY },
  ID3082: {
    text: 'The request scope is not valid or is unsupported.',
    subcode: 'InvalidScope',
    namespace: TRUST,
  },
  ID3242: {
    text: 'The security token could not be authenticated or authorized.',
    subcode: 'FailedAuthentication',
    namespace: SECURITY,
  },
  MSIS3126: { text: 'Access denied.', subcode: 'RequestDenied', namespace: TRUST },
  MSIS3127: { text: 'The specified request failed.', subcode: 'RequestFailed', namespace: TRUST },
  MSIS7012: { text: 'The request could not be processed.', subcode: 'RequestFailed', namespace: TRUST },
  MSIS7068: { text: 'Access denied.', subcode: 'FailedAuthentication', namespace: TRUST_2005 },
  InvalidSecurity: {
    text: 'An error occurred when verifying security for the message.',
    subcode: 'InvalidSecurity',
    namespace: SECURITY,
  },
  ActionNotSupported: {
    text: 'The message has an action that this endpoint does not know.',
    subcode: 'ActionNotSupported',
    namespace: ADDRESSING,
  },
  DestinationUnreachable: {
    text: 'The message is addressed to another endpoint than the one it came to.',
    subcode: 'DestinationUnreachable',
    namespace: ADDRESSING,
  },
}

/** A request that is refused; whoever answers it writes the envelope. */
export class SoapFault extends Error {
  readonly fault: FaultName

  constructor(fault: FaultName) {
    super(faultText(fault))
    this.name = 'SoapFault'
    this.fault = fault
  }
}

/** The sentence of a fault, which starts with its number where it has one. */
export function faultText(name: FaultName): string {
  const { text } = FAULTS[name]
  return /^[A-Z]+\d+$/.test(name) ? `${name}: ${text}` : text
}

/**
 * The envelope of a fault.
 *
 * @see [SOAP 1.2 § 5.4](https://www.w3.org/TR/soap12-part1/#soapfault)
 */
export function faultEnvelope(name: FaultName, version: WsTrustVersion, relatesTo: string | undefined): string {
  const { subcode, namespace } = FAULTS[name]
  const uri = namespace === TRUST ? (version === '13' ? TRUST_13 : TRUST_2005) : namespace
  return faultMessage({ subcode: { local: subcode, uri }, text: faultText(name), relatesTo })
}

/** The parts of a fault message. */
export interface FaultParts {
  readonly subcode: { readonly local: string; readonly uri: string }
  readonly text: string
  readonly relatesTo: string | undefined
  /** The content of `s:Detail`, XML. Default none. */
  readonly detail?: string
}

/** The message of any fault. */
export function faultMessage({ subcode, text, relatesTo, detail }: FaultParts): string {
  const value = element('s:Value', { 'xmlns:a': subcode.uri }, `a:${subcode.local}`)
  const code = element('s:Code', {}, textElement('s:Value', 's:Sender'), element('s:Subcode', {}, value))
  const reason = element('s:Reason', {}, element('s:Text', { 'xml:lang': 'en-US' }, escapeText(text)))
  const fault = element('s:Fault', {}, code, reason, detail === undefined ? '' : element('s:Detail', {}, detail))
  const action = element('a:Action', { 's:mustUnderstand': '1' }, `${ADDRESSING}/soap/fault`)
  const relation = relatesTo === undefined ? '' : textElement('a:RelatesTo', relatesTo)
  return element(
    's:Envelope',
    { 'xmlns:s': SOAP, 'xmlns:a': ADDRESSING },
    element('s:Header', {}, action, relation),
    element('s:Body', {}, fault),
  )
}
