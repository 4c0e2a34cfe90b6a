/** The real oidc-provider, an OpenID provider that knows nothing of Microsoft, on a certificate of the tests' own. */
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import Provider, { type Configuration } from 'oidc-provider'
import { makeCertificate } from '../../support/tls.js'

/** A provider that is up. */
export interface ForeignProvider {
  issuer: string
  caPem: string
  clientId: string
  /** Requests so far, as `POST /token`. */
  requests: string[]
  /** The parameters of each request to the authorize endpoint. */
  authorizeParameters: URLSearchParams[]
  close(): Promise<void>
}

const CLIENT_ID = 'desktop-app'

const CONFIGURATION: Configuration = {
  clients: [
    {
      client_id: CLIENT_ID,
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://localhost'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
    },
  ],
  features: { deviceFlow: { enabled: true } },
  scopes: ['openid', 'profile', 'offline_access', 'notes.read'],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
  conformIdTokenClaims: false,
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `The ${id}`, preferred_username: `${id}@idp.example` }),
  }),
  // Without prompt=consent a provider may give refresh tokens by a rule of its own. (OIDC Core § 11)
  issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
}

/** Starts a provider whose issuer has the given path. */
export async function startForeignProvider(path = ''): Promise<ForeignProvider> {
  const { key, cert, ca } = await makeCertificate('localhost')
  const server = createServer({ key, cert })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`
  const requests: string[] = []
  const authorizeParameters: URLSearchParams[] = []
  const provider = new Provider(`${origin}${path}`, CONFIGURATION)
  const answer = provider.callback()
  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', origin)
    requests.push(`${request.method} ${url.pathname}`)
    if (url.pathname.endsWith('/auth') && url.searchParams.has('client_id')) authorizeParameters.push(url.searchParams)
    // The provider is mounted at its issuer's path.
    if (path !== '' && url.pathname.startsWith(path)) {
      Object.assign(request, { originalUrl: request.url, baseUrl: path, url: (request.url ?? '').slice(path.length) })
    }
    void answer(request, response)
  })
  return {
    issuer: `${origin}${path}`,
    caPem: ca,
    clientId: CLIENT_ID,
    requests,
    authorizeParameters,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
