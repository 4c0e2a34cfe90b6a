/** The namespaces and fixed addresses of WS-Trust messages. */

export const SOAP = 'http://www.w3.org/2003/05/soap-envelope'
export const ADDRESSING = 'http://www.w3.org/2005/08/addressing'
/** What addresses of messages were before {@link ADDRESSING}; AD FS names it in its policies only. */
export const ADDRESSING_2004 = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
export const POLICY = 'http://schemas.xmlsoap.org/ws/2004/09/policy'
export const SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
export const UTILITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
export const TRUST_13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512'
export const TRUST_2005 = 'http://schemas.xmlsoap.org/ws/2005/02/trust'
export const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'
export const SAML_11 = 'urn:oasis:names:tc:SAML:1.0:assertion'
export const SAML_20 = 'urn:oasis:names:tc:SAML:2.0:assertion'
/** The faults of Microsoft's own sign-in services. */
export const PASSPORT_FAULT = 'http://schemas.microsoft.com/Passport/SoapServices/SOAPFault'

/** The relying party that Entra is to a federation server. */
export const ENTRA_AUDIENCE = 'urn:federation:MicrosoftOnline'
