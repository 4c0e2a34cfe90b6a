/** What the tests of the examples share: a tenant, and the environment that an example gets to know it by. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { emulate } from '../emulator/support.js'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'

/** Starts a tenant. Call it once, at the top of a file. */
export async function settings() {
  const emulation = await emulate()
  const { clientId, authority, caPem, origin } = emulation.tenant
  const ca = join(await temporaryFolder(WHOLE_FILE), 'ca.pem')
  writeFileSync(ca, caPem)
  const env = {
    NODE_EXTRA_CA_CERTS: ca,
    LATCHKEY_CLIENT_ID: clientId,
    LATCHKEY_AUTHORITY: authority,
    LATCHKEY_KNOWN_AUTHORITY: new URL(authority).host,
  }
  return { ...emulation, env, api: `${origin}/v1.0/me` }
}
