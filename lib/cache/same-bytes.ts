/** Tells whether stored contents are those that are known already. */

/** True for the same bytes, and for none twice. `null`, for what was never looked at, is the same as nothing else. */
export function isSameBytes(one: Uint8Array | null | undefined, other: Uint8Array | null | undefined): boolean {
  if (one == null || other == null) return one === other
  return one === other || Buffer.compare(one, other) === 0
}
