/** Loads the native addon, which is the only place that does, and says what was tried when there is none. */
import { existsSync } from 'node:fs'
// Bundles of ES modules tend to begin with a createRequire of their own, and names in one file must differ.
import { createRequire as requireFrom } from 'node:module'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ClientError } from '../errors.js'
import { BOUNDARY_VERSION, type NativeAddon } from './contract.js'

/** The addon, or one without any capability and the reason why. */
export type LoadedAddon = NativeAddon & { readonly loadError?: Error }

/** The names of the capabilities in {@link NativeAddon}. */
export type Capability = Exclude<keyof NativeAddon, 'boundaryVersion'>

/** What can differ from the default; both exist for tests. */
export interface LoadOptions {
  /** Folder with `build/Release` or `prebuilds` in it. Default: the root of this package. */
  root?: string
  /** Default: {@link BOUNDARY_VERSION}. */
  boundaryVersion?: number
}

/**
 * Loads `build/Release/latchkey.node` or the prebuild for this platform. Never throws, so that everything that needs no
 * native code works without it; {@link requireCapability} throws at the first use instead.
 */
export function loadNativeAddon(options: LoadOptions = {}): LoadedAddon {
  const { boundaryVersion = BOUNDARY_VERSION } = options
  try {
    const root = options.root ?? packageRoot()
    const load = requireFrom(import.meta.url)('node-gyp-build') as (root: string) => NativeAddon
    const addon = load(root)
    if (addon.boundaryVersion === boundaryVersion) return addon
    return withoutCapabilities(
      boundaryVersion,
      new Error(
        `the binary in ${root} has boundary version ${addon.boundaryVersion}, but ${boundaryVersion} is needed`,
      ),
    )
  } catch (error) {
    return withoutCapabilities(boundaryVersion, error instanceof Error ? error : new Error(String(error)))
  }
}

/** Where the binary is that {@link loadNativeAddon} loads, relative to this package; `undefined` when there is none. */
export function nativeAddonFile(): string | undefined {
  try {
    const root = packageRoot()
    const { path: find } = requireFrom(import.meta.url)('node-gyp-build') as { path(root: string): string }
    return relative(root, find(root))
  } catch {
    return undefined
  }
}

/** The folder of this package. Throws in a bundle, where a folder two levels up is somebody else's, and so are the binaries in it. */
function packageRoot(): string {
  const place = sep + join('dist', 'native', 'addon.js')
  // A bundle of CommonJS has no such URL, and webpack keeps that of the machine on which it ran.
  const url: string | undefined = import.meta.url
  const file = url === undefined ? '' : fileURLToPath(url)
  if (file.endsWith(place) && existsSync(file)) return file.slice(0, -place.length)
  throw new Error('latchkey is in a bundle, and finds its binary from its own folder only: leave latchkey external')
}

/** As on a system that lacks them all. */
export const NO_CAPABILITIES = {
  fileLock: undefined,
  negotiate: undefined,
  secretStore: undefined,
  dataProtection: undefined,
  device: undefined,
  parentWindow: undefined,
  desktop: undefined,
}

function withoutCapabilities(boundaryVersion: number, loadError: Error): LoadedAddon {
  return { boundaryVersion, ...NO_CAPABILITIES, loadError }
}

/**
 * The capability, for the code that cannot do without it.
 *
 * @throws {ClientError} native_unavailable – the addon could not be loaded, or this system lacks the capability.
 */
export function requireCapability<Name extends Capability>(
  addon: LoadedAddon,
  name: Name,
): NonNullable<NativeAddon[Name]> {
  const capability = addon[name]
  if (capability !== undefined) return capability
  const platform = `${process.platform}-${process.arch}`
  const reason = addon.loadError?.message.trim().replace(/\s+/g, ' ') ?? `${platform} has no such capability`
  throw new ClientError('native_unavailable', `The native capability ${name} is not available: ${reason}`, {
    cause: addon.loadError,
  })
}
