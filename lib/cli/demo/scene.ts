/** Where the demo plays: the tenant, the cache, the programs that were started, and the teller. */
import { startTenant, type Tenant } from '../../emulator/index.js'
import { PublicClientApplication } from '../../index.js'
import type { CommandContext } from '../context.js'
import { libraryLog } from '../library-log.js'
import { createScratchCache, type ScratchCache } from './scratch-cache.js'
import { Story } from './story.js'

/** Everything the steps share. */
export interface Scene {
  readonly context: CommandContext
  readonly story: Story
  readonly tenant: Tenant
  readonly cache: ScratchCache
  /**
   * Ends the program that was running and starts one anew; all that the two share is the cache. Where that is only in
   * memory, the program goes on running instead.
   */
  restartApplication(): Promise<PublicClientApplication>
  /** Closes the applications and the tenant, and removes the cache. */
  close(): Promise<void>
}

/** Starts the tenant and makes room for the cache; this is the first step of the story. */
export async function openScene(context: CommandContext): Promise<Scene> {
  const story = new Story(context.stdout)
  story.open('latchkey demo', [
    'A Microsoft Entra tenant, a browser and a program that signs its user in, all in',
    'this one process. Nothing leaves this machine.',
  ])
  const chapter = story.chapter('A tenant starts, over real TLS')
  const tenant = await startTenant()
  chapter.say('authority', tenant.authority, chapter.lap())
  chapter.say('its CA', 'made just now, for these names only; the key is in memory')
  let app: PublicClientApplication | undefined
  const closing = [() => tenant.close()]
  const close = async () => {
    await app?.close()
    for (const step of closing.reverse()) await step()
  }
  try {
    const cache = await createScratchCache()
    closing.push(() => cache.remove())
    context.signal.throwIfAborted()
    const restartApplication = async () => {
      const persistence = await cache.open()
      if (persistence === undefined && app !== undefined) return app
      await app?.close()
      app = new PublicClientApplication({
        clientId: tenant.clientId,
        authority: tenant.authority,
        knownAuthorities: [new URL(tenant.authority).host],
        // The tenant is on this machine; a proxy of the environment would look for it on its own.
        http: { ca: tenant.caPem, proxy: false },
        logger: libraryLog(context),
        ...(persistence !== undefined && { cache: persistence }),
      })
      return app
    }
    return { context, story, tenant, cache, restartApplication, close }
  } catch (error) {
    await close()
    throw error
  }
}
