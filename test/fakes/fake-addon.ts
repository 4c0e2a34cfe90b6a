/** A native addon of which only some capabilities are there. */
import type { LoadedAddon } from '#lib/native/addon.js'
import { BOUNDARY_VERSION } from '#lib/native/contract.js'

/** The addon with these, and as on a system that lacks all the others. */
export function addonWith(capabilities: Partial<LoadedAddon> = {}): LoadedAddon {
  return {
    boundaryVersion: BOUNDARY_VERSION,
    fileLock: undefined,
    negotiate: undefined,
    secretStore: undefined,
    dataProtection: undefined,
    device: undefined,
    parentWindow: undefined,
    desktop: undefined,
    ...capabilities,
  }
}
