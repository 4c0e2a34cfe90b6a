/** A text of a binary file, which ends where its zero byte is. */
export function textAt(bytes, offset) {
  const end = bytes.indexOf(0, offset)
  if (offset >= bytes.length || end < 0) throw new Error(`no text at ${offset} of ${bytes.length} bytes`)
  return bytes.toString('latin1', offset, end)
}
