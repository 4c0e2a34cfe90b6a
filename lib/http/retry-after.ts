/** Retry-After: how long the service wants to be left alone. */

const ONE_HOUR_MS = 3_600_000

/**
 * Reads a Retry-After header, seconds or a date, as a moment between `nowMs` and an hour later.
 *
 * @returns `undefined` when there is no header or it is neither form.
 * @see [RFC 9110 § 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): Date | undefined {
  const text = header?.trim() ?? ''
  const isSeconds = /^\d+$/.test(text)
  // Date.parse reads much that is no HTTP date, such as "5.5" or "-1"; a weekday is what all three HTTP forms begin with.
  if (!isSeconds && !/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return undefined
  const at = isSeconds ? nowMs + Number(text) * 1000 : Date.parse(text)
  if (Number.isNaN(at)) return undefined
  // MSAL bounds the wait too: a wrong clock, here or there, must not lock an app out for a day.
  return new Date(Math.min(Math.max(at, nowMs), nowMs + ONE_HOUR_MS))
}
