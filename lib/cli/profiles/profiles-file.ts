/** The file of profiles: where it is, whether it can be trusted, and what it says. */
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import path from 'node:path'
import { nearest } from '../nearest.js'
import { printable } from '../text.js'
import { UsageError } from '../usage-error.js'
import { checkProfile, isObject, type Profile, refuseKey } from './profile.js'

const FILE_NAME = 'profiles.json'
const MAX_BYTES = 64 * 1024
// What every shell takes as a word.
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/

/** What is known of the profiles of this user. */
export interface Profiles {
  readonly file: string
  readonly exists: boolean
  readonly profiles: ReadonlyMap<string, Profile>
  /** The profile that is in force when none is named. */
  readonly default: string | undefined
  /** Sentences for people about who else may write the file. */
  readonly warnings: readonly string[]
}

/** The path of the file. `$LATCHKEY_CONFIG_DIR` names its folder, else the system's rules do. (XDG Base Directory Specification § 3) */
function profilesFile(env: NodeJS.ProcessEnv): string {
  return path.join(configFolder(env), FILE_NAME)
}

function configFolder(env: NodeJS.ProcessEnv): string {
  if (env.LATCHKEY_CONFIG_DIR) return path.resolve(env.LATCHKEY_CONFIG_DIR)
  const home = homedir()
  if (process.platform === 'win32') return path.join(env.APPDATA || path.join(home, 'AppData', 'Roaming'), 'latchkey')
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'latchkey')
  const { XDG_CONFIG_HOME } = env
  // A relative path there "should be considered invalid and ignored".
  const base = XDG_CONFIG_HOME && path.isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : path.join(home, '.config')
  return path.join(base, 'latchkey')
}

/**
 * Reads the profiles; without a file there are none.
 *
 * @throws {UsageError} – the file cannot be read, is too large, is not JSON, or says something that no profile can say.
 */
export function readProfiles(env: NodeJS.ProcessEnv): Profiles {
  const file = profilesFile(env)
  const read = readBounded(file)
  if (read === undefined) {
    return { file, exists: false, profiles: new Map(), default: undefined, warnings: [] }
  }
  return { file, exists: true, ...parseProfiles(read.text, file), warnings: warningsOf(file, read.stats) }
}

function readBounded(file: string): { text: string; stats: Stats } | undefined {
  try {
    // Without waiting: a named pipe in its place must not hold the program up.
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      // Of the open file, so that nobody can put another one in its place in between.
      const stats = fstatSync(descriptor)
      if (!stats.isFile()) throw new Error('it is not a file')
      if (stats.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`)
      return { text: readFileSync(descriptor, 'utf8'), stats }
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new UsageError(`${printable(file)} cannot be read: ${printable(message)}`, undefined, { cause })
  }
}

function parseProfiles(text: string, file: string): Pick<Profiles, 'profiles' | 'default'> {
  const where = printable(file)
  let content: unknown
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    // The parser's message would quote the file.
    throw new UsageError(`${where} is not JSON`, 'docs/cli.md shows an example.', { cause: hidden(cause) })
  }
  if (!isObject(content)) throw new UsageError(`${where} must hold a JSON object`)
  const known = ['profiles', 'default']
  for (const key of Object.keys(content)) if (!known.includes(key)) refuseKey(key, known, where)
  const { profiles: listed = {}, default: preset } = content
  if (!isObject(listed)) throw new UsageError(`${where}: profiles must be an object`)
  const profiles = new Map(
    Object.entries(listed).map(([name, value]) => {
      if (!NAME.test(name)) {
        throw new UsageError(
          `${where}: ${JSON.stringify(printable(name).slice(0, 80))} cannot be the name of a profile`,
          'A name has letters, digits, dots, hyphens and underscores, at most 64.',
        )
      }
      return [name, checkProfile(value, `${where}: ${name}`)] as const
    }),
  )
  if (preset === undefined) return { profiles, default: undefined }
  if (typeof preset !== 'string') throw new UsageError(`${where}: default must be the name of a profile`)
  if (!profiles.has(preset)) throw unknownProfile(preset, [...profiles.keys()], `${where}: default`)
  return { profiles, default: preset }
}

/** The error for a name that no profile has. */
export function unknownProfile(name: string, known: readonly string[], where: string): UsageError {
  const near = known.find(
    candidate =>
      candidate.toLowerCase() ===
      nearest(
        name,
        known.map(other => other.toLowerCase()),
      ),
  )
  const there = known.length === 0 ? 'There is none.' : `There is: ${known.join(', ')}.`
  const hint = near === undefined ? there : `Did you mean ${near}?`
  return new UsageError(`${where} names no profile: ${JSON.stringify(printable(name).slice(0, 80))}`, hint)
}

function hidden(cause: unknown): Error {
  const at = /position (\d+)/.exec(String(cause))?.[1]
  return new Error(at === undefined ? 'it cannot be parsed' : `it cannot be parsed at character ${at}`)
}

/** Whoever can write the file can send the user to an authority of their own. */
function warningsOf(file: string, { mode, uid }: Stats): string[] {
  if (process.platform === 'win32') return []
  const others = [0, userInfo().uid].includes(uid) ? mode & 0o022 : 0o022
  if (others !== 0) {
    return [
      `Other users may write ${printable(file)}, and so choose whom you sign in to: chmod go-w it, or make it yours.`,
    ]
  }
  // Where a link leads counts as much as where it is.
  const folder = [file, realpathSync(file)].map(name => path.dirname(name)).find(mayReplaceIn)
  if (folder === undefined) return []
  return [`Other users may write in ${printable(folder)}, and so replace your profiles: chmod go-w it.`]
}

/** Whether other users may put a file of theirs in the place of one in this folder; not in a sticky one. */
function mayReplaceIn(folder: string): boolean {
  const { mode } = statSync(folder)
  return (mode & 0o022) !== 0 && (mode & 0o1000) === 0
}
