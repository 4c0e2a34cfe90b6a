/** Replies as Entra sends them: headers, JSON bodies, error bodies, pages. */
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

/** `error_description`: the sentence with the ids that support asks for. */
export function describeError(error: EntraError, exchange: Exchange, state: TenantState): string {
  const ids = [
    `Trace ID: ${exchange.traceId}`,
    `Correlation ID: ${exchange.correlationId}`,
    `Timestamp: ${timestamp(state)}`,
  ]
  return [error.message, ...ids].join(state.scenario.crlf ? '\r\n' : ' ')
}

/** The JSON body of an error. */
export function errorAnswer(error: EntraError, exchange: Exchange, state: TenantState): Reply {
  const body = {
    error: error.error,
    error_description: describeError(error, exchange, state),
    error_codes: error.numbers,
    timestamp: timestamp(state),
    trace_id: exchange.traceId,
    correlation_id: exchange.correlationId,
    error_uri: `${exchange.origin}/error?code=${error.number}`,
    ...(error.suberror === undefined ? {} : { suberror: error.suberror }),
    ...(error.claims === undefined ? {} : { claims: error.claims }),
  }
  const reply = json(error.status, editAnswer(body, state.scenario.errorAnswer))
  if (error.status === 429) reply.headers['Retry-After'] = '60'
  return reply
}

/** The error as a page, for the errors that must not be redirected. */
export function errorAsPage(error: EntraError, exchange: Exchange, state: TenantState): Reply {
  const details = {
    Error: `AADSTS${error.number}`,
    'Request Id': exchange.traceId,
    'Correlation Id': exchange.correlationId,
    Timestamp: timestamp(state),
  }
  return page(error.status, errorPage({ title: "Sorry, we couldn't sign you in", message: error.message, details }))
}

/** The headers on every answer. */
export function commonHeaders(exchange: Exchange, state: TenantState): Record<string, string | string[]> {
  return {
    'Cache-Control': 'no-store, no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    Date: state.clock.now().toUTCString(),
    'X-Content-Type-Options': 'nosniff',
    P3P: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
    'X-XSS-Protection': '0',
    'x-ms-request-id': exchange.traceId,
    'Set-Cookie': [
      'x-ms-gateway-slice=estsfd; path=/; secure; samesite=none; httponly',
      'stsservicecookie=estsfd; path=/; secure; samesite=none; httponly',
    ],
    'x-ms-ests-server': '2.1.0 - latchkey emulator',
    ...(isTrue(exchange.headers['return-client-request-id']) ? { 'client-request-id': exchange.correlationId } : {}),
    // Never for localhost: browsers would keep the rule for every port, and break the http loopback redirect.
    ...(exchange.local ? {} : { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }),
  }
}

function isTrue(header: string | string[] | undefined): boolean {
  return typeof header === 'string' && header.toLowerCase() === 'true'
}

/** The service's time as its error bodies write it: `2026-01-04 19:44:18Z`. */
function timestamp(state: TenantState): string {
  return state.clock
    .now()
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}
