/** The endpoints that an AD FS lists in its metadata: each with the name of its binding and the way it authenticates. */
import type { WsTrustVersion } from './versions.js'

/** How an endpoint finds out who the caller is. */
export type EndpointKind =
  | 'windows'
  | 'kerberos'
  | 'password'
  | 'certificate'
  | 'certificateTransport'
  | 'asymmetricToken'
  | 'symmetricToken'

export interface MexEndpoint {
  readonly version: WsTrustVersion
  readonly kind: EndpointKind
  /** The binding, whose policy is called the same with `_policy` after it. */
  readonly binding: string
  /** After `/adfs/services/trust/`. */
  readonly path: string
}

const FEB_2005 = 'IWSTrustFeb2005Async'
const V13 = 'IWSTrust13Async'

/** In the order of the document. A number at the end of a name tells bindings of one kind apart. */
export const MEX_ENDPOINTS: readonly MexEndpoint[] = [
  endpoint('2005', 'windows', `CustomBinding_${FEB_2005}`, 'windowstransport'),
  endpoint('2005', 'certificate', `CertificateWSTrustBinding_${FEB_2005}`, 'certificatemixed'),
  endpoint('2005', 'certificateTransport', `CertificateWSTrustBinding_${FEB_2005}1`, 'certificatetransport'),
  endpoint('2005', 'password', `UserNameWSTrustBinding_${FEB_2005}`, 'usernamemixed'),
  endpoint('2005', 'kerberos', `CustomBinding_${FEB_2005}1`, 'kerberosmixed'),
  endpoint('2005', 'asymmetricToken', `IssuedTokenWSTrustBinding_${FEB_2005}`, 'issuedtokenmixedasymmetricbasic256'),
  endpoint('2005', 'symmetricToken', `IssuedTokenWSTrustBinding_${FEB_2005}1`, 'issuedtokenmixedsymmetricbasic256'),
  endpoint('13', 'kerberos', `CustomBinding_${V13}`, 'kerberosmixed'),
  endpoint('13', 'certificate', `CertificateWSTrustBinding_${V13}`, 'certificatemixed'),
  endpoint('13', 'password', `UserNameWSTrustBinding_${V13}`, 'usernamemixed'),
  endpoint('13', 'asymmetricToken', `IssuedTokenWSTrustBinding_${V13}`, 'issuedtokenmixedasymmetricbasic256'),
  endpoint('13', 'symmetricToken', `IssuedTokenWSTrustBinding_${V13}1`, 'issuedtokenmixedsymmetricbasic256'),
  endpoint('13', 'windows', `CustomBinding_${V13}1`, 'windowstransport'),
]

function endpoint(version: WsTrustVersion, kind: EndpointKind, binding: string, path: string): MexEndpoint {
  return { version, kind, binding, path: `${version}/${path}` }
}
