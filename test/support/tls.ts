/** Certificates for tests, each from a new authority of its own that nobody trusts until a test says so. */
import { issueServerCertificate } from '#lib/emulator/certificate-authority.js'

/** PEM texts: what a server needs, and the root that its clients have to trust. */
export interface TestCertificate {
  key: string
  cert: string
  ca: string
}

/** Makes a certificate for 127.0.0.1, ::1 and the names given. */
export async function makeCertificate(...names: string[]): Promise<TestCertificate> {
  const { keyPem, certificatePem, caPem } = await issueServerCertificate(names)
  return { key: keyPem, cert: certificatePem, ca: caPem }
}
