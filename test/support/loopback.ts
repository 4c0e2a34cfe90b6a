/** A loopback listener under test, and a visitor that can say whatever a browser, or an attacker, could. */
import http from 'node:http'
import type { TestContext } from 'node:test'
import { type LoopbackOptions, listenOnLoopback } from '#lib/browser/loopback-server.js'
import { createLogger } from '#lib/logger.js'

/** The state that the tests wait for. */
export const STATE = 'the-state-of-this-sign-in'

/** Listens, waits for {@link STATE}, and closes after the test. `wake` ends the clock's waits. */
export async function startLoopback(t: TestContext, options: Partial<LoopbackOptions> = {}) {
  const log: string[] = []
  const sleeping: Array<{ ms: number; wake(): void }> = []
  const listener = await listenOnLoopback({
    redirectUri: 'http://localhost/auth',
    pages: {},
    logger: createLogger({ level: 'verbose', log: (level, message) => log.push(`${level}: ${message}`) }),
    clock: {
      now: Date.now,
      sleep: (ms, signal) =>
        new Promise((wake, reject) => {
          sleeping.push({ ms, wake })
          signal?.addEventListener('abort', () => reject(signal.reason))
        }),
    },
    ...options,
  })
  t.after(() => listener.close())
  const cancel = new AbortController()
  const answer = listener.waitForAnswer(STATE, cancel.signal)
  const { port, host, pathname } = new URL(listener.redirectUri)
  const visit = (request: Visit = {}) => sendVisit(Number(port), { host, path: pathname, ...request })
  return { listener, answer, cancel, visit, port: Number(port), log, sleeping }
}

/** One request, by default the one that a browser would send to the listener. */
export interface Visit {
  method?: string
  address?: string
  host?: string
  path?: string
  headers?: http.OutgoingHttpHeaders
  body?: string
}

/** A form post as the service makes the browser send it. */
export function formPost(fields: Record<string, string> | string): Visit {
  const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString()
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'null' }
  return { method: 'POST', headers: { ...headers, 'Content-Length': Buffer.byteLength(body) }, body }
}

function sendVisit(port: number, { method = 'GET', address = '127.0.0.1', host, path, headers, body }: Visit) {
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const options = { method, host: address, port, path, headers: { host, ...headers }, agent: false }
    const request = http.request(options, async response => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
    })
    request.on('error', reject)
    request.end(body)
  })
}
