/** Enveloped XML signatures of assertions: RSA with SHA-256, exclusive canonicalization. */
import { createHash, sign, timingSafeEqual, verify } from 'node:crypto'
import { canonicalize } from '../xml/canonical.js'
import { attributeOf, childOf, elementsIn, isNamed, textOf, type XmlElement } from '../xml/parse.js'
import { element, textElement } from '../xml/write.js'
import { type AssertionKey, loadAssertionKey } from './assertion-key.js'
import { SIGNATURE } from './namespaces.js'
import type { UnsignedAssertion } from './saml.js'

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = `${SIGNATURE}enveloped-signature`
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/**
 * The assertion with its signature in it. What is signed is the text as written, so it must be in canonical form.
 *
 * @see [XML Signature § 6.6.4](https://www.w3.org/TR/xmldsig-core1/#sec-EnvelopedSignature) enveloped signatures
 */
export async function signAssertion({ id, parts }: UnsignedAssertion): Promise<string> {
  const key = await loadAssertionKey()
  const [before, after] = parts
  const algorithm = (name: string, Algorithm: string, ...children: string[]) =>
    element(name, { Algorithm }, ...(children.length > 0 ? children : ['']))
  const reference = element(
    'ds:Reference',
    { URI: `#${id}` },
    element('ds:Transforms', {}, algorithm('ds:Transform', ENVELOPED), algorithm('ds:Transform', EXCLUSIVE)),
    algorithm('ds:DigestMethod', SHA256),
    textElement('ds:DigestValue', digest(before + after).toString('base64')),
  )
  const signedInfo = (attributes: { 'xmlns:ds'?: string }) =>
    element(
      'ds:SignedInfo',
      attributes,
      algorithm('ds:CanonicalizationMethod', EXCLUSIVE),
      algorithm('ds:SignatureMethod', RSA_SHA256),
      reference,
    )
  // It is signed as if it stood alone, and so with the declaration that in the assertion its parent has.
  const value = sign('sha256', Buffer.from(signedInfo({ 'xmlns:ds': SIGNATURE })), key.privateKey)
  const certificate = textElement('ds:X509Certificate', key.certificate)
  const signature = element(
    'ds:Signature',
    { 'xmlns:ds': SIGNATURE },
    signedInfo({}),
    textElement('ds:SignatureValue', value.toString('base64')),
    element('ds:KeyInfo', {}, element('ds:X509Data', {}, certificate)),
  )
  return before + signature + after
}

/** Is the assertion signed with the key of the federation server, as a whole and by these algorithms? */
export async function isSignatureGood(assertion: XmlElement, id: string): Promise<boolean> {
  const key = await loadAssertionKey()
  const signature = childOf(assertion, SIGNATURE, 'Signature')
  const signedInfo = childOf(signature, SIGNATURE, 'SignedInfo')
  if (!signature || !signedInfo) return false
  return isWholeAssertionSigned(signedInfo, assertion, signature, id) && isKeyGood(key, signedInfo, signature)
}

function isWholeAssertionSigned(
  signedInfo: XmlElement,
  assertion: XmlElement,
  signature: XmlElement,
  id: string,
): boolean {
  const references = elementsIn(signedInfo).filter(child => isNamed(child, SIGNATURE, 'Reference'))
  const [reference] = references
  // A second reference, or one to another element, is how signatures are wrapped around what was never signed.
  if (!reference || references.length > 1 || attributeOf(reference, 'URI') !== `#${id}`) return false
  const transforms = childOf(reference, SIGNATURE, 'Transforms')
  const asked = (transforms ? elementsIn(transforms) : []).map(transform => attributeOf(transform, 'Algorithm'))
  if (asked.join(' ') !== `${ENVELOPED} ${EXCLUSIVE}`) return false
  if (algorithmOf(reference, 'DigestMethod') !== SHA256) return false
  const claimed = Buffer.from(textOf(childOf(reference, SIGNATURE, 'DigestValue')), 'base64')
  const actual = digest(canonicalize(assertion, signature))
  return claimed.length === actual.length && timingSafeEqual(claimed, actual)
}

function isKeyGood(key: AssertionKey, signedInfo: XmlElement, signature: XmlElement): boolean {
  if (algorithmOf(signedInfo, 'SignatureMethod') !== RSA_SHA256) return false
  if (algorithmOf(signedInfo, 'CanonicalizationMethod') !== EXCLUSIVE) return false
  const value = Buffer.from(textOf(childOf(signature, SIGNATURE, 'SignatureValue')), 'base64')
  return verify('sha256', Buffer.from(canonicalize(signedInfo)), key.publicKey, value)
}

function algorithmOf(parent: XmlElement, name: string): string | undefined {
  const method = childOf(parent, SIGNATURE, name)
  return method && attributeOf(method, 'Algorithm')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
