/** What a federation server says when it refuses: the text, and the code that says more than the text. */
import { oneLine } from '../errors.js'
import { PASSPORT_FAULT, SOAP_11, SOAP_12 } from './namespaces.js'
import { childOf, firstWithin, type XmlElement } from './xml.js'

/** A refusal. */
export interface SoapFault {
  /** In the words of the server, on one line; may be empty. */
  readonly text: string
  /** The innermost code without its prefix, as `FailedAuthentication`. */
  readonly code: string | undefined
}

const MAX_TEXT = 1_000

/**
 * Finds the fault in an answer, of SOAP 1.2 or of SOAP 1.1.
 *
 * Sample: `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>a:FailedAuthentication</s:Value></s:Subcode></s:Code><s:Reason><s:Text>ID3242: …</s:Text></s:Reason></s:Fault>`
 *
 * @see [SOAP 1.2 § 5.4](https://www.w3.org/TR/soap12-part1/#soapfault)
 */
export function findFault(root: XmlElement): SoapFault | undefined {
  const fault = firstWithin(root, SOAP_12, 'Fault')
  if (fault !== undefined) {
    const reason = childOf(fault, SOAP_12, 'Reason')
    return { text: textOf(microsoftText(fault) ?? childOf(reason, SOAP_12, 'Text')), code: codeOf(fault) }
  }
  const old = firstWithin(root, SOAP_11, 'Fault')
  if (old === undefined) return undefined
  return {
    text: textOf(microsoftText(old) ?? childOf(old, '', 'faultstring')),
    code: local(childOf(old, '', 'faultcode')),
  }
}

/** Seamless SSO gives its AADSTS number here; the reason is always "Authentication Failure". */
function microsoftText(fault: XmlElement): XmlElement | undefined {
  const text = firstWithin(fault, PASSPORT_FAULT, 'text')
  return text !== undefined && text.text.trim() !== '' ? text : undefined
}

function codeOf(fault: XmlElement): string | undefined {
  let code = childOf(fault, SOAP_12, 'Code')
  for (let inner = code; inner !== undefined; inner = childOf(inner, SOAP_12, 'Subcode')) code = inner
  return local(childOf(code, SOAP_12, 'Value'))
}

function local(value: XmlElement | undefined): string | undefined {
  return textOf(value).replace(/^[^:]*:/, '') || undefined
}

function textOf(element: XmlElement | undefined): string {
  return oneLine((element?.text ?? '').replace(/\s+/g, ' ')).slice(0, MAX_TEXT)
}
