/** The channel bindings that a client of the emulator should use. */
import { createHash, X509Certificate } from 'node:crypto'

/**
 * The application data for a server's certificate, whose signature is over SHA-256.
 *
 * @see [RFC 5929 § 4.1](https://www.rfc-editor.org/rfc/rfc5929#section-4.1) tls-server-end-point
 */
export function serverEndPointBindings(certificatePem: string): Buffer {
  const hash = createHash('sha256').update(new X509Certificate(certificatePem).raw).digest()
  return Buffer.concat([Buffer.from('tls-server-end-point:'), hash])
}
