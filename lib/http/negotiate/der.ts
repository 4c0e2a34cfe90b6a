/** Reads DER one element at a time, just enough to find an algorithm in a certificate; never trusts a length. */

/** The tags that are asked for here (X.690 § 8.1.2). */
export const SEQUENCE = 0x30
export const OBJECT_IDENTIFIER = 0x06
export const CONTEXT_0 = 0xa0

/** An element's tag and contents, and what comes after it. */
export interface DerElement {
  readonly tag: number
  readonly contents: Uint8Array
  readonly rest: Uint8Array
}

/**
 * The first element; `undefined` when these bytes hold no whole one, or its length is not as DER has it.
 *
 * @see [X.690 § 10.1](https://www.itu.int/rec/T-REC-X.690)
 */
export function readElement(bytes: Uint8Array): DerElement | undefined {
  const [tag, first] = bytes
  // A tag number that needs more bytes is in none of what is read here.
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  // 0x80 is the indefinite length of BER; four bytes are more than any certificate that TLS can carry.
  if (first === 0x80 || lengthBytes > 4) return undefined
  const start = 2 + lengthBytes
  let length = first < 0x80 ? first : 0
  for (const byte of bytes.subarray(2, start)) length = length * 256 + byte
  const end = start + length
  if (end > bytes.length) return undefined
  return { tag, contents: bytes.subarray(start, end), rest: bytes.subarray(end) }
}

/** The contents of the first element if it has this tag. */
export function readContents(bytes: Uint8Array, tag: number): Uint8Array | undefined {
  const element = readElement(bytes)
  return element?.tag === tag ? element.contents : undefined
}
