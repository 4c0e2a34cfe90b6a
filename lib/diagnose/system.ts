/** The checks of who the system knows: the Kerberos ticket or the Windows user, and what a Windows device is joined to. */
import type { LoadedAddon } from '../native/addon.js'
import { joinStateHint, joinStateInWords } from '../wstrust/join-state.js'
import type { DiagnoseOptions, Finding } from './diagnosis.js'
import { inspectSystem } from './inspect-system.js'
import type { SystemUser } from './system-user.js'

/** Names of RFC 3961's registry, as klist shows them. @see [Kerberos Parameters](https://www.iana.org/assignments/kerberos-parameters) */
const ENCRYPTION_TYPES: Readonly<Record<number, string>> = {
  1: 'des-cbc-crc',
  3: 'des-cbc-md5',
  16: 'des3-cbc-sha1',
  17: 'aes128-cts-hmac-sha1-96',
  18: 'aes256-cts-hmac-sha1-96',
  19: 'aes128-cts-hmac-sha256-128',
  20: 'aes256-cts-hmac-sha384-192',
  23: 'rc4-hmac',
}
const NEW_TICKET = 'Get a new ticket with kinit, or sign in anew.'
const WEAK: ReadonlySet<number> = new Set([1, 3, 16, 23])

/** Whom would a sign-in without a prompt be for? Other ways to sign in do without, so that nobody is no failure. */
export async function ticket(addon: LoadedAddon, { kerberos }: DiagnoseOptions): Promise<Finding> {
  const user = await inspectSystem(addon, kerberos)
  const { username, encryptionType, whyNot } = user
  if (username === undefined) {
    // Who names a keytab or a cache means to use it.
    const hint = hintForNobody(addon)
    return { ok: kerberos === undefined, detail: `none: ${whyNot}`, hint, lacking: hint }
  }
  const detail = [username, ...endOf(user), ...encryptionOf(user)].join(', ')
  if (whyNot !== undefined) return { ok: true, detail, hint: NEW_TICKET, lacking: NEW_TICKET }
  if (encryptionType !== undefined && WEAK.has(encryptionType)) {
    return { ok: true, detail, hint: 'Have the account get AES keys: this encryption is weak, and being switched off.' }
  }
  return { ok: true, detail }
}

function hintForNobody({ negotiate }: LoadedAddon): string {
  if (negotiate === undefined) return 'Mend what native says first; other ways to sign in do without.'
  return process.platform === 'win32'
    ? 'See what device says; other ways to sign in do without.'
    : 'For a sign-in without a prompt get a ticket with kinit, or name a keytab; other ways do without.'
}

function endOf({ expiresOn }: SystemUser): string[] {
  if (expiresOn === undefined) return []
  const minutes = Math.round((expiresOn.getTime() - Date.now()) / 60_000)
  const size = Math.abs(minutes)
  const distance = size < 120 ? `${size} minutes` : `${Math.round(size / 60)} hours`
  return [
    minutes < 0 || expiresOn.getTime() <= Date.now() ? `expired ${distance} ago` : `good for ${distance}`,
    `until ${expiresOn.toISOString()}`,
  ]
}

function encryptionOf({ encryptionType }: SystemUser): string[] {
  if (encryptionType === undefined) return []
  return [ENCRYPTION_TYPES[encryptionType] ?? `encryption type ${encryptionType}`]
}

/** What is this Windows device joined to? */
export async function device({ device: native, loadError }: LoadedAddon): Promise<Finding> {
  if (native === undefined) {
    return { ok: true, detail: loadError === undefined ? 'not Windows, which alone joins devices' : 'not known' }
  }
  const state = await native.joinState()
  const { kind } = state
  const detail = joinStateInWords(state)
  // What helps where Windows knows nobody is advice only where it certainly does not.
  return kind === 'workplace' || kind === 'none'
    ? { ok: true, detail, hint: joinStateHint(kind) }
    : { ok: true, detail }
}
