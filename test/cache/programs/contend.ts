/** A process that fights for a lock without pause: `<lock> <seconds> <litter>`. Prints how often it had it, and met others. */
import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'

const [path = '', seconds = '', litter = ''] = process.argv.slice(2)
const fileLock = requireCapability(loadNativeAddon(), 'fileLock')
const marker = `${path}.inside`
const until = Date.now() + Number(seconds) * 1000
let had = 0
let met = 0

/** Only one process at a time may be between these two calls. */
function passThrough(): void {
  try {
    closeSync(openSync(marker, 'wx'))
  } catch {
    met++
    return
  }
  unlinkSync(marker)
}

/** A lock file as a crashed process leaves it, if there is none. */
function leaveLitter(): void {
  try {
    writeFileSync(path, litter, { flag: 'wx' })
  } catch {}
}

while (Date.now() < until) {
  // Two attempts at once: the second often arrives while the first one is letting go.
  const attempts = await Promise.all([1, 2].map(() => fileLock.tryAcquire(path, `${process.pid} node`, '')))
  for (const { handle } of attempts) {
    if (handle === undefined) continue
    had++
    passThrough()
    await handle.release()
  }
  if (litter !== '') leaveLitter()
}
console.log(JSON.stringify({ had, met }))
