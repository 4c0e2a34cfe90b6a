/** The grants that the token endpoint knows, by grant type. */
import { authorizationCode } from './authorization-code.js'
import { deviceCode } from './device-code.js'
import type { Grant } from './grant.js'
import { password } from './password.js'
import { refreshToken } from './refresh-token.js'
import { samlBearer } from './saml-bearer.js'

export const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ['authorization_code', authorizationCode],
  ['refresh_token', refreshToken],
  ['password', password],
  ['urn:ietf:params:oauth:grant-type:device_code', deviceCode],
  // MSAL.NET, MSAL Java and msal-node leave the prefix out.
  ['device_code', deviceCode],
  ['urn:ietf:params:oauth:grant-type:saml1_1-bearer', samlBearer],
  ['urn:ietf:params:oauth:grant-type:saml2-bearer', samlBearer],
])
