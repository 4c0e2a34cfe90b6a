/** A cache file over scripted stores, as any number of processes open it. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { PersistentCacheOptions } from '#lib/cache/persistent-cache.js'
import { choosePersistence } from '#lib/cache/storage/choose-persistence.js'
import { FakeSecretStore, storageAddon } from '../../fakes/fake-secret-store.js'
import { temporaryFolder } from '../../support/machine.js'

type Stores = Parameters<typeof storageAddon>[0]

/** With these stores. */
export async function place(t: TestContext, stores?: Stores) {
  const directory = await temporaryFolder(t)
  const path = join(directory, 'app')
  const log: string[] = []
  const logger = { log: (_level: unknown, message: string) => void log.push(message) }
  const addon = storageAddon(stores)
  /** Another process, as far as the file and the stores can tell. */
  const open = async (options: PersistentCacheOptions = {}) => {
    const cache = await choosePersistence({ name: 'app', directory, logger, ...options }, addon)
    return {
      cache,
      save: (text: string) => cache.withLock(() => cache.save(Buffer.from(text))),
      load: async () => {
        const bytes = await cache.load()
        return bytes && Buffer.from(bytes).toString()
      },
    }
  }
  const put = (contents: string | Uint8Array) => writeFile(path, contents, { mode: 0o600 })
  return { directory, path, log, open, put, stored: () => readFile(path) }
}

/** With a store of secrets. */
export async function vault(t: TestContext) {
  const store = new FakeSecretStore()
  return { store, ...(await place(t, { secretStore: store })) }
}

/** What an MSAL might have left. */
export const PLAIN = '{"AccessToken":{}}'
