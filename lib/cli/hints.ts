/** What the library's hints say in terms of its API, in terms of the command line. */
import { AuthError } from '../errors.js'

// Hints of a code that are said otherwise as a whole. One that an error has of its own knows more, and is kept.
const WHOLE: Readonly<Record<string, string>> = {
  tls_error: 'If your network or the emulator has a root certificate of its own, pass it with --ca FILE.',
  request_timeout: 'Try again; --timeout sets how many seconds to wait.',
  authentication_timeout: 'Try again; --timeout sets how many seconds to wait.',
  network_error: 'Check the network and the proxy settings (HTTPS_PROXY, NO_PROXY).',
}

// Methods and fields of sign-ins, in the order in which they have to be replaced.
const WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bCall acquireTokenInteractive\b/g, 'Run login --flow interactive'],
  [/\bcall acquireTokenInteractive\b/g, 'run login --flow interactive'],
  [/\bacquireTokenInteractive\b/g, 'login --flow interactive'],
  [/\bkerberos\.clientKeytab\b/g, '--client-keytab'],
  [/\bin kerberos\b/g, 'with --client-keytab or --credential-cache'],
  [/\bdesktopSso(?:: true)?/g, '--desktop-sso'],
  [/\bas servicePrincipalName\b/g, 'with --service-principal-name'],
  [/\bas federationMetadata\b/g, 'with --federation-metadata FILE'],
  [/\bfederationMetadata\b/g, '--federation-metadata FILE'],
  [/\b([Pp])ass username\b/g, '$1ass --username'],
  [/\blook at steps\b/g, 'look with --verbose'],
  [/\blist it in knownAuthorities\b/g, 'pass it with --known-authority'],
  [/\b([Pp])ass allowUnencryptedStorage: true \(--allow-unencrypted-storage\)/g, '$1ass --allow-unencrypted-storage'],
  // A command has ended when its error is told.
  [/,? and this process goes on with the tokens (?:that it has )?in memory/g, ''],
]

/** The hint of an error of this code. */
export function hintOfCode(code: string, hint: string): string {
  return hint === new AuthError(code).hint ? (WHOLE[code] ?? inOptions(hint)) : inOptions(hint)
}

/** A hint with the names of options in the place of those of fields. */
export function inOptions(hint: string): string {
  return WORDS.reduce((text, [pattern, words]) => text.replace(pattern, words), hint)
}
