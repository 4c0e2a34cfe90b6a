/** HTTP authentication by Windows: asks, takes tokens leg by leg, and finds the user. */
import type { EmulatedUser } from '../accounts.js'
import type { Exchange, Reply } from '../exchange.js'
import type { TenantState } from '../tenant-state.js'
import { httpPage } from '../wstrust/http-page.js'
import { isUsable } from '../wstrust/password-check.js'
import type { NegotiateVerdict } from './acceptor.js'

type Scheme = 'Negotiate' | 'NTLM'

/** How one service authenticates. */
export interface Gate {
  readonly schemes: readonly Scheme[]
  /** What channel bindings count for. */
  readonly extendedProtection: 'off' | 'allow' | 'require'
  /** The user of the name that the acceptor found. */
  find(name: string): EmulatedUser | undefined
}

/** The user, or the answer until there is one. */
export type Admission =
  | { readonly user: EmulatedUser /** Headers of the final answer. */; readonly headers: Record<string, string> }
  | {
      readonly reply: Reply /** The proof was no good, rather than missing or unfinished. */
      readonly refused: boolean
    }

/**
 * Lets a request in or answers 401.
 *
 * @see [RFC 4559 § 4](https://www.rfc-editor.org/rfc/rfc4559#section-4) SPNEGO in HTTP
 */
export async function authenticate(exchange: Exchange, state: TenantState, gate: Gate): Promise<Admission> {
  const offered = readAuthorization(exchange, gate)
  if (!offered) {
    exchange.notes.windows = { outcome: 'asked' }
    return { reply: challenge(gate), refused: false }
  }
  const { scheme, token } = offered
  const { connection, path } = exchange
  const host = new URL(exchange.origin).hostname
  const channelBindings = state.channelBindings(host)
  const verdict = await state.acceptor.accept(token, { scheme, connection, host, path, channelBindings })
  if (verdict.verdict === 'continue') {
    exchange.notes.windows = { scheme, outcome: 'continued' }
    return { reply: httpPage(401, { 'WWW-Authenticate': withToken(scheme, verdict.output) }), refused: false }
  }
  const user = verdict.verdict === 'accept' && isBound(verdict, gate) ? gate.find(verdict.user) : undefined
  exchange.notes.windows = noteOf(scheme, verdict, user)
  // A domain controller would have given an account that may not sign in no ticket.
  if (verdict.verdict !== 'accept' || !user || !isUsable(state, user)) return { reply: challenge(gate), refused: true }
  return { user, headers: verdict.output ? { 'WWW-Authenticate': withToken(scheme, verdict.output) } : {} }
}

function readAuthorization({ headers }: Exchange, { schemes }: Gate): { scheme: Scheme; token: Buffer } | undefined {
  const [, name = '', encoded = ''] = /^(\w+) +([A-Za-z0-9+/]+={0,2})$/.exec(headers.authorization ?? '') ?? []
  const scheme = schemes.find(each => each.toLowerCase() === name.toLowerCase())
  return scheme && { scheme, token: Buffer.from(encoded, 'base64') }
}

function challenge({ schemes }: Gate): Reply {
  return httpPage(401, { 'WWW-Authenticate': [...schemes] })
}

function withToken(scheme: Scheme, token: Buffer): string {
  return `${scheme} ${token.toString('base64')}`
}

function isBound({ bound }: { bound?: boolean }, { extendedProtection }: Gate): boolean {
  if (extendedProtection === 'off') return true
  return extendedProtection === 'require' ? bound === true : bound !== false
}

function noteOf(scheme: Scheme, verdict: NegotiateVerdict, user: EmulatedUser | undefined) {
  if (verdict.verdict !== 'accept') return { scheme, outcome: 'refused' as const }
  const bound = verdict.bound === undefined ? ('none' as const) : verdict.bound ? ('this' as const) : ('other' as const)
  return { scheme, outcome: user ? ('accepted' as const) : ('refused' as const), user: verdict.user, bound }
}
