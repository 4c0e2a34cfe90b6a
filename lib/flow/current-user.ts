/** Who is signed in on this machine, as a user name for the service. */
import { ClientError } from '../errors.js'
import type { NativeDevice, NativeNegotiate } from '../native/contract.js'
import { orAborted } from '../request/abort.js'
import { joinStateOf } from '../wstrust/join-state.js'
import { currentUserError, unknownUser } from '../wstrust/native-failure.js'
import { type KerberosOptions, nativeCredentials } from '../wstrust/negotiator.js'
import { userNameOf } from '../wstrust/principal.js'
import type { FlowContext } from './flow-context.js'
import { createDeadline } from './timeout.js'

/** A keytab may have to be read from a file server; nothing here takes longer when it works. */
const TIMEOUT_MS = 30_000

/** Whom to ask about, and until when. */
export interface CurrentUserQuery {
  readonly native: NativeNegotiate
  /** On Windows: explains why nobody is known. */
  readonly device: NativeDevice | undefined
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
  { native, device, kerberos, correlationId, signal }: CurrentUserQuery,
): Promise<string> {
  const late = () =>
    new ClientError('get_user_name_failed', `The system did not say within ${TIMEOUT_MS / 1000} s who is signed in`, {
      correlationId,
    })
  const deadline = createDeadline(clock, TIMEOUT_MS, [signal, closed], late)
  const ask = async () => {
    const found = await native.currentUser(nativeCredentials(kerberos)).catch(async failure => {
      throw currentUserError(failure, correlationId, await joinStateOf(device))
    })
    const name = userNameOf(found ?? '')
    if (name === '') throw unknownUser(correlationId, await joinStateOf(device))
    return name
  }
  try {
    return await orAborted(ask(), deadline.signal)
  } catch (error) {
    // The one reason of all calls that closing ends; each has steps of its own to carry.
    throw closed.aborted && error === closed.reason
      ? new ClientError('app_closed', undefined, { correlationId })
      : error
  } finally {
    deadline.stop()
  }
}
