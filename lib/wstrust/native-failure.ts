/** Turns what the system's Kerberos or SSPI reported into an error that says what to do about it. */
import { AuthError, ClientError } from '../errors.js'
import type { DeviceJoinState, NativeFailure, NativeFailureCode } from '../native/contract.js'
import { joinStateHint, joinStateInWords } from './join-state.js'

type Row = readonly [code: ConstructorParameters<typeof ClientError>[0], what: string, hint?: string]

const OTHERS: Row = ['integrated_windows_authentication_failed', 'Windows sign-in failed on this machine']
const ROWS: Readonly<Partial<Record<NativeFailureCode, Row>>> = {
  NO_CREDENTIALS: ['negotiate_no_credentials', 'There is no ticket or Windows sign-in to use'],
  EXPIRED: ['negotiate_credentials_expired', 'The ticket has expired'],
  UNKNOWN_SERVICE: ['negotiate_unknown_service', 'The domain knows no such service'],
  UNREACHABLE: ['negotiate_kdc_unreachable', 'No domain controller answers'],
  UNAVAILABLE: [
    'native_unavailable',
    'The Kerberos library of the system cannot be loaded',
    'Install the GSSAPI library of MIT Kerberos (Debian: libgssapi-krb5-2, Fedora: krb5-libs).',
  ],
  DENIED: [
    'integrated_windows_authentication_failed',
    'The system denied the use of the credentials',
    'Check that this user may read the keytab or credential cache, and that the account may sign in.',
  ],
}

/** The library is there, but does not do what was asked for: Windows with a keytab, macOS with a credential cache. */
const NOT_OFFERED: Row = [
  'native_unavailable',
  'The system does not offer what was asked for',
  'Leave out what this system does not take: kerberos with clientKeytab or credentialCache is for Linux.',
]

function rowOf(failure: NativeFailure): Row {
  if (failure.code === 'UNAVAILABLE' && !lacksLibrary(failure)) return NOT_OFFERED
  return ROWS[failure.code] ?? OTHERS
}

/** Is the library itself missing, rather than something that it does not do? */
export function lacksLibrary({ code, call }: NativeFailure): boolean {
  return code === 'UNAVAILABLE' && (call === 'dlopen' || call === 'dlsym')
}

/** The error of a conversation with a service; anything that is not a native failure is passed on as it is. */
export function negotiateError(
  failure: unknown,
  servicePrincipalName: string,
  correlationId: string | undefined,
): unknown {
  if (!isNativeFailure(failure)) return failure
  const [code, what, hint] = rowOf(failure)
  const message = `${what}: asked for ${servicePrincipalName}; ${inWords(failure)}`
  return new ClientError(code, message, { hint, correlationId, cause: failure })
}

/** The error of asking who is signed in; `joined` is what a Windows device is joined to. */
export function currentUserError(failure: unknown, correlationId: string, joined?: DeviceJoinState): unknown {
  if (!isNativeFailure(failure)) return failure
  if (failure.code === 'NO_CREDENTIALS') return unknownUser(correlationId, joined, failure)
  if (failure.code === 'EXPIRED' || failure.code === 'UNAVAILABLE') {
    const [code, what, hint] = rowOf(failure)
    return new ClientError(code, `${what}: ${inWords(failure)}`, { hint, correlationId, cause: failure })
  }
  const message = `The system did not say who is signed in${onDevice(joined)}: ${inWords(failure)}`
  return new ClientError('get_user_name_failed', message, {
    hint: joined === undefined ? hintWithoutName(failure) : joinStateHint(joined.kind),
    correlationId,
    cause: failure,
  })
}

const WINDOWS_SIGN_IN =
  'Sign in to Windows with an account of the domain or of Entra (a machine that is only workplace-joined does not do), or pass username, such as joe@contoso.com.'

/** Windows knows who it is, but by no name of the domain's: 1332 (ERROR_NONE_MAPPED). */
function hintWithoutName({ code }: NativeFailure): string | undefined {
  return code === 'NOT_FOUND' ? WINDOWS_SIGN_IN : undefined
}

/** Nobody is signed in, as far as the system says. */
export function unknownUser(correlationId: string, joined?: DeviceJoinState, cause?: unknown): ClientError {
  return new ClientError('unknown_user', `The system does not say who is signed in${onDevice(joined)}`, {
    correlationId,
    cause,
    hint:
      joined !== undefined
        ? joinStateHint(joined.kind)
        : process.platform === 'win32'
          ? WINDOWS_SIGN_IN
          : 'Get a Kerberos ticket with kinit, or name a keytab or credential cache in kerberos; klist shows what there is.',
  })
}

function onDevice(joined: DeviceJoinState | undefined): string {
  return joined === undefined ? '' : `; this device is ${joinStateInWords(joined)}`
}

/** `gss_init_sec_context: no ticket (UNKNOWN_SERVICE 851968/-1765328377)`: the system's own words, and its numbers to search for. */
export function inWords(failure: NativeFailure): string {
  const { call, message } = failure
  const said = message.startsWith(call) ? message : `${call}: ${message}`
  return `${said} (${numbersOf(failure)})`
}

/** `gss_init_sec_context (UNKNOWN_SERVICE 851968/-1765328377)`: what can be said without naming anybody. */
export function inNumbers(failure: NativeFailure): string {
  return `${failure.call} (${numbersOf(failure)})`
}

function numbersOf({ code, status, minorStatus }: NativeFailure): string {
  return `${code} ${status}${minorStatus === 0 ? '' : `/${minorStatus}`}`
}

/** Is this what a rejected native promise carries? */
export function isNativeFailure(error: unknown): error is NativeFailure {
  return error instanceof Error && !(error instanceof AuthError) && 'call' in error && 'minorStatus' in error
}
