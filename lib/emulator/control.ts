/** The control endpoint: other programs on this machine read and change the scenario, and see what was asked. */
import type { IncomingMessage, RequestListener } from 'node:http'
import { readBody } from './read-body.js'
import { type RecordedRequest, withoutSecrets } from './request-log.js'
import type { Scenario, ScenarioPatch } from './scenario.js'

/** What the endpoint works on. */
export interface Controlled {
  readonly scenario: Scenario
  readonly requests: readonly RecordedRequest[]
  readonly passwordChecks: Readonly<Record<string, number>>
  /** @throws {TypeError} for a switch, user or value that does not exist. */
  changeScenario(patch: ScenarioPatch | null): void
}

interface Answer {
  status: number
  body: Record<string, unknown>
  headers?: Record<string, string>
}

const METHODS = ['GET', 'PATCH', 'PUT', 'POST', 'DELETE']

/**
 * The listener of the control endpoint, for a socket that only this machine reaches. A web page in a browser of this
 * machine reaches it too, hence the checks of where a request comes from.
 */
export function createControl(tenant: Controlled): RequestListener {
  return (request, response) => {
    answer(tenant, request)
      .then(({ status, body, headers }) => {
        response.writeHead(status, {
          'Content-Type': 'application/json; charset=utf-8',
          'Cache-Control': 'no-store',
          'X-Content-Type-Options': 'nosniff',
          ...headers,
        })
        response.end(`${JSON.stringify(body)}\n`)
      })
      .catch(() => response.destroy())
  }
}

async function answer(tenant: Controlled, request: IncomingMessage): Promise<Answer> {
  const text = await readBody(request)
  const stranger = strangeness(request)
  if (stranger !== undefined) return refuse(403, stranger)
  if (request.url !== '/') return refuse(404, 'there is nothing but /')
  const method = request.method ?? ''
  if (!METHODS.includes(method)) {
    return { ...refuse(405, `use one of ${METHODS.join(', ')}`), headers: { Allow: METHODS.join(', ') } }
  }
  if (method === 'GET') {
    const { scenario, passwordChecks } = tenant
    return { status: 200, body: { scenario, requests: tenant.requests.map(withoutSecrets), passwordChecks } }
  }
  return method === 'DELETE' ? change(tenant, null) : patch(tenant, request, text)
}

/** What makes this request one that a web page could have sent; `undefined` when nothing does. */
function strangeness({ headers, socket }: IncomingMessage): string | undefined {
  // A page of evil.example whose name was pointed at 127.0.0.1 counts as this origin, but still says its own name.
  const hosts = [`127.0.0.1:${socket.localPort}`, `localhost:${socket.localPort}`]
  if (!hosts.includes((headers.host ?? '').toLowerCase())) return `the Host header must be ${hosts.join(' or ')}`
  const site = headers['sec-fetch-site']
  if (headers.origin !== undefined || (site !== undefined && site !== 'none')) return 'web pages may not ask'
  return undefined
}

function patch(tenant: Controlled, request: IncomingMessage, text: string | undefined): Answer {
  // The types that a form of another site can send are none of them this one.
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    return refuse(415, 'the Content-Type must be application/json')
  }
  if (text === undefined) return refuse(413, 'the body is larger than 1 MiB')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return refuse(400, 'the body is not JSON')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return refuse(400, 'the body must be a JSON object; DELETE puts every switch back')
  }
  return change(tenant, parsed as ScenarioPatch)
}

function change(tenant: Controlled, patch: ScenarioPatch | null): Answer {
  try {
    tenant.changeScenario(patch)
  } catch (error) {
    if (error instanceof TypeError) return refuse(400, error.message)
    throw error
  }
  return { status: 200, body: { scenario: tenant.scenario } }
}

function refuse(status: number, error: string): Answer {
  return { status, body: { error } }
}
