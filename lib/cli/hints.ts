/** What the library's hints say in terms of its API, in terms of the command line. */
import { AuthError } from '../errors.js'

// Hints of codes that are said otherwise as a whole; an error with a hint of its own knows more.
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
  [/\bhttp\.proxy\.integratedAuthentication\b/g, '--proxy-integrated-authentication'],
  [/\bkerberos\.clientKeytab\b/g, '--client-keytab'],
  [/\bin kerberos\b/g, 'with --client-keytab or --credential-cache'],
  [/\bdesktopSso(?:: true)?/g, '--desktop-sso'],
  [/\bas servicePrincipalName\b/g, 'with --service-principal-name'],
  [/\bas federationMetadata\b/g, 'with --federation-metadata FILE'],
  [/\bfederationMetadata\b/g, '--federation-metadata FILE'],
  [/\b([Pp])ass username\b/g, '$1ass --username'],
  [/\blook at steps\b/g, 'look with --verbose'],
  [/\bhttp\.timeoutSeconds sets how long to wait\b/g, '--timeout sets how many seconds to wait'],
  [/ as http\.ca,? or in NODE_EXTRA_CA_CERTS(?: before the program starts)?/g, ' with --ca FILE'],
  [/, NO_PROXY or http\.proxy\b/g, ', NO_PROXY'],
  [/\btimeoutSeconds sets how long to wait\b/g, '--timeout sets how many seconds to wait'],
  [/\blist it in knownAuthorities\b/g, 'pass --known-authority HOST'],
  [/\blist (both hosts|the host of the issuer) in knownAuthorities\b/g, 'pass $1 with --known-authority'],
  [/\bPass the contents of the PEM file as http\.ca, not its path\b/g, 'Name a PEM file with --ca'],
  [/ as clientId\b/g, ' with --client-id'],
  [/\bpass systemBrowser\.openBrowser to open the URL yourself\b/g, 'name a program that opens it in BROWSER'],
  [/\bas the directory\b/g, 'with --cache-dir'],
  [/\b([Pp])ass allowUnencryptedStorage: true \(--allow-unencrypted-storage\)/g, '$1ass --allow-unencrypted-storage'],
  // A command has ended when its error is told.
  [/,? and this process goes on with the tokens (?:that it has )?in memory/g, ''],
  // Nor is the code of a device kept for the next one.
  [
    /\bCall again with the same deviceCode, .*, or wait longer\./g,
    'Try again; --timeout sets how many seconds to wait.',
  ],
]

/** The hint of an error of this code. */
export function hintOfCode(code: string, hint: string): string {
  const isThatOfTheCode = hint === new AuthError(code).hint
  return (isThatOfTheCode ? WHOLE[code] : undefined) ?? inOptions(hint)
}

/** A hint with the names of options in the place of those of fields. */
export function inOptions(hint: string): string {
  return WORDS.reduce((text, [pattern, words]) => text.replace(pattern, words), hint)
}
