/** A token credential for the Azure SDKs and Microsoft Graph clients; published as `latchkey/azure`. */
/// <reference types="node" preserve="true" />

export { tokenCredential } from './token-credential.js'
export type {
  AbortSignalLike,
  AccessToken,
  GetTokenOptions,
  SilentApplication,
  TokenCredential,
  TokenCredentialOptions,
  TokenRequest,
} from './types.js'
