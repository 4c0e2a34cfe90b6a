/** Replies as the services send them: headers, JSON bodies, error bodies, pages. */
import { timestampOf } from './clock.js'
import { dialectOf } from './dialects/index.js'
import type { EntraError } from './entra-error.js'
import type { Exchange, Reply } from './exchange.js'
import { errorPage, PAGE_HEADERS } from './pages/index.js'
import { editAnswer } from './scenario.js'
import type { TenantState } from './tenant-state.js'

/** A JSON answer. */
export function json(status: number, body: Record<string, unknown>): Reply {
  return { status, headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) }
}

/** A page under the headers that belong to it. */
export function page(status: number, html: string, headers: Record<string, string> = PAGE_HEADERS): Reply {
  return { status, headers: { ...headers }, body: html }
}

/** A redirect by GET, also after a POST. */
export function redirect(location: string): Reply {
  return { status: 302, headers: { Location: location }, body: '' }
}

/** The JSON body of an error, in the words of the service that was asked. */
export function errorAnswer(error: EntraError, exchange: Exchange, state: TenantState): Reply {
  const body = dialectOf(exchange.place).errorBody(error, exchange, state)
  const reply = json(error.status, editAnswer(body, state.scenario.errorAnswer))
  if (error.status === 429) reply.headers['Retry-After'] = '60'
  return reply
}

/** The error as a page, for the errors that must not be redirected. */
export function errorAsPage(error: EntraError, exchange: Exchange, state: TenantState): Reply {
  const message = dialectOf(exchange.place).errorText(error)
  const details = {
    Error: /^\w+(?=: )/.exec(message)?.[0] ?? error.error,
    'Request Id': exchange.traceId,
    'Correlation Id': exchange.correlationId,
    Timestamp: timestampOf(state.clock.now()),
  }
  return page(error.status, errorPage({ title: "Sorry, we couldn't sign you in", message, details }))
}

/** The headers on every answer. */
export function commonHeaders(exchange: Exchange, state: TenantState): Record<string, string | string[]> {
  const always = {
    'Cache-Control': 'no-store, no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    Date: state.clock.now().toUTCString(),
    'X-Content-Type-Options': 'nosniff',
    ...(isTrue(exchange.headers['return-client-request-id']) ? { 'client-request-id': exchange.correlationId } : {}),
    // Never for localhost: browsers would keep the rule for every port, and break the http loopback redirect.
    ...(exchange.local ? {} : { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }),
  }
  if (exchange.place.dialect === 'adfs') return { ...always, Server: 'Microsoft-HTTPAPI/2.0' }
  return {
    ...always,
    P3P: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
    'X-XSS-Protection': '0',
    'x-ms-request-id': exchange.traceId,
    'Set-Cookie': [
      'x-ms-gateway-slice=estsfd; path=/; secure; samesite=none; httponly',
      'stsservicecookie=estsfd; path=/; secure; samesite=none; httponly',
    ],
    'x-ms-ests-server': '2.1.0 - latchkey emulator',
  }
}

function isTrue(header: string | string[] | undefined): boolean {
  return typeof header === 'string' && header.toLowerCase() === 'true'
}
