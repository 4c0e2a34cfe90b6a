/** What was asked of the tenant, for tests to look at. */

/** One request as it came in. Passwords and codes are recorded as they are; print them nowhere. */
export interface RecordedRequest {
  /** When it came, by the tenant's own clock. */
  at: Date
  /** The HTTP method. */
  method: string
  /** The host that was asked for, in lower case, with its port if there was one. */
  host: string
  /** The path, without the query. */
  path: string
  /** The connection that it came on, counted from 1. */
  connection: number
  /** The fields of the query. */
  query: Record<string, string>
  /** The fields of the body, where that is a form. */
  form: Record<string, string>
  /** The headers, with names in lower case. */
  headers: Record<string, string | string[] | undefined>
  /** The status answered, 0 while there is no answer. */
  status: number
  /** What the endpoint understood of it, where that is neither in the path nor in the form. */
  notes: RequestNotes
}

/** What was asked in a body that is no form. */
export interface RequestNotes {
  /** A request for a security token. The password in it is not noted. */
  trust?: {
    version: '13' | '2005'
    /** The relying party that the token was asked for. */
    appliesTo: string
    tokenType?: string
    username?: string
  }
  /** What came of proving who the Windows user is. */
  windows?: {
    /** `asked`: there was no token, 401 · `continued`: one more is needed, 401 · `refused`: 401, or a fault at the seamless sign-on. */
    outcome: 'asked' | 'continued' | 'accepted' | 'refused'
    scheme?: 'Negotiate' | 'NTLM'
    /** Who the acceptor says it is. */
    user?: string
    /** The channel that the token was bound to: this one, another one, or none. */
    bound?: 'this' | 'other' | 'none'
  }
}

/** What is no secret among the parameters; every other value might be one. */
const OPEN_PARAMETERS = [
  'api-version',
  'authorization_endpoint',
  'claims',
  'client-request-id',
  'client_id',
  'client_info',
  'code_challenge_method',
  'domain_hint',
  'grant_type',
  'login_hint',
  'prompt',
  'redirect_uri',
  'resource',
  'response_mode',
  'response_type',
  'scope',
  'username',
]

/** The request for others to see: no headers, and of parameters that might be secret the names only. */
export function withoutSecrets({
  at,
  method,
  host,
  path,
  connection,
  status,
  query,
  form,
  notes,
}: RecordedRequest): Omit<RecordedRequest, 'headers'> {
  return { at, method, host, path, connection, status, query: openValues(query), form: openValues(form), notes }
}

function openValues(parameters: Record<string, string>): Record<string, string> {
  const isOpen = (name: string) => OPEN_PARAMETERS.includes(name.toLowerCase()) || /^x-client-/i.test(name)
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, isOpen(name) ? value : '…']))
}
