/** A tenant whose federation server has a real service in front, which checks tickets and passes on whose they were. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { TestContext } from 'node:test'
import { AuthError, type IntegratedWindowsAuthRequest, type PublicClientApplication } from 'latchkey'
import type { NegotiateAcceptor, Tenant } from 'latchkey/emulator'
import { Agent, request } from 'undici'
import { loadNativeAddon } from '#lib/native/addon.js'
import type { NativeAddon, NativeNegotiate } from '#lib/native/contract.js'
import { emulate } from '../../emulator/support.js'
import { Application, SCOPES } from '../../flow/support.js'
import { WHOLE_FILE } from '../../support/machine.js'
import { startOrigin } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'
import type { Acceptor } from './acceptor.js'

/** The tenant, and applications for it. */
export interface GuardedTenant {
  tenant: Tenant
  /** Whom the service in front has let in so far. */
  letIn: string[]
  application(t: TestContext, native?: NativeAddon): PublicClientApplication
  /** Signs in with a new application, and must fail. */
  errorOf(t: TestContext, request?: Partial<IntegratedWindowsAuthRequest>, native?: NativeAddon): Promise<AuthError>
}

/** The door passes on names instead of tokens; nobody but the service in front can reach it. */
const BELIEVER: NegotiateAcceptor = {
  accept: token => ({ verdict: 'accept', user: token.toString(), bound: true }),
}

/** Starts the tenant with these users, each `<name>@contoso.test`, and the service in front, which is told its backend's port. */
export async function startGuardedTenant(
  names: readonly string[],
  startFront: (backend: number) => Promise<Pick<Acceptor, 'port' | 'ca'>>,
): Promise<GuardedTenant> {
  const users = names.map(name => ({ username: `${name}@contoso.test`, kind: 'federated' as const }))
  const { tenant, get } = await emulate({ negotiate: BELIEVER, users })
  const letIn: string[] = []
  const front = await startFront(await startBackend(tenant, letIn))
  const certificate = await makeCertificate('localhost')
  const metadata = await startOrigin(certificate, async (_request, response) => {
    const { text } = await get('/adfs/services/trust/mex')
    response.setHeader('Content-Type', 'application/soap+xml; charset=utf-8')
    response.end(text.replaceAll(tenant.origin, `https://localhost:${front.port}`))
  })
  WHOLE_FILE.after(() => metadata.close())
  tenant.scenario({ realmAnswer: { set: { federation_metadata_url: `${metadata.origin}/mex` } } })
  const application: GuardedTenant['application'] = (t, native = loadNativeAddon()) => {
    const { clientId, authority, caPem } = tenant
    const ca = [caPem, front.ca, certificate.ca]
    const knownAuthorities = [new URL(authority).host]
    const app = new Application({ clientId, authority, knownAuthorities, http: { ca, proxy: false } }, { native })
    t.after(() => app.close())
    letIn.length = 0
    return app
  }
  return {
    tenant,
    letIn,
    application,
    async errorOf(t, more = {}, native = loadNativeAddon()) {
      const call = application(t, native).acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES, ...more })
      const error = await call.catch((failure: unknown) => failure)
      assert.ok(error instanceof AuthError, String(error))
      return error
    },
  }
}

async function startBackend(tenant: Tenant, letIn: string[]): Promise<number> {
  const dispatcher = new Agent({ connect: { ca: tenant.caPem } })
  const server = createServer(async (incoming, response) => {
    const user = String(incoming.headers['x-remote-user'])
    letIn.push(user)
    let body = ''
    for await (const chunk of incoming) body += chunk
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(`${tenant.origin}${incoming.url}`, {
      dispatcher,
      method: 'POST',
      body,
      headers: {
        'content-type': incoming.headers['content-type'] ?? '',
        soapaction: String(incoming.headers.soapaction),
        authorization: `Negotiate ${Buffer.from(user).toString('base64')}`,
      },
    })
    response.writeHead(statusCode, { 'Content-Type': String(headers['content-type']) })
    response.end(await answer.text())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  WHOLE_FILE.after(async () => {
    server.close()
    server.closeAllConnections()
    await dispatcher.destroy()
  })
  const address = server.address()
  assert(address !== null && typeof address === 'object')
  return address.port
}

/** The system's own Negotiate, told other channel bindings than those of the connection. */
export function withBindings(change: (right: Uint8Array) => Uint8Array): NativeAddon {
  const addon = loadNativeAddon()
  const native = addon.negotiate ?? assert.fail('no negotiate')
  const negotiate: NativeNegotiate = {
    currentUser: credentials => native.currentUser(credentials),
    inspect: credentials => native.inspect(credentials),
    open: target => native.open({ ...target, channelBindings: change(target.channelBindings) }),
  }
  return { ...addon, negotiate }
}
