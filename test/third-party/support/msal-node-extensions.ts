/** @azure/msal-node-extensions as `npm run setup:peers` installs it, behind the types of msal-node. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ICachePlugin } from '@azure/msal-node'
import type { Kept } from './job.js'

const PEERS = join(fileURLToPath(new URL('../../..', import.meta.url)), 'test/peers/node_modules')
// By their files: the package itself loads keytar, a binary for keyrings that a plain file does not need.
const load = (file: string) => import(pathToFileURL(join(PEERS, '@azure/msal-node-extensions/dist', file)).href)

interface Persistence {
  save(contents: string): Promise<void>
  load(): Promise<string | null>
}

export interface Extensions {
  plugin: ICachePlugin
  /** Resolves with the time at which it lets go, in milliseconds since 1970. */
  holdLock(forMs: number): Promise<number>
}

/** The plugin with the persistence that the extensions make for it. */
export async function openExtensions(kept: Kept): Promise<Extensions> {
  const { PersistenceCachePlugin } = await load('persistence/PersistenceCachePlugin.mjs')
  const persistence = await persistenceFor(kept)
  return {
    plugin: new PersistenceCachePlugin(persistence),
    async holdLock(forMs) {
      const { CrossPlatformLock } = await load('lock/CrossPlatformLock.mjs')
      const lock = new CrossPlatformLock(`${kept.file}.lockfile`, persistence.getLogger())
      await lock.lock()
      await writeFile(`${kept.file}.held`, '')
      await setTimeout(forMs)
      const until = Date.now()
      await lock.unlock()
      return until
    },
  }
}

async function persistenceFor(kept: Kept) {
  if (kept.how === 'plain') {
    return filePersistence(kept.file)
  }
  const { PersistenceCreator } = await load('persistence/PersistenceCreator.mjs')
  const { service, account } = kept.attributes ?? {}
  return PersistenceCreator.createPersistence({ cachePath: kept.file, serviceName: service, accountName: account })
}

/** Its way of keeping a cache in a file that is not encrypted. */
export async function filePersistence(file: string): Promise<Persistence> {
  const { FilePersistence } = await load('persistence/FilePersistence.mjs')
  return FilePersistence.create(file)
}

/** Its plugin, on such a file. */
export async function persistenceCachePlugin(file: string): Promise<ICachePlugin> {
  return (await openExtensions({ how: 'plain', file })).plugin
}
