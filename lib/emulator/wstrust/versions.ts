/** The two versions of WS-Trust that AD FS speaks, by what differs on the wire. */
import { TRUST_13, TRUST_2005 } from './namespaces.js'

/** WS-Trust 1.3, and the draft of February 2005. */
export type WsTrustVersion = '13' | '2005'

export interface Dialect {
  readonly namespace: string
  /** The prefix that AD FS writes for {@link namespace}. */
  readonly prefix: string
  /** `wsa:Action` of a request. */
  readonly requestAction: string
  /** `wsa:Action` of the answer. */
  readonly responseAction: string
  readonly requestType: string
  /** The key type of an assertion that whoever holds it may use. */
  readonly bearerKeyType: string
}

/** @see [WS-Trust 1.3 § 3](https://docs.oasis-open.org/ws-sx/ws-trust/200512/ws-trust-1.3-os.html) */
export const WS_TRUST: Readonly<Record<WsTrustVersion, Dialect>> = {
  '13': {
    namespace: TRUST_13,
    prefix: 'trust',
    requestAction: `${TRUST_13}/RST/Issue`,
    responseAction: `${TRUST_13}/RSTRC/IssueFinal`,
    requestType: `${TRUST_13}/Issue`,
    bearerKeyType: `${TRUST_13}/Bearer`,
  },
  '2005': {
    namespace: TRUST_2005,
    prefix: 't',
    requestAction: `${TRUST_2005}/RST/Issue`,
    responseAction: `${TRUST_2005}/RSTR/Issue`,
    requestType: `${TRUST_2005}/Issue`,
    bearerKeyType: 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
  },
}
