/** A token service of the test's own for authorities that are not Entra: says what a test wants, and keeps what it was sent. */

import { text } from 'node:stream/consumers'
import { after, beforeEach, type TestContext } from 'node:test'
import { type Configuration, PublicClientApplication } from 'latchkey'
import { startOrigin, startProxy } from '../support/server.js'
import { makeCertificate } from '../support/tls.js'

export const CLIENT_ID = '5b0b1f5a-9d0c-4c5e-8a53-1f4e0e2b7c11'

/** One request as it came. */
interface Sent {
  path: string
  form: Record<string, string>
  headers: Record<string, string | string[] | undefined>
}

/** The service under one host name, port included. */
export interface TokenService {
  origin: string
  /** What was sent in this test, in order. */
  sent: Sent[]
  /** What every request of this test is answered; a refusal where there is an `error`. */
  answer(fields: Record<string, unknown>): void
  application(t: TestContext, path: string, configuration?: Partial<Configuration>): PublicClientApplication
}

/** Starts the service; `host` may be any name, since applications reach it through a proxy. */
export async function startTokenService(host: string): Promise<TokenService> {
  const certificate = await makeCertificate(host)
  const sent: Sent[] = []
  let fields: Record<string, unknown> = {}
  const server = await startOrigin(certificate, async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)))
    sent.push({ path: request.url ?? '', form, headers: request.headers })
    response.writeHead('error' in fields ? 400 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(fields))
  })
  const proxy = await startProxy()
  after(() => Promise.all([server.close(), proxy.close()]))
  beforeEach(() => {
    sent.length = 0
    fields = {}
  })
  const origin = `https://${host}:${server.port}`
  return {
    origin,
    sent,
    answer(next) {
      fields = next
    },
    application(t, path, configuration = {}) {
      const app = new PublicClientApplication({
        clientId: CLIENT_ID,
        authority: `${origin}${path}`,
        knownAuthorities: [new URL(origin).host],
        http: { ca: certificate.ca, proxy: proxy.origin },
        ...configuration,
      })
      t.after(() => app.close())
      return app
    },
  }
}

/** An ID token of this application; nobody checks the signature of what came over TLS. */
export function idToken(claims: Record<string, unknown>): string {
  const now = Math.floor(Date.now() / 1000)
  const parts = [
    { alg: 'RS256', typ: 'JWT' },
    { aud: CLIENT_ID, iat: now, nbf: now, exp: now + 3_600, ...claims },
  ]
  return `${parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.c2lnbmF0dXJl`
}

/** `client_info` of an account. */
export function clientInfo(uid: string, utid: string): string {
  return Buffer.from(JSON.stringify({ uid, utid })).toString('base64url')
}
