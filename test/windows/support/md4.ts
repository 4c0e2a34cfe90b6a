/** MD4 (RFC 1320), which OpenSSL 3 no longer has and NTLM still makes keys with. */

const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits))

// Round by round: the function, its constant, the order of the words, and the amounts of the rotations (§ 3.4).
const ROUNDS = [
  {
    mix: (x: number, y: number, z: number) => (x & y) | (~x & z),
    constant: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    rotations: [3, 7, 11, 19],
  },
  {
    mix: (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
    constant: 0x5a827999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    rotations: [3, 5, 9, 13],
  },
  {
    mix: (x: number, y: number, z: number) => x ^ y ^ z,
    constant: 0x6ed9eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    rotations: [3, 9, 11, 15],
  },
]

/** The hash of `data`, 16 bytes. */
export function md4(data: Uint8Array): Buffer {
  const padded = Buffer.alloc((((data.length + 8) >> 6) + 1) * 64)
  padded.set(data)
  padded[data.length] = 0x80
  padded.writeBigUInt64LE(BigInt(data.length) * 8n, padded.length - 8)
  let state: [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let block = 0; block < padded.length; block += 64) {
    let [a, b, c, d] = state
    for (const { mix, constant, order, rotations } of ROUNDS) {
      for (const [step, word] of order.entries()) {
        const sum = (a + mix(b, c, d) + padded.readInt32LE(block + word * 4) + constant) | 0
        ;[a, b, c, d] = [d, rotate(sum, rotations[step % 4] ?? 0), b, c]
      }
    }
    state = [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0]
  }
  const hash = Buffer.alloc(16)
  for (const [index, word] of state.entries()) hash.writeInt32LE(word, index * 4)
  return hash
}
