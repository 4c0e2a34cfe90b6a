/** What the tests of a cache in a store of secrets share: one in a store that only seems to be the system's. */
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type SharedItem, sharedItem } from '#lib/cache/storage/shared-item.js'
import { createSharedStore } from '#lib/cache/storage/shared-store.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import { loadNativeAddon } from '#lib/native/addon.js'
import { SYSTEM_CLOCK } from '#lib/request/system-clock.js'
import { FakeSecretService } from '../fakes/fake-secret-service.js'
import { needs, temporaryFolder } from '../support/machine.js'

export const onUnix = needs(process.platform !== 'win32', 'a system whose MSALs use a store of secrets')
const ATTRIBUTES = { Version: '1', ProductGroup: 'Contoso' }
const DOTNET = { format: 'base64', schema: 'com.contoso.tokencache', attributes: ATTRIBUTES, label: 'Contoso' } as const

export async function setUp(t: TestContext, secretService: Parameters<typeof sharedItem>[0]['secretService'] = DOTNET) {
  const file = join(await temporaryFolder(t), 'new', 'msal.cache')
  const store = new FakeSecretService()
  const native = { ...loadNativeAddon(), secretStore: store }
  const shared: SharedItem = sharedItem({ secretService }, file)
  const open = (clock = SYSTEM_CLOCK) => createSharedStore({ file, shared, native, clock, logger: SILENT_LOGGER })
  const cache = open()
  const save = (text: string, by = cache) => by.withLock(() => by.save(Buffer.from(text)))
  const load = async (by = cache) => {
    const bytes = await by.load()
    return bytes && Buffer.from(bytes).toString()
  }
  const asked = async (work: () => Promise<unknown>) => {
    const before = store.asked.length
    await work()
    return store.asked.slice(before)
  }
  return { file, store, shared, open, cache, save, load, asked }
}

/** Until the last change of the signal file is so long ago that one more would show. */
export const settle = () => wait(60)
export const touch = (file: string) => utimes(file, Date.now() / 1000, Date.now() / 1000)
