/** Decodes `client_info`, which names the account independently of the tenant that issued the token. */

/** Sample: `eyJ1aWQiOiIuLi4iLCJ1dGlkIjoiLi4uIn0`, which is base64url of `{"uid":"<object id at home>","utid":"<home tenant>"}`. */
export interface ClientInfo {
  readonly uid: string
  readonly utid: string
  /** As it came, since other MSALs keep it in the cache. */
  readonly raw: string
}

/** Parses client_info; `undefined` when it is absent or is not what it should be, since the ID token can stand in. */
export function parseClientInfo(raw: unknown): ClientInfo | undefined {
  if (typeof raw !== 'string' || raw === '' || raw.length > 4_096) return undefined
  try {
    const { uid, utid } = JSON.parse(Buffer.from(raw, 'base64url').toString('utf8')) as Record<string, unknown>
    if (typeof uid !== 'string' || typeof utid !== 'string' || uid === '' || utid === '') return undefined
    return { uid, utid, raw }
  } catch {
    return undefined
  }
}

/** `<uid>.<utid>`: the account's identifier in the cache. */
export function homeAccountIdOf(info: ClientInfo): string {
  return `${info.uid}.${info.utid}`
}
