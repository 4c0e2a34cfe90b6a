/** The native capability under test in Windows, and its arguments with defaults. */
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import type { NegotiateCredentials, NegotiateTarget } from '#lib/native/contract.js'

/** The native capability of the addon that was built for Windows. */
export const negotiate = requireCapability(loadNativeAddon(), 'negotiate')

export const NOTHING = new Uint8Array()

/** Credentials of who is signed in, but for what is given. */
export function credentials(parts: Partial<NegotiateCredentials> = {}): NegotiateCredentials {
  const none = { clientKeytab: '', credentialCache: '', principal: '', username: '', domain: '' }
  return { ...none, password: NOTHING, ...parts }
}

/** Explicit ones. */
export function explicit(username: string, domain: string, password: string): NegotiateCredentials {
  return credentials({ username, domain, password: Buffer.from(password) })
}

/** HTTP/localhost by Kerberos, with the credentials of who is signed in and no channel bindings, but for what is given. */
export function target(parts: Partial<NegotiateTarget> = {}): NegotiateTarget {
  const servicePrincipalName = 'HTTP/localhost'
  return { servicePrincipalName, channelBindings: NOTHING, allowNtlm: false, credentials: credentials(), ...parts }
}

/** The first token of a new conversation, and how the step ended. */
export async function firstStep(parts: Partial<NegotiateTarget> = {}) {
  const context = await negotiate.open(target(parts))
  try {
    return await context.step(NOTHING)
  } finally {
    context.close()
  }
}
