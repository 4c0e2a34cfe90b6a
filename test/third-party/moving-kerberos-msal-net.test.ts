/** Integrated Windows authentication as docs/moving/msal-net.md has it, in both languages, by a ticket of a real KDC. */
import { describe } from 'node:test'
import { startJudge } from '../kerberos/support/judge.js'
import { Kdc, withKdc } from '../kerberos/support/kdc.js'
import { WHOLE_FILE } from '../support/machine.js'
import { testPairOf } from './support/guide.js'
import { withMsalNet } from './support/guide-net.js'
import { FROM_MSAL_NET, INTEGRATED } from './support/guides.js'

describe('a user with a ticket', withKdc, async () => {
  const kdc = await Kdc.start(WHOLE_FILE)
  const negotiate = await startJudge(WHOLE_FILE, kdc, await kdc.keytab('http', 'HTTP/localhost'))
  await testPairOf(FROM_MSAL_NET, INTEGRATED, withMsalNet, {
    who: 'joe',
    tenant: { negotiate },
    // There is a key for localhost, and .NET asks DNS for the server's host, behind a proxy too.
    arrange: tenant => {
      const realmAnswer = { set: { federation_metadata_url: `${tenant.origin}/adfs/services/trust/mex` } }
      tenant.scenario({ realmAnswer, federation: { extendedProtection: 'require' } })
    },
    environment: { ...kdc.env, KRB5CCNAME: await kdc.kinit('joe', 'Passw0rd!') },
  })
})
