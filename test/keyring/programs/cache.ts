/**
 * Another process with the cache: `<folder> append <text>`, `load`, `rotate`, or `die <n>` and `die-verifying <n>`, which are
 * killed in an exchange of the key and in a trial of the place, when something is stored or deleted for the n-th time. Prints what it has found, or the error's code.
 */
import { setTimeout } from 'node:timers/promises'
import { choosePersistence } from '#lib/cache/storage/choose-persistence.js'
import { type LoadedAddon, loadNativeAddon, requireCapability } from '#lib/native/addon.js'

const [directory = '', command = '', text = ''] = process.argv.slice(2)
const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()

/** The addon, with a store that ends this process. */
function deadly(addon: LoadedAddon, when: number): LoadedAddon {
  const store = requireCapability(addon, 'secretStore')
  let calls = 0
  const die = () => {
    if (++calls === when) process.kill(process.pid, 'SIGKILL')
  }
  const set: typeof store.set = (...args) => {
    die()
    return store.set(...args)
  }
  const remove: typeof store.delete = (...args) => {
    die()
    return store.delete(...args)
  }
  return { ...addon, secretStore: { get: store.get, set, delete: remove } }
}

try {
  // All who are started together begin at the same moment.
  if (process.env.LATCHKEY_TEST_BEGIN) await setTimeout(Number(process.env.LATCHKEY_TEST_BEGIN) - Date.now())
  const addon = loadNativeAddon()
  const native = command.startsWith('die') ? deadly(addon, Number(text)) : addon
  const cache = await choosePersistence({ name: 'app', directory }, native)
  if (command === 'append') {
    await cache.withLock(async () => cache.save(Buffer.from(`${textOf(await cache.load())}${text}`)))
  }
  if (command === 'rotate' || command === 'die') await cache.rotateKey()
  if (command === 'die-verifying') await cache.verify()
  console.log(`ok ${textOf(await cache.load())}`)
} catch (error) {
  console.log((error as { code?: string }).code ?? `${error}`)
}
