/** Runs in Electron before an app of a test: trusts the test's tenant, and keeps the app's data where the test says. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

interface Session {
  setCertificateVerifyProc(
    proc: (request: { certificate: { data: string } }, callback: (verdict: number) => void) => void,
  ): void
}

const { app } = createRequire(import.meta.url)('electron') as {
  app: {
    on(event: 'session-created', listener: (session: Session) => void): void
    setPath(name: 'userData', path: string): void
  }
}
const { LATCHKEY_TEST_DATA = '', NODE_EXTRA_CA_CERTS = '' } = process.env

const REFUSED_BY_CHROMIUM = -3

app.setPath('userData', LATCHKEY_TEST_DATA)
const { publicKey } = new X509Certificate(readFileSync(NODE_EXTRA_CA_CERTS))
app.on('session-created', session =>
  session.setCertificateVerifyProc(({ certificate }, callback) => {
    callback(new X509Certificate(certificate.data).verify(publicKey) ? 0 : REFUSED_BY_CHROMIUM)
  }),
)
