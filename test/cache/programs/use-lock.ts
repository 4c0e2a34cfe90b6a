/** A process that uses a lock: `hold <lock>` until a line arrives, or `count <lock> <file> <times> [<litter>]`. */
import { readFile, writeFile } from 'node:fs/promises'
import { createFileLock } from '#lib/cache/storage/file-lock.js'
import { loadNativeAddon } from '#lib/native/addon.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'

const [command, path = '', file = '', times = '', litter = ''] = process.argv.slice(2)
const lock = createFileLock({ path, native: loadNativeAddon(), clock: SYSTEM_CLOCK, timeoutMs: 120_000 })

if (command === 'hold') {
  await lock.withLock(async () => {
    console.log('held')
    await new Promise(resolve => process.stdin.once('data', resolve))
  })
  process.stdin.destroy()
  console.log('released')
} else {
  for (let i = 0; i < Number(times); i++) {
    // A lock file as a crashed process leaves it, whenever there is none.
    if (litter !== '') await writeFile(path, litter, { flag: 'wx' }).catch(() => {})
    await lock.withLock(async () => {
      const count = Number(await readFile(file, 'utf8'))
      // Truncated and written in place, so that whoever looks without the lock sees nothing or an old number.
      await writeFile(file, String(count + 1))
    })
  }
  console.log('counted')
}
