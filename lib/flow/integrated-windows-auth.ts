/** Integrated Windows authentication: the user whom the system knows, without a prompt or a password. */
import { hasUserRealms, type UserRealm } from '../authority/user-realm.js'
import { ClientError, ServiceError } from '../errors.js'
import { requireCapability } from '../native/addon.js'
import type { NativeDevice, NativeNegotiate } from '../native/contract.js'
import type { AuthenticationResult } from '../request/result.js'
import type { WsTrustEndpoint } from '../wstrust/mex-document.js'
import { createNegotiator, servicePrincipalNameOf } from '../wstrust/negotiator.js'
import { Steps } from '../wstrust/steps.js'
import { freshResult } from './authentication-result.js'
import { currentUser } from './current-user.js'
import { endpointFor, exchangeFederatedToken, type FederatedUser, forgetRealmOf } from './federated-token.js'
import type { FlowContext } from './flow-context.js'
import type { ValidIntegratedRequest } from './integrated-request.js'
import { assertOrganizational } from './organizational-authority.js'
import { checkTokens, saveTokens } from './save-tokens.js'
import { targetForLookUp, targetForRequest } from './target.js'
import { realmOf } from './user-realm-step.js'

const WHAT = 'Integrated Windows authentication'

/**
 * Signs in the user of this machine: realm, federation metadata, a Negotiate exchange, then the token endpoint.
 *
 * @throws {ClientError} integrated_windows_authentication_failed – the authority is of another kind than Entra.
 * @throws {ClientError} invalid_request – the authority is common or consumers.
 * @throws {ClientError} unknown_user, get_user_name_failed, … – as listed at currentUser.
 * @throws {ClientError} unknown_user_type, user_realm_discovery_failed – nobody knows where this user signs in.
 * @throws {ClientError} integrated_windows_auth_not_supported_managed_user – the user has no federation server.
 * @throws {ClientError} missing_federation_metadata_url, wstrust_endpoint_not_found, … – as listed at findWsTrustEndpoint.
 * @throws {ClientError} parsing_wstrust_response_failed, negotiate_no_credentials, … – as listed at issueToken.
 * @throws {InteractionRequiredError} the service's error – a second factor, missing consent.
 * @throws {ServiceError} or {ClientError} as listed at fetchToken and checkTokens.
 * @see [RFC 4559](https://www.rfc-editor.org/rfc/rfc4559)
 */
export async function acquireTokenByIntegratedWindowsAuth(
  context: FlowContext,
  request: ValidIntegratedRequest,
): Promise<AuthenticationResult> {
  const { correlationId } = request
  assertHasFederation(context, request)
  const steps = new Steps(context.logger)
  const { target, tokens } = await steps.during(request.signal, async () => {
    const addon = context.native()
    const native = requireCapability(addon, 'negotiate')
    const system = { native, device: addon.device, steps }
    const username = request.username ?? (await whoIsSignedIn(context, request, system))
    const target = await targetForRequest(context, request)
    const { desktopSso } = request
    const realm = await realmOf(context, request, { username, target, desktopSso, steps }).catch(error => {
      throw request.username === undefined ? withWhereTheNameIsFrom(error, username, correlationId) : error
    })
    const user: FederatedUser = { username, realm, target, desktopSso, steps }
    const endpoint =
      realm.accountType === 'federated'
        ? await endpointFor(context, request, user, 'windows')
        : desktopSsoEndpoint(context, request, user)
    return { target, tokens: await negotiate(context, request, { user, endpoint, native }) }
  })
  const answered = { target, tokens, request, account: undefined }
  checkTokens(context, answered)
  await saveTokens(context, answered, { signal: request.signal })
  return freshResult(answered)
}

function assertHasFederation(context: FlowContext, request: ValidIntegratedRequest): void {
  const { authority } = targetForLookUp(context, request)
  const { correlationId } = request
  if (!hasUserRealms(authority)) {
    throw new ClientError(
      'integrated_windows_authentication_failed',
      `${WHAT} is not possible with an authority of this kind (${authority.kind})`,
      {
        correlationId,
        hint: 'Use an authority of Entra, https://login.microsoftonline.com/<tenant>, or acquireTokenInteractive.',
      },
    )
  }
  assertOrganizational(authority, WHAT, correlationId)
}

interface System {
  readonly native: NativeNegotiate
  readonly device: NativeDevice | undefined
  readonly steps: Steps
}

async function whoIsSignedIn(
  context: FlowContext,
  { kerberos, correlationId, signal }: ValidIntegratedRequest,
  { native, device, steps }: System,
): Promise<string> {
  const username = await currentUser(context, { native, device, kerberos, correlationId, signal })
  steps.add(`user name: from the system, in the domain ${domainOf(username)}`, 'user name: from the system')
  return username
}

/** The realm of a ticket need not be a domain that the tenant has verified. */
function withWhereTheNameIsFrom(error: unknown, username: string, correlationId: string): unknown {
  if (!(error instanceof ClientError) || !isAboutTheName(error)) return error
  return new ClientError(
    error.code as 'unknown_user_type',
    `${error.message} The user name was taken from the Kerberos ticket or from Windows; the service may not know its domain, ${domainOf(username)}.`,
    {
      correlationId,
      cause: error,
      hint: 'Pass username: the user principal name that the user has at the service, such as joe@contoso.com.',
    },
  )
}

/** A page in the place of the realm is about the network, and says so itself. */
function isAboutTheName({ code, cause }: ClientError): boolean {
  if (code === 'unknown_user_type') return true
  return code === 'user_realm_discovery_failed' && cause instanceof ServiceError && (cause.status ?? 0) >= 400
}

/** The address of seamless single sign-on, which the service's own pages use too. Inferred: no MSAL asks there. */
function desktopSsoEndpoint(
  context: FlowContext,
  { desktopSso, correlationId }: ValidIntegratedRequest,
  user: FederatedUser,
): Pick<WsTrustEndpoint, 'url' | 'version'> {
  const { realm, username, target, steps } = user
  if (!desktopSso) {
    forgetRealmOf(context, user)
    throw new ClientError('integrated_windows_auth_not_supported_managed_user', undefined, { correlationId })
  }
  const { desktopSsoHost } = target.cloud
  if (desktopSsoHost === undefined) {
    throw new ClientError(
      'integrated_windows_auth_not_supported_managed_user',
      'The user is managed, and this cloud has no host for seamless single sign-on that is known',
      { correlationId, hint: 'Use acquireTokenInteractive or a device code.' },
    )
  }
  const domain = encodeURIComponent(tenantDomain(realm, username))
  const url = new URL(`https://${desktopSsoHost}/${domain}/winauth/trust/2005/windowstransport`)
  url.searchParams.set('client-request-id', correlationId)
  steps.add(`seamless single sign-on: ${desktopSsoHost}, of the cloud ${target.cloud.preferredNetwork}`)
  return { url, version: '2005' }
}

function tenantDomain({ domainName }: UserRealm, username: string): string {
  return domainName ?? domainOf(username).toLowerCase()
}

function domainOf(username: string): string {
  return username.slice(username.lastIndexOf('@') + 1)
}

interface Negotiation {
  readonly user: FederatedUser
  readonly endpoint: Pick<WsTrustEndpoint, 'url' | 'version'>
  readonly native: NativeNegotiate
}

function negotiate(
  context: FlowContext,
  request: ValidIntegratedRequest,
  { user, endpoint, native }: Negotiation,
): ReturnType<typeof exchangeFederatedToken> {
  const { kerberos, allowNtlm, correlationId, servicePrincipalName = servicePrincipalNameOf(endpoint.url) } = request
  const { steps } = user
  const negotiator = createNegotiator({ native, servicePrincipalName, kerberos, allowNtlm, steps, correlationId })
  return exchangeFederatedToken(context, request, user, { endpoint, proof: { negotiator } })
}
