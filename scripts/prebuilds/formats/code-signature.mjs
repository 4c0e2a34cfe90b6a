/** Judges the signature in a Mach-O file: whether it is one, and of the bytes that are there. */
import { createHash } from 'node:crypto'

// Numbers are big-endian here, unlike in the rest of the file: cs_blobs.h of XNU.
const MAGIC = { signature: 0xfade0cc0, directory: 0xfade0c02 }
const CODE_DIRECTORY = 0
const SHA256 = { type: 2, length: 32 }

/**
 * @param {Buffer} bytes the whole file
 * @param {number} begin where the signature is; it is to be of everything before that
 */
export function isSignatureOf(bytes, begin) {
  const directory = findDirectory(bytes, begin)
  if (directory === undefined) return false
  const number = offset => bytes.readUInt32BE(directory + offset)
  const [hashes, count, limit] = [directory + number(16), number(28), number(32)]
  const [hashLength, hashType, pageSize] = [bytes[directory + 36], bytes[directory + 37], 2 ** bytes[directory + 39]]
  if (hashLength !== SHA256.length || hashType !== SHA256.type) return false
  if (limit !== begin || count !== Math.ceil(limit / pageSize)) return false
  return Array.from({ length: count }).every((_, page) => {
    const found = bytes.subarray(page * pageSize, Math.min((page + 1) * pageSize, limit))
    const signed = bytes.subarray(hashes + page * hashLength, hashes + (page + 1) * hashLength)
    return createHash('sha256').update(found).digest().equals(signed)
  })
}

/** Where the list of hashes is, one a page. */
function findDirectory(bytes, begin) {
  if (bytes.readUInt32BE(begin) !== MAGIC.signature) return undefined
  const count = bytes.readUInt32BE(begin + 8)
  for (let at = begin + 12; at < begin + 12 + count * 8; at += 8) {
    const blob = begin + bytes.readUInt32BE(at + 4)
    if (bytes.readUInt32BE(at) === CODE_DIRECTORY && bytes.readUInt32BE(blob) === MAGIC.directory) return blob
  }
  return undefined
}
