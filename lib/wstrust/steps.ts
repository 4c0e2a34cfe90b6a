/** Keeps what a sign-in with a federation server tries, line by line: for the log, and for the error if it fails. */
import { addSteps, oneLine } from '../errors.js'
import type { NegotiatedResponse, NegotiateLeg } from '../http/http-client.js'
import type { Logger } from '../logger.js'

const MAX_LINE = 500
const PATH = /(https?:\/\/[^\s/]+)\/\S*/g

/** The steps of one sign-in. Nothing secret may go in. */
export class Steps {
  readonly #lines: string[] = []
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /**
   * Notes a step, as `federation metadata: GET https://adfs.contoso.com/adfs/services/trust/mex answered 200`. In the log,
   * what may name the organization is left out where personal data is not allowed: paths, and what `plain` leaves out.
   */
  add(line: string, plain: string = line): void {
    const text = oneLine(line).slice(0, MAX_LINE)
    this.#lines.push(text)
    this.#logger.verbose(plain.replace(PATH, '$1/…'), text)
  }

  /**
   * Does a part of the sign-in; an error that it ends with carries the steps, but for the reason of the signal, which is the
   * caller's and may be that of other calls too.
   *
   * @throws what the work rejects with.
   */
  async during<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (signal?.aborted !== true || error !== signal.reason) addSteps(error, this.#lines)
      throw error
    }
  }
}

/** An address as a step shows it: a query may hold what is nobody's business. */
export function shown(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`
}

/** How a negotiated exchange went: `401, offers Negotiate, NTLM; 1532 bytes of kerberos: 200`. */
export function shownLegs(legs: readonly NegotiateLeg[]): string {
  return legs.map(shownLeg).join('; ')
}

function shownLeg({ status, offered, sentBytes, mechanism }: NegotiateLeg): string {
  const sent = sentBytes === 0 ? '' : `${sentBytes} bytes of ${mechanism || 'Negotiate'}: `
  const offer = offered.length === 0 ? '' : `, offers ${offered.join(', ')}`
  return `${sent}${status}${offer}`
}

/** Did the server offer a scheme in any of its answers? */
export function offers({ legs }: Pick<NegotiatedResponse, 'legs'>, scheme: string): boolean {
  return legs.some(({ offered }) => offered.some(name => name.toLowerCase() === scheme.toLowerCase()))
}
