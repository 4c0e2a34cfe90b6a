/** Who is signed in on this machine, as a user name for the service. */
import { ClientError } from '../errors.js'
import type { NativeNegotiate } from '../native/contract.js'
import { orAborted } from '../request/abort.js'
import { currentUserError, unknownUser } from '../wstrust/native-failure.js'
import { type KerberosOptions, nativeCredentials } from '../wstrust/negotiator.js'
import type { FlowContext } from './flow-context.js'
import { createDeadline } from './timeout.js'

/** A keytab may have to be read from a file server; nothing here takes longer when it works. */
const TIMEOUT_MS = 30_000

/** Whom to ask about, and until when. */
export interface CurrentUserQuery {
  readonly native: NativeNegotiate
  readonly kerberos: KerberosOptions
  readonly correlationId: string
  readonly signal: AbortSignal | undefined
}

/**
 * Asks the system: the UPN that Windows knows, elsewhere the principal of the Kerberos credentials.
 *
 * @throws {ClientError} unknown_user – nobody is signed in, as far as the system knows.
 * @throws {ClientError} get_user_name_failed – it could not be asked, did not answer in time, or (Windows) knows no UPN of the user.
 * @throws {ClientError} negotiate_credentials_expired, native_unavailable – the ticket is over; there is no Kerberos library.
 * @throws the signal's reason when it fires.
 */
export async function currentUser(
  { clock, closed }: Pick<FlowContext, 'clock' | 'closed'>,
  { native, kerberos, correlationId, signal }: CurrentUserQuery,
): Promise<string> {
  const late = () =>
    new ClientError('get_user_name_failed', `The system did not say within ${TIMEOUT_MS / 1000} s who is signed in`, {
      correlationId,
    })
  const deadline = createDeadline(clock, TIMEOUT_MS, [signal, closed], late)
  const asked = native.currentUser(nativeCredentials(kerberos)).catch(failure => {
    throw currentUserError(failure, correlationId)
  })
  try {
    const name = userNameOf((await orAborted(asked, deadline.signal)) ?? '')
    if (name === '') throw unknownUser(correlationId)
    return name
  } finally {
    deadline.stop()
  }
}

/** The user name in a principal. One in the enterprise form has it in front: `joe\@contoso.com@CONTOSO.LOCAL`. */
export function userNameOf(principal: string): string {
  const name = principal.trim()
  const enterprise = /^((?:[^\\@]|\\[^@])*\\@(?:[^\\@]|\\.)*)@[^@]*$/.exec(name)?.[1]
  return (enterprise ?? name).replace(/\\(.)/g, '$1')
}
