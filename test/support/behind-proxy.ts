/** A client and a server with a proxy between them that asks for Negotiate, all of a test's own. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { inspect } from 'node:util'
import type { HttpClientOptions, HttpRequest, Negotiator } from '#lib/http/http-client.js'
import { type AskingProxyOptions, startAskingProxy } from './asking-proxy.js'
import { testHttpClient } from './http.js'
import { negotiatingServer, ToyNegotiator, type ToyOptions, toyAcceptor } from './negotiate.js'
import { startOrigin } from './server.js'
import { makeCertificate } from './tls.js'

const certificate = await makeCertificate('localhost')
/** That of an https proxy, whose root the client trusts. */
export const proxyCertificate = await makeCertificate()
const ca = [certificate.ca, proxyCertificate.ca]
/** What is not as usual. */
export interface Setting extends Partial<AskingProxyOptions> {
  toy?: ToyOptions
  /** In the place of the toy. */
  negotiator?: Negotiator
  /** What http.proxy is, of the proxy's origin. */
  option?: (origin: string) => HttpClientOptions['proxy']
}

/** Starts them; `/wia` of the server asks for Negotiate as well, everything else answers with the fields of the request. */
export async function behindProxy(t: TestContext, setting: Setting = {}) {
  const { certificate: shown, accept = toyAcceptor(shown?.cert), answer, inPieces = false } = setting
  const { option = url => ({ url, integratedAuthentication: true }) } = setting
  const site = negotiatingServer(certificate.cert)
  const server = await startOrigin(certificate, (request, response) =>
    request.url === '/wia' ? site.listener(request, response) : response.end(JSON.stringify(request.headers)),
  )
  const proxy = await startAskingProxy(t, {
    accept,
    inPieces,
    ...(answer && { answer }),
    ...(shown && { certificate: shown }),
  })
  const told: string[] = []
  const way = option(proxy.origin)
  const http = testHttpClient({ ca, ...(way !== undefined && { proxy: way }) }, { HTTPS_PROXY: proxy.origin }, url => {
    told.push(url.origin)
    return setting.negotiator ?? negotiator
  })
  t.after(async () => {
    await http.client.close()
    await proxy.idle()
    await server.close()
  })
  const negotiator = new ToyNegotiator(t, setting.toy)
  const send = (request: Partial<HttpRequest> = {}) => http.send(`${server.origin}/`, request)
  /** The rejection, after making sure that no proof is in any form of it, nor in the log. */
  const failure = async (request: Partial<HttpRequest> = {}) => {
    const error = await send(request).then(
      () => assert.fail('resolved'),
      reason => reason,
    )
    const text = inspect(error, { depth: 8, showHidden: true }) + http.log.join('\n')
    for (const { authorization } of proxy.seen)
      if (authorization) assert.ok(!text.includes(authorization.slice(-24)), `a proof is in ${text}`)
    return error
  }
  /** Sends one over a connection of its own. */
  const sendAnew = async () => {
    await server.drop()
    return send()
  }
  const kinds = () => proxy.seen.map(({ authorization, connection }) => [authorization?.split(' ')[0], connection])
  return { ...http, send, sendAnew, failure, server, site, proxy, negotiator, told, kinds }
}
