/** A native addon of which only some capabilities are there. */
import { type LoadedAddon, NO_CAPABILITIES } from '#lib/native/addon.js'
import { BOUNDARY_VERSION } from '#lib/native/contract.js'

/** The addon with these, and as on a system that lacks all the others. */
export function addonWith(capabilities: Partial<LoadedAddon> = {}): LoadedAddon {
  return { boundaryVersion: BOUNDARY_VERSION, ...NO_CAPABILITIES, ...capabilities }
}
