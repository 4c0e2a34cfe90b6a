/** The part of the native boundary that proves to services who the user is. */

/**
 * Proves to a service who the user is: SSPI on Windows, GSSAPI elsewhere.
 *
 * @see [RFC 4178](https://www.rfc-editor.org/rfc/rfc4178) (SPNEGO), [RFC 2743](https://www.rfc-editor.org/rfc/rfc2743) (GSSAPI)
 */
export interface NativeNegotiate {
  /**
   * Who the credentials belong to: the UPN of the user signed in to Windows; elsewhere the principal of the credential cache
   * or keytab, `joe@CONTOSO.TEST`. `undefined` when the system knows nobody.
   *
   * @throws {NativeFailure} when the system could not be asked; on Windows NOT_FOUND with status 1332 for a user without a
   *   UPN, such as that of a machine in no domain, and UNREACHABLE when no domain controller could tell it.
   */
  currentUser(credentials: NegotiateCredentials): Promise<string | undefined>

  /**
   * What is known about the credentials without asking a server; `undefined` when the system knows nobody. An expired ticket
   * is still somebody's.
   *
   * @throws {NativeFailure} when the system could not be asked.
   */
  inspect(credentials: NegotiateCredentials): Promise<NegotiateCredentialStatus | undefined>

  /**
   * Starts a conversation with a service. No server is asked before the first step.
   *
   * @throws {NativeFailure} NO_CREDENTIALS when there are none, UNAVAILABLE when the system's library is not installed.
   */
  open(target: NegotiateTarget): Promise<NativeSecurityContext>
}

/** Whose credentials to use. An empty text leaves the choice to the system: who is signed in, or the default credential cache. */
export interface NegotiateCredentials {
  /** Keytab to get tickets with, `FILE:/path`. Not on Windows. */
  readonly clientKeytab: string
  /** Credential cache, as `KRB5CCNAME` has it: `FILE:/path`, `MEMORY:name`, `KEYRING:…`. Not on Windows. */
  readonly credentialCache: string
  /** Principal to use of those in the keytab or cache, `joe@CONTOSO.TEST`. Not on Windows. */
  readonly principal: string
  /** Explicit credentials, Windows only; all three or none. The bytes of the password are UTF-8. */
  readonly username: string
  readonly domain: string
  readonly password: Uint8Array
}

/** Credentials as {@link NativeNegotiate.inspect} finds them. */
export interface NegotiateCredentialStatus {
  /** As {@link NativeNegotiate.currentUser} gives it. */
  readonly principal: string
  /** Milliseconds since 1970; 0 when it is not known, as with a keytab that no ticket was got with yet. */
  readonly expiresOn: number
  /** Of the session key of the ticket-granting ticket (RFC 3961 § 8), 18 for AES-256; 0 when it is not known. */
  readonly encryptionType: number
}

/** Whom to talk to, and how. */
export interface NegotiateTarget {
  /** `HTTP/sts.contoso.com` */
  readonly servicePrincipalName: string
  /** What the conversation is bound to: `tls-server-end-point:` and the hash (RFC 5929 § 4). Empty: to nothing. */
  readonly channelBindings: Uint8Array
  /** False: Kerberos or nothing. */
  readonly allowNtlm: boolean
  readonly credentials: NegotiateCredentials
}

/** One conversation. Never delegates, always asks for mutual authentication. */
export interface NativeSecurityContext {
  /**
   * Takes what the service sent, nothing at first, and gives what to send next, which is empty when there is nothing.
   *
   * @throws {NativeFailure} NO_CREDENTIALS, EXPIRED, UNKNOWN_SERVICE, UNREACHABLE, DENIED or FAILED; BUSY when the step before is still under way.
   */
  step(input: Uint8Array): Promise<NegotiateStep>
  /** Wipes and frees everything; during a step, when that is over, for which the process does not stay. Calling it again does nothing. */
  close(): void
}

/** Where a conversation stands after a step. */
export interface NegotiateStep {
  readonly output: Uint8Array
  readonly complete: boolean
  /** What was agreed on, as far as the system says so. */
  readonly mechanism: 'kerberos' | 'ntlm' | ''
  /** The service has proved who it is too; only says so when `complete`. */
  readonly mutual: boolean
}
