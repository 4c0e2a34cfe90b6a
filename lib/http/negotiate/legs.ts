/** The legs of a negotiated exchange on the error that ended it. */
import type { NegotiateLeg } from '../http-client.js'

/** Adds `legs` to an error, for whoever looks for the reason, and returns the error. A frozen one stays as it is. */
export function addLegs(error: unknown, legs: readonly NegotiateLeg[]): unknown {
  if (typeof error !== 'object' || error === null || !Object.isExtensible(error)) return error
  return Object.defineProperty(error, 'legs', { value: legs, enumerable: true, configurable: true, writable: true })
}

/** What {@link addLegs} has added; empty when it has not. */
export function legsOf(error: unknown): readonly NegotiateLeg[] {
  if (typeof error !== 'object' || error === null || !('legs' in error)) return []
  return error.legs as readonly NegotiateLeg[]
}
