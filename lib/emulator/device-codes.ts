/** Device codes: one half for the app to poll with, one for the user to type in on another device. */
import { randomInt } from 'node:crypto'
import type { App } from './apps.js'
import type { Authorization } from './authorization.js'
import { BoundedMap } from './bounded.js'
import { EntraError } from './entra-error.js'
import { randomSecret } from './identifiers.js'
import { isSameRealm, type Place } from './place.js'
import type { RequestedClaims } from './requested-claims.js'
import type { ScopeRequest } from './scopes.js'

/** What a device asks for. */
interface DeviceRequest {
  readonly app: App
  /** Where the device asked, and where its user must sign in. */
  readonly place: Place
  readonly scopes: ScopeRequest
  readonly claims: RequestedClaims
  readonly expiresAt: Date
  intervalSeconds: number
}

/** A device that waits for its user. */
export interface WaitingDevice extends DeviceRequest {
  readonly userCode: string
  lastPolledAt: Date | undefined
  /** What the user decided; `undefined` while that is open. */
  decision: Authorization | 'declined' | undefined
  redeemed: boolean
}

const MAX_DEVICES = 1000
/** RFC 8628 § 3.5: "the interval MUST be increased by 5 seconds for this and all subsequent requests". */
const SLOWER_SECONDS = 5
/** Timers and networks are not exact; a poll this much early is on time. */
const EARLY = 0.1
/** Of A to Z and 0 to 9, without what looks alike. (RFC 8628 § 6.1) */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** The device codes of a tenant. */
export class DeviceCodes {
  readonly #byDeviceCode = new BoundedMap<WaitingDevice>(MAX_DEVICES)
  readonly #byUserCode = new BoundedMap<WaitingDevice>(MAX_DEVICES)

  issue(request: DeviceRequest): { deviceCode: string; userCode: string } {
    const userCode = randomUserCode()
    const deviceCode = randomSecret('D')
    const device = { ...request, userCode, lastPolledAt: undefined, decision: undefined, redeemed: false }
    this.#byDeviceCode.set(deviceCode, device)
    this.#byUserCode.set(userCode, device)
    return { deviceCode, userCode }
  }

  /**
   * The device that shows this code; case, spaces and hyphens do not count.
   *
   * @throws {EntraError} 90119 empty · 90121 unknown, or another service's · 90120 decided before · 70020 expired.
   */
  find(typed: string | undefined, place: Place, now: Date): WaitingDevice {
    const userCode = (typed ?? '').replaceAll(/[\s-]/g, '').toUpperCase()
    if (userCode === '') throw new EntraError(90119)
    const device = this.#byUserCode.get(userCode)
    if (!device || !isSameRealm(device.place, place)) throw new EntraError(90121)
    if (device.decision !== undefined) throw new EntraError(90120)
    if (now >= device.expiresAt) throw new EntraError(70020)
    return device
  }

  /**
   * Settles what the device will be told.
   *
   * @throws {EntraError} 90120 decided before · 70020 expired in the meantime.
   */
  decide(device: WaitingDevice, decision: Authorization | 'declined', now: Date): void {
    if (device.decision !== undefined) throw new EntraError(90120)
    if (now >= device.expiresAt) throw new EntraError(70020)
    device.decision = decision
  }

  /**
   * The authorization behind a device code, once the user has given it, and once only.
   *
   * @throws {EntraError} 70018 unknown · 70000 another app's · 54005 redeemed before · 70020 expired ·
   *   65004 declined · 70016 pending, or polled too fast.
   * @see [RFC 8628 § 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.5)
   */
  redeem(deviceCode: string, poll: { clientId: string; now: Date; slowDown: boolean }): Authorization {
    const device = this.#byDeviceCode.get(deviceCode)
    if (!device) throw new EntraError(70018)
    if (device.app.clientId.toLowerCase() !== poll.clientId.toLowerCase()) {
      throw new EntraError(70000, { detail: 'the device code was issued to another application.' })
    }
    if (device.redeemed) throw new EntraError(54005)
    if (poll.now >= device.expiresAt) throw new EntraError(70020)
    if (device.decision === 'declined') throw new EntraError(65004, { error: 'authorization_declined' })
    if (device.decision === undefined) throw stillPending(device, poll)
    device.redeemed = true
    return device.decision
  }
}

/** RFC 8628 § 3.5 calls `slow_down` "a variant of authorization_pending"; the service has no number of its own for it. */
function stillPending(device: WaitingDevice, { now, slowDown }: { now: Date; slowDown: boolean }): EntraError {
  const waitedMs = device.lastPolledAt === undefined ? Infinity : now.getTime() - device.lastPolledAt.getTime()
  const tooFast = slowDown && waitedMs < device.intervalSeconds * 1000 * (1 - EARLY)
  device.lastPolledAt = now
  if (!tooFast) return new EntraError(70016)
  device.intervalSeconds += SLOWER_SECONDS
  return new EntraError(70016, { error: 'slow_down' })
}

/** Nine characters, as Entra's. */
function randomUserCode(): string {
  return Array.from({ length: 9 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')
}
