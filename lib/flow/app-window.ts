/** The app window of one sign-in: its browser, its profile, and the window that it belongs to. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createAppWindow } from '../browser/app-window/app-window.js'
import { type WithProfile, withKeptProfile, withPrivateProfile } from '../browser/app-window/profile.js'
import type { ParentWindow } from '../browser/parent-window.js'
import { createFileLock } from '../cache/storage/file-lock.js'
import { userDataFolder } from '../request/user-data-folder.js'
import type { CustomWebUi } from '../request/web-ui.js'
import type { FlowContext } from './flow-context.js'
import type { ValidInteractiveRequest } from './interactive-request.js'

/** The web UI that `webUi: 'appWindow'` stands for. */
export function appWindowFor(
  context: FlowContext,
  { appWindow, timeoutSeconds }: Pick<ValidInteractiveRequest, 'appWindow' | 'timeoutSeconds'>,
  parent: ParentWindow | undefined,
): CustomWebUi {
  const { clock, logger } = context
  const withProfile =
    appWindow.profile === 'kept' ? keptProfileFor(context, timeoutSeconds) : withPrivateProfile(logger)
  return createAppWindow({ options: appWindow, withProfile, parent, clock, logger })
}

/** One for each client ID: what users are signed in to in one program is no matter of another. */
function keptProfileFor({ clientId, native, clock, logger }: FlowContext, timeoutSeconds: number): WithProfile {
  const name = /^[\w-]{1,64}$/.test(clientId) ? clientId : createHash('sha256').update(clientId).digest('hex')
  const folder = join(userDataFolder(), 'windows', name)
  return withKeptProfile(folder, (work, signal) => {
    const addon = native()
    if (addon.fileLock === undefined) {
      logger.warning('app window: without the native addon nothing keeps two programs from using the profile at once')
      return work()
    }
    // Whoever has the window may take as long as a sign-in does.
    const timeoutMs = timeoutSeconds * 1_000
    return createFileLock({ path: `${folder}.lockfile`, native: addon, clock, timeoutMs }).withLock(work, signal)
  })
}
