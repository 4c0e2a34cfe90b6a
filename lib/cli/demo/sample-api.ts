/** Calls the emulator's sample API over TLS, as any program would with the token it got. */
import https from 'node:https'

const TIMEOUT_MS = 10_000
const MAX_BYTES = 64 * 1024

/** What the API said. */
export interface ApiAnswer {
  readonly status: number
  /** The fields of the JSON answer. */
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * Asks `GET <origin>/api/me` who the token belongs to; without `authorization` nothing is sent in its place.
 *
 * @throws {Error} – nothing came in ten seconds, or it is too large or not a JSON object.
 */
export function whoAmI(origin: string, caPem: string, authorization: string | undefined): Promise<ApiAnswer> {
  const options = {
    ca: caPem,
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { Accept: 'application/json', ...(authorization !== undefined && { Authorization: authorization }) },
  }
  return new Promise((resolve, reject) => {
    const request = https.get(new URL('/api/me', origin), options, async response => {
      try {
        let text = ''
        for await (const chunk of response.setEncoding('utf8')) {
          text += chunk
          if (text.length > MAX_BYTES) throw new Error(`the answer of the sample API is larger than ${MAX_BYTES} bytes`)
        }
        const body: unknown = JSON.parse(text)
        if (typeof body !== 'object' || body === null) throw new Error('the answer of the sample API is not an object')
        resolve({ status: response.statusCode ?? 0, body: { ...body } })
      } catch (error) {
        request.destroy()
        reject(error)
      }
    })
    request.on('error', reject)
  })
}
