/** SSPI in node.exe under Wine against a real KDC and a service that checks tickets, and without either. */
import { after, before, describe, test } from 'node:test'
import { startAcceptor } from '../kerberos/support/acceptor.js'
import { Kdc, withKdc } from '../kerberos/support/kdc.js'
import { NODES, prepareWindows, runWindowsTests } from '../support/windows.js'

before(prepareWindows)

const NOBODY = { KRB5_CONFIG: '/dev/null', KRB5CCNAME: 'FILE:/nonexistent/cache' }

for (const executable of NODES) {
  describe(`in ${executable.split('/').at(-2)}`, withKdc, () => {
    test('with a ticket', async t => {
      const kdc = await Kdc.start({ after })
      await kdc.addPrincipal('ann', '-pw', 'Pässwörd 2')
      await kdc.kinit('joe', 'Passw0rd!')
      const { port, ca, bindings } = await startAcceptor(
        { after },
        kdc,
        await kdc.keytab('http', 'HTTP/localhost'),
        'allow',
      )
      const acceptor = JSON.stringify({ port, ca, bindings: Buffer.from(bindings).toString('base64') })
      const env = { ...kdc.env, LATCHKEY_ACCEPTOR: acceptor }
      await runWindowsTests(t, 'dist-test/windows/negotiate-kerberos.test.js', { executable, env })
    })

    for (const file of ['negotiate-ntlm', 'nobody']) {
      test(file, t => runWindowsTests(t, `dist-test/windows/${file}.test.js`, { executable, env: NOBODY }))
    }
  })
}
