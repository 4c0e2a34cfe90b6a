/** The checks of what this program runs on: Node and the native addon. */
import { type LoadedAddon, nativeAddonFile } from '../native/addon.js'
import type { Finding } from './diagnosis.js'

const OLDEST = [20, 19] as const

/** Is this Node one that the package supports? */
export function node(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
  const detail = `${version} on ${process.platform}-${process.arch}`
  return isOld ? { ok: false, detail, hint: `Use Node ${OLDEST.join('.')} or later.` } : { ok: true, detail }
}

/** Is there a native addon for this system, where from, and what can it do? */
export function native(addon: LoadedAddon): Finding {
  const { loadError, boundaryVersion: _, ...capabilities } = addon
  if (loadError !== undefined) {
    const reason = loadError.message.trim().split('\n', 1)[0] ?? ''
    return {
      ok: false,
      detail: `not loaded: ${reason}`,
      hint: 'Install latchkey anew on this system, or build it with npm run build; without it nothing is kept on disk.',
    }
  }
  const offered = Object.entries(capabilities).flatMap(([name, capability]) => (capability === undefined ? [] : [name]))
  return { ok: true, detail: `${offered.join(', ') || 'no capability'}, from ${nativeAddonFile()}` }
}
