/** Lets the system prove to one server who the user is: binds its name and the credentials to the HTTP exchange. */
import type { Negotiator, SecurityContext } from '../http/http-client.js'
import type { NativeNegotiate, NegotiateCredentials } from '../native/contract.js'
import { inNumbers, inWords, isNativeFailure, negotiateError } from './native-failure.js'
import type { Steps } from './steps.js'

/** Whose credentials to use on Linux and macOS; what is absent is left to the system. */
export interface KerberosOptions {
  readonly clientKeytab?: string | undefined
  readonly credentialCache?: string | undefined
  readonly principal?: string | undefined
}

/** One server, and how it may be told who the user is. */
export interface NegotiatorOptions {
  readonly native: NativeNegotiate
  readonly servicePrincipalName: string
  readonly kerberos: KerberosOptions
  readonly allowNtlm: boolean
  readonly steps: Steps
  /** Default: none, where it is for many requests. */
  readonly correlationId: string | undefined
}

const NO_PASSWORD = new Uint8Array()

/** The credentials as native code takes them. */
export function nativeCredentials(kerberos: KerberosOptions): NegotiateCredentials {
  const { clientKeytab = '', credentialCache = '', principal = '' } = kerberos
  return { clientKeytab, credentialCache, principal, username: '', domain: '', password: NO_PASSWORD }
}

/** The name of a server's service: `HTTP/adfs.contoso.com`, whatever its port, and without the dot that ends a full name. */
export function servicePrincipalNameOf({ hostname }: URL): string {
  return `HTTP/${hostname.replace(/\.$/, '')}`
}

/**
 * Creates it. The caller has made sure that the server was named by federation metadata or by the cloud.
 *
 * Conversations reject with negotiate_no_credentials, negotiate_credentials_expired, negotiate_unknown_service,
 * negotiate_kdc_unreachable, native_unavailable or integrated_windows_authentication_failed, all of them ClientErrors.
 */
export function createNegotiator(options: NegotiatorOptions): Negotiator {
  const { native, servicePrincipalName, kerberos, allowNtlm, steps, correlationId } = options
  const translating = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (failure) {
      if (isNativeFailure(failure)) {
        const line = `Negotiate: ${servicePrincipalName}: `
        // The system's words name principals and files.
        steps.add(line + inWords(failure), line + inNumbers(failure))
      }
      throw negotiateError(failure, servicePrincipalName, correlationId)
    }
  }
  return {
    async open(channelBindings): Promise<SecurityContext> {
      const bound = channelBindings.length === 0 ? 'bound to nothing' : 'bound to the TLS connection'
      const ntlm = allowNtlm ? '' : ', without NTLM'
      steps.add(`Negotiate: ${servicePrincipalName}, ${bound}${ntlm}`)
      const credentials = nativeCredentials(kerberos)
      const target = { servicePrincipalName, channelBindings, allowNtlm, credentials }
      const context = await translating(native.open(target))
      return {
        step: input => translating(context.step(input)),
        close: () => context.close(),
      }
    },
  }
}
