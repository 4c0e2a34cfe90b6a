/** The encrypted cache in a test's session: this process's, other processes', and what is on the disk and in the store. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createPersistentCache, type PersistentCacheOptions } from 'latchkey'
import { readHeader } from '#lib/cache/storage/envelope.js'
import type { SecretItem } from '#lib/native/contract.js'
import type { Program } from '../../support/program.js'
import type { SessionBus } from './session-bus.js'

const PROGRAM = fileURLToPath(new URL('../programs/cache.js', import.meta.url))

/** A cache named `app` in this folder, as each process opens it. */
export async function openCache(directory: string, options: Partial<PersistentCacheOptions> = {}) {
  const cache = await createPersistentCache({ name: 'app', directory, ...options })
  return {
    cache,
    load: async () => {
      const bytes = await cache.load()
      return bytes && Buffer.from(bytes).toString()
    },
    save: (text: string) => cache.withLock(() => cache.save(Buffer.from(text))),
  }
}

/** What another process that does this prints. */
export async function elsewhere(bus: SessionBus, directory: string, ...args: string[]): Promise<string> {
  return startElsewhere(bus, directory, args).line()
}

export function startElsewhere(bus: SessionBus, directory: string, args: string[], env?: NodeJS.ProcessEnv): Program {
  return bus.start(process.execPath, [PROGRAM, directory, ...args], env)
}

/** The file of the cache in this folder, and the header it has. */
export const fileIn = (directory: string) => join(directory, 'app')
export const headerIn = async (directory: string) => readHeader(await readFile(fileIn(directory)))

/** Where the key of that file is, as people's own tools find it. */
export function keyItem(directory: string): SecretItem {
  return {
    service: '',
    account: '',
    schema: 'latchkey.cache-key',
    matchSchema: true,
    attributes: { application: 'latchkey', file: fileIn(directory) },
    collection: 'default',
    contentType: 'application/octet-stream',
  }
}

/** A process that is killed in an exchange of the key: before the first thing is stored, the second, or the file. */
export async function dieRotating(bus: SessionBus, directory: string, when: 1 | 2): Promise<void> {
  await die(bus, directory, 'die', when)
}

/** A process that is killed in a trial of the place, before it removes the key of it. There must be a key of the cache. */
export async function dieVerifying(bus: SessionBus, directory: string): Promise<void> {
  await die(bus, directory, 'die-verifying', 2)
}

async function die(bus: SessionBus, directory: string, command: string, when: number): Promise<void> {
  const program = startElsewhere(bus, directory, [command, `${when}`])
  // Each other end says something.
  assert.equal(await program.rest(), '')
}
