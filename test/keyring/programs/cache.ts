/** Another process with the cache: `<folder> append <text>`, `load` or `rotate`. Prints what it has found, or the error's code. */
import { setTimeout } from 'node:timers/promises'
import { createPersistentCache } from '#lib/cache/persistent-cache.js'

const [directory = '', command = '', text = ''] = process.argv.slice(2)
const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()

try {
  // All who are started together begin at the same moment.
  if (process.env.LATCHKEY_TEST_BEGIN) await setTimeout(Number(process.env.LATCHKEY_TEST_BEGIN) - Date.now())
  const cache = await createPersistentCache({ name: 'app', directory })
  if (command === 'append') {
    await cache.withLock(async () => cache.save(Buffer.from(`${textOf(await cache.load())}${text}`)))
  }
  if (command === 'rotate') await cache.rotateKey()
  console.log(`ok ${textOf(await cache.load())}`)
} catch (error) {
  console.log((error as { code?: string }).code ?? `${error}`)
}
