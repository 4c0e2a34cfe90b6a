/** Writes a file again and again with what is in it, in place, as the MSALs save: `<file>`. Says when it has done so twenty times; ends when stdin does, and prints how often. */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'

const [file = ''] = process.argv.slice(2)
const bytes = readFileSync(file)
let isOver = false
let count = 0
process.stdin.resume().once('end', () => {
  isOver = true
})
console.log('writing')
while (!isOver) {
  const handle = openSync(file, 'r+')
  ftruncateSync(handle)
  // As large as the pieces in which node:fs/promises writes, so that a half-written file is there to see.
  for (let written = 0; written < bytes.length; ) {
    await new Promise(resolve => setImmediate(resolve))
    written += writeSync(handle, bytes, written, Math.min(512 << 10, bytes.length - written), written)
  }
  closeSync(handle)
  if (++count === 20) console.log('often')
  // Somebody who saves all the time still has something else to do in between.
  await new Promise(resolve => setTimeout(resolve, 5))
}
console.log(String(count))
