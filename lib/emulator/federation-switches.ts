/** The switches of the organization's own sign-in: its federation server, and seamless single sign-on. */

/** An address of the federation server's WS-Trust service, after `/adfs/services/trust/`. */
export type TrustEndpoint = '2005/usernamemixed' | '13/usernamemixed' | '2005/windowstransport' | '13/windowstransport'

/** All of them. */
export const TRUST_ENDPOINTS: readonly TrustEndpoint[] = [
  '2005/usernamemixed',
  '13/usernamemixed',
  '2005/windowstransport',
  '13/windowstransport',
]

/** How the federation server differs from the usual; each has a default. */
export interface FederationSwitches {
  /**
   * Who the federation server is. `adfs`: AD FS · `thirdParty`: another make, whose metadata has other prefixes and more nesting, and
   * whose addresses are elsewhere and have query strings. Default `adfs`.
   */
  server?: 'adfs' | 'thirdParty'
  /** The scheme of the metadata address in the user realm; clients must refuse `http`. Default `https`. */
  metadataScheme?: 'https' | 'http'
  /**
   * The metadata document. `whole` · `httpAddresses`: each endpoint has an http address, which clients must not use ·
   * `malformed`: it breaks off in the middle · `doctype`: it starts with a DOCTYPE whose entities grow ·
   * `noEndpoints`: its service has no port that anybody can sign in at. Default `whole`.
   */
  metadata?: 'whole' | 'httpAddresses' | 'malformed' | 'doctype' | 'noEndpoints'
  /** Endpoints that are switched off: absent from the metadata, and 503 when they are asked. Default none. */
  disabledEndpoints?: TrustEndpoint[]
  /** The assertion of requests that ask for no token type. Default `1.1`. */
  samlVersion?: '1.1' | '2.0'
  /** What the answer calls the token type. Default: the assertion's namespace. */
  tokenType?: string
  /** `inherited`: the prefix of the assertion is declared on the envelope, and not on the assertion. Default `own`. */
  assertionPrefix?: 'own' | 'inherited'
  /** `broken`: what was signed is not what is sent · `none`: nothing is signed. Entra takes neither. Default `good`. */
  signature?: 'good' | 'broken' | 'none'
  /** The schemes that Windows authentication offers, in this order. Default both. */
  schemes?: ('Negotiate' | 'NTLM')[]
  /**
   * What channel bindings count for, as AD FS's `ExtendedProtectionTokenCheck` has it. `allow`: a token that is bound to another channel is
   * refused · `require`: one that is bound to none, too · `off`: they are not looked at. Default `allow`.
   */
  extendedProtection?: 'off' | 'allow' | 'require'
  /** Whom the scripted acceptor takes the Windows user for. Default: the first federated user, at the seamless sign-on the first managed one. */
  windowsUser?: string
  /** Does the scripted acceptor believe the Windows user? Default `accept`. */
  windowsVerdict?: 'accept' | 'refuse'
  /** SPNEGO tokens that the scripted acceptor wants before it believes. Default 1, as with Kerberos. */
  negotiateLegs?: number
  /** The scripted acceptor proves itself with a token in the last answer. Default true. */
  mutualToken?: boolean
  /**
   * Seamless single sign-on of managed users. `off`: AADSTS81007 · `direct`: its endpoint works, the user realm does not tell of it ·
   * `asked`: the realm of a client that asks with `iwa=v2` names it too, as `Federated` · `always`: of any client. Default `off`.
   */
  seamlessSso?: 'off' | 'direct' | 'asked' | 'always'
  /** Whom an assertion is for, whatever was asked; Entra takes none for others. Default: who was asked for. */
  audience?: string
  /** Life of an assertion. Default 3600. */
  assertionLifetimeSeconds?: number
}
