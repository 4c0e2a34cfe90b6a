/** The options about Kerberos credentials, as the library takes them. */
import type { KerberosCredentials } from '../index.js'
import type { OptionValues } from './options.js'

/** `undefined` where none was given. */
export function kerberosOf(options: OptionValues): KerberosCredentials | undefined {
  const { principal } = options
  const clientKeytab = options['client-keytab']
  const credentialCache = options['credential-cache']
  const given = {
    ...(clientKeytab !== undefined && { clientKeytab }),
    ...(credentialCache !== undefined && { credentialCache }),
    ...(principal !== undefined && { principal }),
  }
  return Object.keys(given).length === 0 ? undefined : given
}
