/** A token cache in a temporary folder for the time of a demo, or none where it cannot be locked safely. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type CachePersistence, ClientError, createPersistentCache } from '../../index.js'

/** Where the demo keeps its tokens. */
export interface ScratchCache {
  /** Opens the cache, as each program that shares it would. `undefined`: memory only, and `lacks` says why. */
  open(): Promise<CachePersistence | undefined>
  readonly lacks: string | undefined
  /** Removes the cache and its folder. */
  remove(): Promise<void>
}

/** Makes the folder, and finds out whether a cache can be kept in it. */
export async function createScratchCache(): Promise<ScratchCache> {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-demo-'))
  // As the MSALs share a file: never with a key in the user's keyring, which a demo that is killed would leave there.
  const file = path.join(directory, 'demo')
  const create = () => createPersistentCache({ file, allowUnencryptedStorage: true })
  const remove = () => rm(directory, { recursive: true, force: true })
  try {
    await create()
    return { open: create, lacks: undefined, remove }
  } catch (error) {
    if (error instanceof ClientError && error.code === 'native_unavailable') {
      return { open: async () => undefined, lacks: error.hint, remove }
    }
    await remove()
    throw error
  }
}
