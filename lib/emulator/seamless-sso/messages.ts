/** The messages of seamless single sign-on: a token that only Entra can read, and faults with an AADSTS number. */
import type { EntraError } from '../entra-error.js'
import { faultMessage } from '../wstrust/fault.js'
import { ENTRA_AUDIENCE, PASSPORT_FAULT, SAML_11, TRUST_2005 } from '../wstrust/namespaces.js'
import { writeResponse } from '../wstrust/response.js'
import { element, textElement } from '../xml/write.js'
import { DESKTOP_TOKEN_LIFE_MS } from './desktop-tokens.js'

/** Codes of Microsoft's sign-in assistants: the sign-in failed, and why. */
const SIGN_IN_FAILED = '0x80048821'
const BAD_REQUEST = '0x80041012'

/** The answer with a token: an assertion that asserts nothing and is not signed. */
export function tokenMessage(token: string, created: Date, relatesTo: string | undefined): string {
  const assertion = element('saml:Assertion', { 'xmlns:saml': SAML_11 }, textElement('DesktopSsoToken', token))
  return writeResponse({
    version: '2005',
    relatesTo,
    appliesTo: ENTRA_AUDIENCE,
    created,
    expires: new Date(created.getTime() + DESKTOP_TOKEN_LIFE_MS),
    token: assertion,
    tokenType: SAML_11,
    reference: undefined,
    timestamp: false,
  })
}

/** A fault whose own text says nothing, and whose detail says what Entra means. */
export function errorMessage(error: EntraError, relatesTo: string | undefined): string {
  const inner = element(
    'psf:internalerror',
    {},
    textElement('psf:code', BAD_REQUEST),
    textElement('psf:text', error.message),
  )
  const detail = element('psf:error', { 'xmlns:psf': PASSPORT_FAULT }, textElement('psf:value', SIGN_IN_FAILED), inner)
  return faultMessage({
    subcode: { local: 'FailedAuthentication', uri: TRUST_2005 },
    text: 'Authentication Failure',
    relatesTo,
    detail,
  })
}
