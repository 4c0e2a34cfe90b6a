/** An HttpClient for tests: its log is kept, its retry waits are counted instead of waited for. */

import type { HttpClientOptions, HttpRequest, Negotiator } from '#lib/http/http-client.js'
import { createHttpClient } from '#lib/http/undici-client.js'
import { createLogger } from '#lib/logger.js'

/** A client with what it logged and how long it wanted to sleep. */
export function testHttpClient(
  http: HttpClientOptions = {},
  env: NodeJS.ProcessEnv = {},
  proxyNegotiator?: (proxy: URL) => Negotiator,
) {
  const log: string[] = []
  const sleeps: number[] = []
  const client = createHttpClient({
    http,
    env,
    proxyNegotiator,
    logger: createLogger({ level: 'verbose', logPii: true, log: (level, message) => log.push(`${level}: ${message}`) }),
    clock: {
      now: Date.now,
      async sleep(ms, signal) {
        signal?.throwIfAborted()
        sleeps.push(ms)
      },
    },
  })
  const send = (url: string, request: Partial<HttpRequest> = {}) =>
    client.send({ method: 'GET', purpose: 'test request', url: new URL(url), ...request })
  return { client, send, log, sleeps }
}
