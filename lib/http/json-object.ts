/** Reads the body of an answer that should be a JSON object. */

/** The object; `undefined` for anything else, such as the page of a proxy. */
export function parseJsonObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>
    }
  } catch {}
  return undefined
}
