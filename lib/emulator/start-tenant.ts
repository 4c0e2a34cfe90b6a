/** Starts a tenant: makes its certificate, opens its sockets, and hands out what a test needs. */
import { SIGN_IN_POLICY } from './b2c-policies.js'
import { issueServerCertificate } from './certificate-authority.js'
import { createControl } from './control.js'
import { impersonatedHosts, LOOPBACK_ADDRESSES, LOOPBACK_NAMES } from './hosts.js'
import { listen } from './listeners.js'
import { serverEndPointBindings } from './negotiate/channel-bindings.js'
import { importPeer } from './optional-peers.js'
import { createRequestHandler } from './request-handler.js'
import { prepareSigningKey } from './signer.js'
import type { Tenant, TenantOptions } from './tenant-options.js'
import { DEMO_CLIENT_ID, TenantState } from './tenant-state.js'

/**
 * Starts a tenant of a fake Entra, over real TLS, in this process. Several may run side by side.
 *
 * Shape: see {@link Tenant}; `close()` it when done, since its sockets keep the process alive.
 *
 * @throws {Error} when an optional peer is missing (the message has the npm command), or a port is in use (`code` is `EADDRINUSE`).
 * @throws {TypeError} for a scenario switch or user that does not exist.
 * @see [OAuth 2.0 authorization code flow of the Microsoft identity platform](https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow)
 */
export async function startTenant(options: TenantOptions = {}): Promise<Tenant> {
  await importPeer('jose')
  const state = new TenantState(options)
  const impersonated = impersonatedHosts(state.hosts)
  const certificate = await issueServerCertificate([...LOOPBACK_NAMES, ...impersonated])
  const byName = serverEndPointBindings(certificate.namedCertificatePem)
  const byAddress = serverEndPointBindings(certificate.certificatePem)
  state.channelBindings = host => (LOOPBACK_ADDRESSES.includes(host.replace(/[[\]]/g, '')) ? byAddress : byName)
  const listeners = await listen({
    certificate,
    handler: createRequestHandler(state),
    control: createControl(state),
    host: options.host,
    port: options.port ?? 0,
    proxyPort: options.proxyPort ?? 0,
    impersonated,
  })
  state.origin = `https://localhost:${listeners.port}`
  prepareSigningKey()
  return {
    authority: `${state.origin}/${state.domain}`,
    adfsAuthority: `${state.origin}/adfs`,
    b2cAuthority: (policy = SIGN_IN_POLICY) => `${state.origin}/tfp/${state.domain}/${policy}`,
    ciamAuthority: `https://${state.hosts.ciam[0]}/${state.domain}`,
    origin: state.origin,
    tenantId: state.id,
    domain: state.domain,
    clientId: DEMO_CLIENT_ID,
    controlUrl: `http://127.0.0.1:${listeners.controlPort}/`,
    proxyUrl: `http://127.0.0.1:${listeners.proxyPort}`,
    caPem: certificate.caPem,
    users: state.users,
    requests: state.requests,
    passwordChecks: state.passwordChecks,
    clock: state.clock,
    get issuedSecrets() {
      return state.issuedSecrets()
    },
    scenario: patch => state.changeScenario(patch),
    close: () => listeners.close(),
  }
}
