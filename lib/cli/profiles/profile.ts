/** A profile: what it may say, how that is checked, and which options it stands for. */
import path from 'node:path'
import { nearest } from '../nearest.js'
import { FLOWS, type OptionName } from '../options.js'
import { printable } from '../text.js'
import { UsageError } from '../usage-error.js'

/** One profile, as the file has it. */
export interface Profile {
  readonly clientId?: string
  readonly authority?: string
  readonly knownAuthorities?: readonly string[]
  readonly scopes?: readonly string[]
  readonly flow?: string
  /** User name or home account id. */
  readonly account?: string
  readonly cacheName?: string
  readonly allowUnencryptedStorage?: boolean
  /** Path of a PEM file; a relative one starts at the folder of the profiles. */
  readonly ca?: string
  readonly proxyIntegratedAuthentication?: boolean
}

type Kind = 'text' | 'texts' | 'flag' | 'flow'

/** Each key with its kind and the option that it stands for. */
const KEYS: Readonly<Record<keyof Profile, readonly [Kind, OptionName]>> = {
  clientId: ['text', 'client-id'],
  authority: ['text', 'authority'],
  knownAuthorities: ['texts', 'known-authority'],
  scopes: ['texts', 'scope'],
  flow: ['flow', 'flow'],
  account: ['text', 'account'],
  cacheName: ['text', 'cache-name'],
  allowUnencryptedStorage: ['flag', 'allow-unencrypted-storage'],
  ca: ['text', 'ca'],
  proxyIntegratedAuthentication: ['flag', 'proxy-integrated-authentication'],
}

const SECRET = /pass(?:word|wd|phrase)|secret|token|credential|private_?key|certificate/i
const MAX_TEXT = 2_048
const MAX_TEXTS = 50

/**
 * Checks one profile.
 *
 * Shape: `where` names the file and the profile, for the messages.
 *
 * @throws {UsageError} – a key is unknown, has a value of another kind, or would hold a secret.
 */
export function checkProfile(value: unknown, where: string): Profile {
  if (!isObject(value)) throw new UsageError(`${where} must be an object`)
  for (const [key, entry] of Object.entries(value)) {
    if (!Object.hasOwn(KEYS, key)) refuseKey(key, Object.keys(KEYS), where)
    checkValue(KEYS[key as keyof Profile][0], entry, `${where}: ${key}`)
  }
  // Every key and every value has just been checked against the table.
  return value as Profile
}

/**
 * Refuses a key that nobody knows, with the one that was probably meant.
 *
 * @throws {UsageError} – always.
 */
export function refuseKey(key: string, known: readonly string[], where: string): never {
  const shown = JSON.stringify(printable(key).slice(0, 80))
  if (SECRET.test(key)) {
    const hint =
      'Remove it. A password is asked for at the terminal, or read from --password-stdin; no other secret is needed.'
    throw new UsageError(`${where}: ${shown} is refused, since a file of settings is no place for a secret`, hint)
  }
  const near = nearest(
    key.toLowerCase(),
    known.map(name => name.toLowerCase()),
  )
  const meant = known.find(name => name.toLowerCase() === near)
  const hint = meant === undefined ? `There is: ${known.join(', ')}.` : `Did you mean ${meant}?`
  throw new UsageError(`${where}: unknown key ${shown}`, hint)
}

function checkValue(kind: Kind, value: unknown, where: string): void {
  if (kind === 'flag') {
    if (typeof value !== 'boolean') throw new UsageError(`${where} must be true or false`)
  } else if (kind === 'texts') {
    const isList = Array.isArray(value) && value.length > 0 && value.length <= MAX_TEXTS && value.every(isText)
    if (!isList) throw new UsageError(`${where} must be a list of 1 to ${MAX_TEXTS} texts`)
  } else if (!isText(value)) {
    throw new UsageError(`${where} must be a text of 1 to ${MAX_TEXT} characters`)
  } else if (kind === 'flow' && !FLOWS.some(flow => flow === value)) {
    const near = nearest(value, FLOWS)
    throw new UsageError(
      `${where} ${JSON.stringify(printable(value).slice(0, 80))} is not known; there is: ${FLOWS.join(', ')}`,
      near === undefined ? undefined : `Did you mean ${near}?`,
    )
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= MAX_TEXT && !/\p{Cc}/u.test(value)
}

/** Whether JSON has an object here. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The options that a profile stands for, as if they were typed. `folder` is where the file is. */
export function optionsOfProfile(profile: Profile, folder: string): Map<OptionName, readonly string[]> {
  const options = new Map<OptionName, readonly string[]>()
  for (const [key, [kind, option]] of Object.entries(KEYS)) {
    const value = profile[key as keyof Profile]
    if (value === undefined || value === false) continue
    if (kind === 'flag') options.set(option, [''])
    else options.set(option, typeof value === 'object' ? value : [String(value)])
  }
  if (profile.ca !== undefined) options.set('ca', [path.resolve(folder, profile.ca)])
  return options
}
