/** `latchkey call`: gets a URL with an access token and prints what it answers. */

import { isUtf8 } from 'node:buffer'
import type { RawResponse } from '../http/call.js'
import {
  AuthError,
  type AuthenticationResult,
  ClientError,
  type PublicClientApplication,
  ServiceError,
} from '../index.js'
import { withApplication } from './application.js'
import { claimsChallenge } from './claims-challenge.js'
import type { Command, CommandContext } from './context.js'
import { Hinted } from './failure.js'
import { libraryLog } from './library-log.js'
import { silentToken } from './silent-token.js'
import { jsonLine, printable } from './text.js'
import { UsageError } from './usage-error.js'

/** Its tokens can be challenged, since this command answers a challenge. */
const CAPABILITIES = { clientCapabilities: ['cp1'] }
const MAX_SHOWN = 200

/**
 * Prints the answer, whatever its status.
 *
 * @throws {UsageError} – the argument is no URL, or no scope follows from it.
 * @throws {Hinted} – the user is needed, the hint is the whole login command; or the API answered 400 or more, too much, or
 *   with a redirect that is not followed.
 * @throws {UsageError} or {AuthError} as withApplication, silentToken and callApi.
 */
export const call: Command = context =>
  withApplication(
    context,
    async ({ app, ca, scopes }) => {
      const url = urlOf(context.argument)
      // Those of a profile are for its own API, and a token for that must not go to any other.
      const asked = context.typed.has('scope') ? scopes : [scopeOf(url)]
      const { response, token } = await answerOf(app, context, { url, ca, scopes: asked })
      print(context, response)
      if (response.status >= 400) throw refusal(url, response, token)
    },
    CAPABILITIES,
  )

interface Target {
  readonly url: URL
  readonly ca: string | undefined
  readonly scopes: string[]
}

async function answerOf(app: PublicClientApplication, context: CommandContext, { url, ca, scopes }: Target) {
  const { callApi } = await import('../http/call.js')
  const { options, env, signal } = context
  const logger = libraryLog(context)
  const get = async ({ accessToken }: AuthenticationResult) => {
    try {
      return await callApi({ url, accessToken, ca, timeoutSeconds: options.timeout, signal, env, logger })
    } catch (error) {
      throw ofThisCall(error)
    }
  }
  const token = await silentToken(app, context, { scopes })
  const response = await get(token)
  const claims = response.status === 401 ? claimsChallenge(response.headers['www-authenticate']) : undefined
  if (claims === undefined) return { response, token }
  const renewed = await silentToken(app, context, { scopes, claims })
  return { response: await get(renewed), token: renewed }
}

function urlOf(text: string): URL {
  if (URL.canParse(text)) return new URL(text)
  throw new UsageError(`${printable(text).slice(0, MAX_SHOWN)} is not a URL`, 'It starts with https://.')
}

/** What every API of Microsoft's takes, and every other whose application ID URI is its origin. */
function scopeOf({ protocol, origin }: URL): string {
  if (protocol === 'https:') return `${origin}/.default`
  throw new UsageError('no scope follows from this URL', 'Pass the scope of the API with --scope.')
}

function print({ options, stdout }: CommandContext, { status, headers, bytes }: RawResponse): void {
  if (options.json) {
    const { 'set-cookie': _, ...shown } = headers
    stdout.line(jsonLine({ status, headers: shown, body: bodyOf(headers['content-type'], bytes) }))
  } else if (!stdout.mayObey) stdout.write(bytes)
  else if (bytes.length > 0) {
    for (const line of new TextDecoder().decode(bytes).split(/\r?\n/)) stdout.line(shownLine(line))
  }
}

// A terminal would obey the control characters; the indentation is the answer's own.
function shownLine(line: string): string {
  const [indent = ''] = /^[ \t]*/.exec(line) ?? []
  return indent + printable(line)
}

/** JSON as it is, a text as a text, anything else as `{"base64":…}`. */
function bodyOf(contentType: string | undefined, bytes: Uint8Array): unknown {
  if (bytes.length === 0) return null
  if (!isUtf8(bytes)) return { base64: Buffer.from(bytes).toString('base64') }
  const text = new TextDecoder().decode(bytes)
  try {
    return /[/+]json\b/i.test(contentType ?? '') ? JSON.parse(text) : text
  } catch {
    return text
  }
}

/** With the hint for an API in the place of the one for the service that signs in. */
function ofThisCall(error: unknown): unknown {
  if (!(error instanceof ClientError)) return error
  if (error.code === 'response_too_large') return new Hinted(error, 'Ask the API for less at once, such as for a page.')
  if (error.hint?.includes('http.proxy.integratedAuthentication'))
    return new Hinted(
      error,
      'call cannot let the proxy know who you are: give what token --header prints to a program that can, such as curl --proxy-negotiate.',
    )
  const usual = new AuthError(error.code).hint
  return error.hint === usual ? error : new Hinted(error, error.hint)
}

function refusal(url: URL, { status, headers }: RawResponse, { scopes }: AuthenticationResult): Hinted | ServiceError {
  const correlationId = headers['client-request-id'] ?? headers['request-id']
  const error = new ServiceError(`http_${status}`, `${url.host} answered HTTP ${status}`, {
    status,
    correlationId,
    hint: 'What it answered is on stdout.',
  })
  const permissions = printable(scopes.join(' '))
  if (status === 401) {
    return new Hinted(
      error,
      `The API did not take the token, which is for ${permissions}; --scope asks for another one.`,
    )
  }
  if (status === 403)
    return new Hinted(error, `The token carries ${permissions}; perhaps the API wants more: see --scope.`)
  return error
}
