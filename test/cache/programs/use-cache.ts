/** A process that saves through the public API: `<folder> <text>`. XDG_DATA_HOME is the folder when that is '-'. */
import { createPersistentCache } from '#lib/cache/persistent-cache.js'

const [directory = '', text = ''] = process.argv.slice(2)
const cache = await createPersistentCache({
  name: 'shared',
  ...(directory !== '-' && { directory }),
  allowUnencryptedStorage: true,
})
await cache.withLock(async () => {
  const before = await cache.load()
  await cache.save(Buffer.concat([before ?? Buffer.alloc(0), Buffer.from(text)]))
})
console.log('saved')
