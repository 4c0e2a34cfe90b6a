/** Answers HTTP requests: reads, records, lets faults happen, asks the route, writes. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { commonHeaders, errorAnswer, errorAsPage, json, page } from './answers.js'
import { pushBounded } from './bounded.js'
import { EntraError } from './entra-error.js'
import type { Exchange, Reply } from './exchange.js'
import { faultReply, isReplying, sendHalf, sendHuge, takeFault } from './faults.js'
import { addressOf } from './hosts.js'
import { isGuid } from './identifiers.js'
import { errorPage } from './pages/index.js'
import { Parameters } from './parameters.js'
import { readBody } from './read-body.js'
import type { RecordedRequest } from './request-log.js'
import { findRoute, type Route } from './router.js'
import type { TenantState } from './tenant-state.js'
import { httpPage } from './wstrust/http-page.js'

const MAX_RECORDED = 1000

/** The listener of a tenant's server. */
export function createRequestHandler(state: TenantState): RequestListener {
  return (request, response) => {
    answer(state, request, response).catch(() => response.destroy())
  }
}

async function answer(state: TenantState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request)
  const [pathname = '/', search = ''] = (request.url ?? '/').split(/\?(.*)/s)
  const host = (request.headers.host ?? '').toLowerCase()
  const address = addressOf(host, state.hosts, state.origin)
  const found = findRoute(state.hosts, new URL(address.origin).hostname, pathname)
  const connection = state.connections.of(request.socket)
  const exchange = buildExchange(request, { ...address, ...found, host, pathname, search, body, connection })
  const recorded = record(state, exchange)

  const fault = found.route && takeFault(state.scenario, found.route.name)
  if (fault?.kind === 'hang') return
  if (fault?.kind === 'reset') {
    request.socket.destroy()
    return
  }
  if (state.scenario.latencyMs > 0) await delay(state.scenario.latencyMs, undefined, { ref: false })
  if (fault?.kind === 'huge') {
    recorded.status = 200
    sendHuge(response, found.route?.errors === 'http' ? 'xml' : 'json', fault.bytes)
    return
  }
  const reply =
    fault && isReplying(fault) ? faultReply(fault, exchange, state) : await route(state, exchange, found.route, body)
  const common = commonHeaders(exchange, state)
  const cookies = [reply.headers['Set-Cookie'] ?? [], common['Set-Cookie'] ?? []].flat()
  reply.headers = { ...common, ...reply.headers, 'Set-Cookie': cookies }
  recorded.status = reply.status
  if (fault?.kind === 'truncate' || fault?.kind === 'stall') {
    sendHalf(response, reply, fault.kind)
    return
  }
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': Buffer.byteLength(reply.body) })
  response.end(reply.body)
}

async function route(state: TenantState, exchange: Exchange, found: Route | undefined, body: unknown): Promise<Reply> {
  if (!found) return notFound(exchange)
  const toReply = TO_REPLY[found.errors]
  if (body === undefined && found.errors === 'http') return httpPage(413)
  if (body === undefined) return json(413, { error: 'invalid_request', error_description: 'The body is too large.' })
  if (!found.methods.includes(exchange.method)) {
    const reply = toReply(new EntraError(900561, { detail: found.methods.join(' and ') }), exchange, state)
    return { ...reply, status: 405, headers: { ...reply.headers, Allow: found.methods.join(', ') } }
  }
  try {
    return await found.handle(exchange, state)
  } catch (error) {
    if (error instanceof EntraError) return toReply(error, exchange, state)
    const why = error instanceof Error ? error.message : 'unknown'
    return json(500, { error: 'server_error', error_description: `The emulator itself failed: ${why}` })
  }
}

/** How an error is answered at a route. */
const TO_REPLY: Readonly<Record<Route['errors'], typeof errorAnswer>> = {
  json: errorAnswer,
  page: errorAsPage,
  http: ({ status }) => httpPage(status),
}

function notFound({ path, place }: Exchange): Reply {
  if (place.dialect === 'adfs') return httpPage(404)
  const message = 'The emulator has no such address.'
  return page(404, errorPage({ title: 'Not found', message, details: { Path: path } }))
}

interface Parts extends Pick<Exchange, 'host' | 'origin' | 'local' | 'place' | 'params' | 'connection'> {
  pathname: string
  search: string
  body: string | undefined
}

function buildExchange(request: IncomingMessage, parts: Parts): Exchange {
  const { headers } = request
  const query = new Parameters(parts.search)
  const isForm = (headers['content-type'] ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded')
  const form = new Parameters(isForm ? (parts.body ?? '') : '')
  const named = [headers['client-request-id'], query.get('client-request-id'), form.get('client-request-id')]
  const correlationId = named.find(id => typeof id === 'string' && isGuid(id))
  const { host, origin, local, place, params, pathname } = parts
  return {
    method: request.method ?? 'GET',
    host,
    origin,
    local,
    path: pathname,
    connection: parts.connection,
    place,
    params,
    query,
    form,
    body: parts.body ?? '',
    headers,
    correlationId: typeof correlationId === 'string' ? correlationId : randomUUID(),
    traceId: randomUUID(),
    notes: {},
  }
}

function record(state: TenantState, exchange: Exchange): RecordedRequest {
  const { method, host, path, query, form, headers, notes } = exchange
  const { id: connection } = exchange.connection
  const at = state.clock.now()
  const parameters = { query: query.toRecord(), form: form.toRecord() }
  const recorded = { at, method, host, path, connection, ...parameters, headers, status: 0, notes }
  pushBounded(state.requests, recorded, MAX_RECORDED)
  return recorded
}
