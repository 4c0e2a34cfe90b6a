/** What a Windows device is joined to: in words, and what that means for a sign-in without a prompt. */
import type { DeviceJoinState, NativeDevice } from '../native/contract.js'

type Kind = DeviceJoinState['kind']

const PROMPTED = 'use acquireTokenInteractive or a device code'
const HINTS: Readonly<Record<Kind, string>> = {
  domain:
    'Sign in to Windows with an account of the domain, and see that a domain controller can be reached (network, VPN), or pass username, such as joe@contoso.com.',
  hybrid:
    'Sign in to Windows with an account of the domain, and see that a domain controller can be reached (network, VPN), or pass username, such as joe@contoso.com.',
  entra:
    'Sign in to Windows with the Entra account, since a local account has no user name there, or pass username, such as joe@contoso.com.',
  workplace: `A work account was only added to this device, which is not supported: sign in on a device that is joined to the domain, pass username, such as joe@contoso.com, where Windows has credentials of its domain, or ${PROMPTED}.`,
  none: `A device in no domain signs nobody in by itself: join it to the domain or to Entra, pass username, such as joe@contoso.com, where Windows has credentials of the domain, or ${PROMPTED}.`,
}

/** What it is joined to; `undefined` where the system has no such thing, or cannot say. */
export async function joinStateOf(device: NativeDevice | undefined): Promise<DeviceJoinState | undefined> {
  try {
    return await device?.joinState()
  } catch {
    // It only explains another failure.
    return undefined
  }
}

/** Behind "this device is": `joined to the domain CONTOSO`. */
export function joinStateInWords({ kind, domain, tenantId }: DeviceJoinState): string {
  const tenant = tenantId === '' ? '' : ` (tenant ${tenantId})`
  const name = domain === '' ? '' : ` ${domain}`
  if (kind === 'domain') return `joined to the domain${name}`
  if (kind === 'hybrid') return `joined to the domain${name} and to Entra${tenant}`
  if (kind === 'entra') return `joined to Entra${name}${tenant}`
  return kind === 'workplace' ? `only workplace-joined${name}${tenant}` : 'in no domain and not joined to Entra'
}

/** What to do where Windows does not say who is signed in, on a device of this kind. */
export function joinStateHint(kind: Kind): string {
  return HINTS[kind]
}
