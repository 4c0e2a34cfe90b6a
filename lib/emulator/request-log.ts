/** What was asked of the tenant, for tests to look at. */

/** One request as it came in. Passwords and codes are recorded as they are; print them nowhere. */
export interface RecordedRequest {
  at: Date
  method: string
  host: string
  path: string
  query: Record<string, string>
  form: Record<string, string>
  headers: Record<string, string | string[] | undefined>
  /** The status answered, 0 while there is no answer. */
  status: number
}
