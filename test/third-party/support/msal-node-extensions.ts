/** What is used of @azure/msal-node-extensions, by its files: the package itself loads keytar, which a plain file does not need. */
import type { ICachePlugin } from '@azure/msal-node'

interface Persistence {
  save(contents: string): Promise<void>
  load(): Promise<string | null>
}

const parts = new URL('../../../test/peers/node_modules/@azure/msal-node-extensions/dist/persistence/', import.meta.url)

/** Its way of keeping a cache in a file that is not encrypted. */
export async function filePersistence(file: string): Promise<Persistence> {
  const { FilePersistence } = await import(new URL('FilePersistence.mjs', parts).href)
  return FilePersistence.create(file)
}

/** Its plugin, on such a file. */
export async function persistenceCachePlugin(file: string): Promise<ICachePlugin> {
  const { PersistenceCachePlugin } = await import(new URL('PersistenceCachePlugin.mjs', parts).href)
  return new PersistenceCachePlugin(await filePersistence(file))
}
