/** Device codes: shown by one program, approved in a browser, redeemed once. */
import { randomInt } from 'node:crypto'
import type { App } from './apps.js'
import type { Authorization } from './authorization.js'
import { BoundedMap } from './bounded.js'
import { EntraError } from './entra-error.js'
import { randomSecret } from './identifiers.js'
import type { RequestedClaims } from './requested-claims.js'
import type { ScopeRequest } from './scopes.js'

/** A code, and how far it has come. */
export interface DeviceCode {
  readonly deviceCode: string
  readonly userCode: string
  readonly app: App
  readonly scopes: ScopeRequest
  readonly claims: RequestedClaims
  readonly expiresAt: Date
  readonly intervalSeconds: number
  lastPollAt: Date | undefined
  state: 'pending' | 'declined' | 'redeemed' | Authorization
}

/** One question of the program that waits. */
export interface Poll {
  readonly deviceCode: string
  readonly app: App
  readonly now: Date
  /** Refuse a program that asks sooner than it was told to. */
  readonly slowDown: boolean
}

const MAX_CODES = 1000
/** Those that are hard to mistake for another. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const USER_CODE_LENGTH = 9

/** The device codes of a tenant. */
export class DeviceCodes {
  readonly #codes = new BoundedMap<DeviceCode>(MAX_CODES)

  start(start: Pick<DeviceCode, 'app' | 'scopes' | 'claims' | 'expiresAt' | 'intervalSeconds'>): DeviceCode {
    const userCode = Array.from({ length: USER_CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
    const code: DeviceCode = {
      ...start,
      deviceCode: randomSecret(),
      userCode,
      lastPollAt: undefined,
      state: 'pending',
    }
    this.#codes.set(code.deviceCode, code)
    return code
  }

  /**
   * The code that a person typed; spaces, hyphens and case do not count.
   *
   * @throws {EntraError} 90119 nothing was typed · 90121 there is no such code, or it has expired · 90120 it was used.
   */
  find(typed: string | undefined, now: Date): DeviceCode {
    const userCode = (typed ?? '').replaceAll(/[\s-]/g, '').toUpperCase()
    if (userCode === '') throw new EntraError(90119)
    const code = [...this.#codes.values()].find(known => known.userCode === userCode)
    if (!code || now >= code.expiresAt) throw new EntraError(90121)
    if (code.state !== 'pending') throw new EntraError(90120)
    return code
  }

  /**
   * What became of a code, for the program that shows it; an approval is told once.
   *
   * @throws {EntraError} 70018 unknown, or another app's · 54005 redeemed · 70020 expired · 65004 declined ·
   *   70016 pending, or asked too soon.
   * @see [RFC 8628 § 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.5)
   */
  poll({ deviceCode, app, now, slowDown }: Poll): Authorization {
    const code = this.#codes.get(deviceCode)
    if (!code || code.app.clientId.toLowerCase() !== app.clientId.toLowerCase()) throw new EntraError(70018)
    const { state, lastPollAt } = code
    code.lastPollAt = now
    if (state === 'redeemed') throw new EntraError(54005)
    if (state === 'declined') throw new EntraError(65004, { error: 'authorization_declined' })
    if (now >= code.expiresAt) throw new EntraError(70020)
    if (state !== 'pending') {
      code.state = 'redeemed'
      return state
    }
    const sinceMs = lastPollAt === undefined ? Number.POSITIVE_INFINITY : now.getTime() - lastPollAt.getTime()
    const isTooSoon = slowDown && sinceMs < code.intervalSeconds * 1000
    throw new EntraError(70016, isTooSoon ? { error: 'slow_down' } : {})
  }
}
