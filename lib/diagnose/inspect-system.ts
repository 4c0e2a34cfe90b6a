/** Reads who the system's credentials belong to, and says in words why nobody can be signed in by them. */
import type { LoadedAddon } from '../native/addon.js'
import type { NegotiateCredentialStatus } from '../native/contract.js'
import type { KerberosCredentials } from '../request/requests.js'
import { joinStateInWords, joinStateOf } from '../wstrust/join-state.js'
import { inWords, isNativeFailure, lacksLibrary } from '../wstrust/native-failure.js'
import { nativeCredentials } from '../wstrust/negotiator.js'
import { userNameOf } from '../wstrust/principal.js'
import type { SystemUser } from './system-user.js'

/** The user of the credentials; never rejects for want of one. */
export async function inspectSystem(
  { negotiate, device, loadError }: LoadedAddon,
  kerberos: KerberosCredentials = {},
): Promise<SystemUser> {
  if (negotiate === undefined) {
    return { whyNot: loadError === undefined ? 'this system has no Negotiate' : 'the native addon is not loaded' }
  }
  try {
    const status = await negotiate.inspect(nativeCredentials(kerberos))
    return status === undefined ? { whyNot: await nobody(device, kerberos) } : userOf(status, kerberos)
  } catch (failure) {
    if (!isNativeFailure(failure)) throw failure
    if (lacksLibrary(failure)) return { whyNot: 'the Kerberos library of the system is not installed' }
    if (failure.code === 'NO_CREDENTIALS' || failure.code === 'NOT_FOUND') {
      return { whyNot: await nobody(device, kerberos) }
    }
    return { whyNot: `the system does not say who is signed in: ${inWords(failure)}` }
  }
}

function userOf(
  { principal, expiresOn, encryptionType }: NegotiateCredentialStatus,
  { clientKeytab }: KerberosCredentials,
): SystemUser {
  const username = userNameOf(principal)
  // With a keytab a new ticket is got in its place.
  const isOver = expiresOn !== 0 && expiresOn <= Date.now() && clientKeytab === undefined
  return {
    username,
    ...(expiresOn !== 0 && { expiresOn: new Date(expiresOn) }),
    ...(encryptionType !== 0 && { encryptionType }),
    ...(isOver && { whyNot: `the ticket of ${username} has expired` }),
  }
}

async function nobody(device: LoadedAddon['device'], { clientKeytab }: KerberosCredentials): Promise<string> {
  const joined = await joinStateOf(device)
  if (joined !== undefined) return `Windows knows no user name; this device is ${joinStateInWords(joined)}`
  if (process.platform === 'win32') return 'Windows knows no user name'
  return clientKeytab === undefined ? 'there is no Kerberos ticket' : 'there is neither a ticket nor such a key'
}
