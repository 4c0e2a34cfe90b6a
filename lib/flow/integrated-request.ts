/** The checked form of an integrated Windows authentication request. */

import { ClientError } from '../errors.js'
import { isServiceName } from '../http/negotiate/service-name.js'
import type { IntegratedWindowsAuthRequest, KerberosCredentials } from '../request/requests.js'
import { validScopes } from '../request/scopes.js'
import { optionalText, validCommon } from '../request/validate.js'
import type { KerberosOptions } from '../wstrust/negotiator.js'
import type { FederatedRequest } from './federated-token.js'
import { MAX_METADATA, MAX_USERNAME, wellFormed } from './password-request.js'

/** What the flow works from. */
export interface ValidIntegratedRequest extends FederatedRequest {
  /** `undefined`: the system is asked. */
  readonly username: string | undefined
  readonly desktopSso: boolean
  readonly servicePrincipalName: string | undefined
  readonly kerberos: KerberosOptions
  readonly allowNtlm: boolean
}

const MAX_NAME = 1_024
const MAX_PATH = 4_096
const KERBEROS_FIELDS = ['clientKeytab', 'credentialCache', 'principal'] as const

/**
 * Checks a request of acquireTokenByIntegratedWindowsAuth.
 *
 * @throws {ClientError} unknown_user – the user name is there, but empty.
 * @throws {ClientError} empty_scopes, invalid_request, invalid_json_claims_format – a field has the wrong shape.
 */
export function validIntegratedRequest(request: IntegratedWindowsAuthRequest): ValidIntegratedRequest {
  const common = validCommon(request)
  const { username, servicePrincipalName } = request
  if (typeof username === 'string' && username.trim() === '') {
    throw new ClientError('unknown_user', undefined, { correlationId: common.correlationId })
  }
  const service = optionalText(servicePrincipalName, 'servicePrincipalName', MAX_NAME)
  if (service !== undefined && !isServiceName(service)) {
    refuse('servicePrincipalName must have the form HTTP/<host>')
  }
  const name = optionalText(username, 'username', MAX_USERNAME)?.trim()
  return Object.freeze({
    ...common,
    scopes: validScopes(request.scopes),
    username: name === undefined ? undefined : wellFormed(name, 'username'),
    federationMetadata: optionalText(request.federationMetadata, 'federationMetadata', MAX_METADATA),
    desktopSso: flag(request.desktopSso, 'desktopSso', false),
    servicePrincipalName: service,
    kerberos: validKerberos(request.kerberos),
    allowNtlm: flag(request.allowNtlm, 'allowNtlm', true),
  })
}

function validKerberos(value: KerberosCredentials | undefined): KerberosOptions {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null) return refuse('kerberos must be an object')
  // They become C strings, which a zero would cut short, and UTF-8.
  const texts = KERBEROS_FIELDS.map(name => {
    const text = optionalText(value[name], `kerberos.${name}`, MAX_PATH)
    if (text?.includes('\0')) refuse(`kerberos.${name} has a zero in it`)
    return [name, text === undefined ? undefined : wellFormed(text, `kerberos.${name}`)] as const
  })
  return Object.freeze(Object.fromEntries(texts))
}

function flag(value: unknown, field: string, otherwise: boolean): boolean {
  if (value === undefined) return otherwise
  return typeof value === 'boolean' ? value : refuse(`${field} must be true or false`)
}

function refuse(message: string): never {
  throw new ClientError('invalid_request', message)
}
