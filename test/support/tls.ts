/** Certificates for tests: each new, for localhost, trusted by nobody until a test says so. Made by the openssl program. */
import { execFileSync } from 'node:child_process'

/** A self-signed certificate and its key, both PEM. The certificate is also its own root. */
export interface TestCertificate {
  key: string
  cert: string
}

/** Makes a certificate for the host names given, default localhost and the loopback addresses. */
export function makeCertificate(subjectAltName = 'DNS:localhost,IP:127.0.0.1,IP:::1'): TestCertificate {
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const pem = execFileSync(
    'openssl',
    [...args, '-subj', '/CN=latchkey test', '-addext', `subjectAltName=${subjectAltName}`, '-keyout', '-'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const block = (label: string) =>
    new RegExp(`-----BEGIN ${label}-----[\\s\\S]+?-----END ${label}-----\n`).exec(pem)?.[0]
  const [key, cert] = [block('PRIVATE KEY'), block('CERTIFICATE')]
  if (key === undefined || cert === undefined) throw new Error('openssl printed no certificate')
  return { key, cert }
}
