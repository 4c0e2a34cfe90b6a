/** Which profile is in force: the one that was named, else the default of the file. */
import path from 'node:path'
import type { OptionName } from '../options.js'
import { optionsOfProfile, type Profile } from './profile.js'
import { type Profiles, readProfiles, unknownProfile } from './profiles-file.js'

/** The options of a profile, and what to tell people about where they come from. */
export interface ChosenProfile {
  readonly options: ReadonlyMap<OptionName, readonly string[]>
  readonly warnings: readonly string[]
}

/**
 * The options of the profile in force. Without one there are none.
 *
 * @throws {UsageError} – as readProfiles; or there is no profile of this name.
 */
export function chosenProfile(name: string | undefined, env: NodeJS.ProcessEnv): ChosenProfile {
  const read = readProfiles(env)
  const profile = profileInForce(read, name)?.[1]
  if (profile === undefined) return { options: new Map(), warnings: [] }
  return { options: optionsOfProfile(profile, path.dirname(read.file)), warnings: read.warnings }
}

/**
 * The profile of this name, or the default.
 *
 * @throws {UsageError} – there is no profile of this name.
 */
export function profileInForce(read: Profiles, name: string | undefined): readonly [string, Profile] | undefined {
  const wanted = name ?? read.default
  if (wanted === undefined) return undefined
  const profile = read.profiles.get(wanted)
  if (profile === undefined) throw unknownProfile(wanted, [...read.profiles.keys()], `--profile, in ${read.file},`)
  return [wanted, profile]
}
