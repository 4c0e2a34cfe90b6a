/** Opens the store that a crowd shares, as an application would. */
import { join } from 'node:path'
import { type CachePersistence, type CachePlugin, createDualFileCache, createPersistentCache } from 'latchkey'
import type { StoreKind } from './protocol.js'

/** The store of this kind in the folder. */
export async function openStore(store: StoreKind, folder: string): Promise<CachePersistence | CachePlugin> {
  switch (store) {
    case 'plain file':
      return createPersistentCache({ name: 'crowd', file: join(folder, 'crowd'), allowUnencryptedStorage: true })
    case 'encrypted file':
      return createPersistentCache({ name: 'crowd', directory: folder })
    case 'dual files':
    case 'encrypted dual files':
      return createDualFileCache({
        msalFile: join(folder, 'unified'),
        adalV3File: join(folder, 'adal'),
        encrypt: store === 'encrypted dual files',
      })
  }
}
