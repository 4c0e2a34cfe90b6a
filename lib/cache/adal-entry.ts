/** One entry of an ADAL v3 cache: what it says, and how a new one is written. */
import { homeAccountIdOf, parseClientInfo } from '../token/client-info.js'

/**
 * An entry with what look-ups ask of it, read when it is first asked for. Texts are empty where the entry does not say it.
 * One that cannot be understood has no refresh token, and so is kept and never used.
 */
export class AdalEntry {
  /** The entry as it is stored, lengths included: it is written back as it came. */
  readonly raw: Uint8Array
  readonly #key: string
  readonly #value: string
  #read: AdalFields | undefined

  /** `key` is `authority:::resource:::client:::subject type`, `value` JSON. */
  constructor(raw: Uint8Array, key: string, value: string) {
    this.raw = raw
    this.#key = key
    this.#value = value
  }

  get fields(): AdalFields {
    this.#read ??= readFields(this.#key, this.#value)
    return this.#read
  }
}

/** What is read of an entry. Host, client and names of the user are in lower case. */
export interface AdalFields {
  readonly host: string
  readonly authority: string
  readonly resource: string
  readonly clientId: string
  /** True when any client may redeem the refresh token without a secret. */
  readonly isUsers: boolean
  readonly uniqueId: string
  /** User name as it is stored. */
  readonly username: string
  readonly name: string
  readonly tenantId: string
  readonly refreshToken: string
  /** True when ADAL would use the refresh token for any resource. */
  readonly isForAnyResource: boolean
  /** Home account ID in lower case; empty where it is not known. */
  readonly homeAccountId: string
}

type Json = { readonly [member: string]: unknown }

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const USER = '0'

function readFields(key: string, value: string): AdalFields {
  const [authority = '', resource = '', clientId = '', subjectType = ''] = key.split(':::')
  const root = objectIn(value)
  const result = memberOf(root, 'Result')
  const user = memberOf(result, 'UserInfo')
  const url = URL.canParse(authority) ? new URL(authority) : undefined
  const uniqueId = textOf(user, 'UniqueId').toLowerCase()
  const tenantId = (textOf(result, 'TenantId') || url?.pathname.split('/')[1] || '').toLowerCase()
  return {
    host: url?.host ?? '',
    authority,
    resource,
    clientId: clientId.toLowerCase(),
    isUsers: subjectType === USER,
    uniqueId,
    username: textOf(user, 'DisplayableId'),
    name: [textOf(user, 'GivenName'), textOf(user, 'FamilyName')].filter(Boolean).join(' '),
    tenantId,
    refreshToken: textOf(root, 'RefreshToken'),
    isForAnyResource: textOf(root, 'ResourceInResponse').trim() !== '',
    homeAccountId: homeOf(textOf(root, 'RawClientInfo'), uniqueId, tenantId, textOf(user, 'IdentityProvider')),
  }
}

/** ADAL v3 keeps no client info. A user who is at home in the tenant has one ID everywhere; a guest's other one is unknown. */
function homeOf(clientInfo: string, uniqueId: string, tenantId: string, identityProvider: string): string {
  const info = parseClientInfo(clientInfo)
  if (info !== undefined) return homeAccountIdOf(info).toLowerCase()
  const isGuest = identityProvider !== '' && !identityProvider.toLowerCase().includes(tenantId)
  return uniqueId !== '' && GUID.test(tenantId) && !isGuest ? `${uniqueId}.${tenantId}` : ''
}

function objectIn(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

function memberOf(of: Json | undefined, name: string): Json | undefined {
  return asObject(of?.[name])
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined
}

function textOf(of: Json | undefined, name: string): string {
  const value = of?.[name]
  return typeof value === 'string' ? value : ''
}

/** What a new entry is made of. */
export interface AdalTokens {
  /** `https://<host>/<tenant>/`. */
  readonly authority: string
  readonly scopes: readonly string[]
  readonly clientId: string
  readonly uniqueId: string
  readonly username: string
  readonly clientInfo: string
  readonly refreshToken: string
}

/**
 * The key and the value of an entry in the form of MSAL.NET up to 4.7, which is the last that ADAL v3 can use for any
 * resource: members in alphabetical order, none left out, and the slash escaped.
 */
export function buildAdalEntry(tokens: AdalTokens): { readonly key: string; readonly value: string } {
  // Of MSAL.NET's own: an entry has only a refresh token, for the scopes in the place of a resource.
  const resource = tokens.scopes.join(' ')
  const never = { DateTime: '/Date(-62135596800000)/', OffsetMinutes: 0 }
  const value = {
    RawClientInfo: tokens.clientInfo,
    RefreshToken: tokens.refreshToken,
    ResourceInResponse: resource,
    Result: {
      AccessToken: null,
      AccessTokenType: null,
      ExpiresOn: never,
      ExtendedExpiresOn: never,
      ExtendedLifeTimeToken: false,
      IdToken: null,
      TenantId: null,
      UserInfo: {
        DisplayableId: tokens.username,
        FamilyName: null,
        GivenName: null,
        IdentityProvider: null,
        PasswordChangeUrl: null,
        PasswordExpiresOn: null,
        UniqueId: tokens.uniqueId,
      },
    },
    UserAssertionHash: null,
  }
  const key = [tokens.authority, resource, tokens.clientId, USER].join(':::')
  return { key, value: JSON.stringify(value).replaceAll('/', '\\/') }
}
