/** The real MSAL.NET signs in who a ticket of a real KDC belongs to, at the emulator's AD FS and unchanged. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { withKdc } from '../kerberos/support/kdc.js'
import { kdcOfThisFile } from '../kerberos/support/negotiate.js'
import { setSignInStage } from '../kerberos/support/sign-in.js'
import { builtPeer } from './support/dotnet-build.js'
import { msalNet, runPeer, tokenIn } from './support/peers.js'

before(builtPeer)

describe('MSAL.NET, integrated', withKdc, async () => {
  const username = 'joe@contoso.test'
  const kdc = await kdcOfThisFile()
  const { tenant } = await setSignInStage(kdc, await kdc.keytab('http', 'HTTP/localhost'), [username])
  const { clientId, authority, origin, proxyUrl } = tenant
  const caFile = join(kdc.folder, 'ca.pem')
  await writeFile(caFile, tenant.caPem)
  const signIn = () =>
    runPeer(
      msalNet,
      { origin, proxyUrl, caFile, clientId },
      { clientId, authority, steps: [{ do: 'integrated', scopes: ['User.Read'], username }], env: kdc.env },
    )

  test('without a ticket it is told 401, and says so', async () => {
    const { results } = await signIn()
    assert.match(`${results[0]?.error} ${results[0]?.message}`, /401/)
  })

  test('with a ticket it is signed in, bound to its connection', async () => {
    await kdc.kinit('joe', 'Passw0rd!')
    tenant.requests.length = 0
    assert.equal(tokenIn(await signIn(), 0).username, username)
    assert.deepEqual(tenant.requests.findLast(({ path }) => path.endsWith('/windowstransport'))?.notes.windows, {
      scheme: 'Negotiate',
      outcome: 'accepted',
      user: 'joe@CONTOSO.TEST',
      bound: 'this',
    })
  })
})
