/** Carries out the faults of a scenario: errors, nonsense, silence. */
import type { ServerResponse } from 'node:http'
import { errorAnswer, errorAsPage } from './answers.js'
import { EntraError } from './entra-error.js'
import type { Exchange, Reply, RouteName } from './exchange.js'
import type { Fault, Scenario } from './scenario.js'
import type { TenantState } from './tenant-state.js'

/** Faults that end in a reply; the others end, or never end, the connection. */
type ReplyingFault = Fault & { kind: 'status' | 'html' | 'text' }

const THROTTLED = 90055
const UNAVAILABLE = 90033
const MEBIBYTE = 1024 * 1024

/** The fault that hits this request, counted down when it is limited. */
export function takeFault(scenario: Scenario, route: RouteName): Fault | undefined {
  const name = scenario.faults[route] ? route : 'all'
  const fault = scenario.faults[name]
  if (fault?.times === undefined) return fault
  if (fault.times <= 1) delete scenario.faults[name]
  if (fault.times <= 0) return undefined
  fault.times -= 1
  return fault
}

/** Is the fault answered with a reply of its own? */
export function isReplying(fault: Fault): fault is ReplyingFault {
  return fault.kind === 'status' || fault.kind === 'html' || fault.kind === 'text'
}

/** The reply of such a fault. */
export function faultReply(fault: ReplyingFault, exchange: Exchange, state: TenantState): Reply {
  const { kind, status = 503, retryAfterSeconds } = fault
  if (kind === 'text') return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'this is not JSON' }
  const error = new EntraError(status === 429 ? THROTTLED : UNAVAILABLE)
  const reply = (kind === 'html' ? errorAsPage : errorAnswer)(error, exchange, state)
  const { 'Retry-After': _, ...headers } = reply.headers
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }
  return { status, headers: { ...headers, ...retryAfter }, body: reply.body }
}

const HUGE = {
  json: { type: 'application/json; charset=utf-8', start: '{"filler":"', end: '"}' },
  xml: { type: 'text/xml; charset=utf-8', start: '<filler>', end: '</filler>' },
}

/** Sends an answer that goes on for `bytes`, no faster than the client reads. */
export function sendHuge(response: ServerResponse, kind: keyof typeof HUGE, bytes: number = 64 * MEBIBYTE): void {
  const { type, start, end } = HUGE[kind]
  response.writeHead(200, { 'Content-Type': type })
  response.write(start)
  const chunk = Buffer.alloc(64 * 1024, 'x')
  let left = bytes
  const send = () => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length
      if (!response.write(chunk)) {
        response.once('drain', send)
        return
      }
    }
    response.end(end)
  }
  send()
}

/** Sends the head and half of the body of a reply, then breaks the connection, or just keeps it. */
export function sendHalf(response: ServerResponse, reply: Reply, kind: 'truncate' | 'stall'): void {
  const body = Buffer.from(reply.body)
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': body.length })
  response.write(body.subarray(0, body.length >> 1), () => {
    if (kind === 'truncate') response.destroy()
  })
}
