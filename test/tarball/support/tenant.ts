/** A tenant for programs in a user's project: what they have to know is in their environment. */
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { emulate } from '../../emulator/support.js'
import { temporaryFolder, WHOLE_FILE } from '../../support/machine.js'

/** Starts a tenant for a file of tests. Call it once, at the top. */
export async function settings(): Promise<{ username: string; env: NodeJS.ProcessEnv }> {
  const { tenant, user } = await emulate()
  const { username, password } = user('alice')
  const folder = await temporaryFolder(WHOLE_FILE)
  const ca = join(folder, 'ca.pem')
  await writeFile(ca, tenant.caPem)
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: ca,
    LATCHKEY_FOLDER: folder,
    LATCHKEY_CLIENT_ID: tenant.clientId,
    LATCHKEY_AUTHORITY: tenant.authority,
    LATCHKEY_KNOWN_AUTHORITY: new URL(tenant.authority).host,
    LATCHKEY_USERNAME: username,
    LATCHKEY_PASSWORD: password,
    // No keyring of whoever runs the tests: the cache is to be plain.
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
  }
  return { username, env }
}

/** Copies the programs' common part into a project, as `sign-in.mjs`, and writes the files that are given as text. */
export async function addPrograms(folder: string, texts: Record<string, string>): Promise<void> {
  await copyFile(fileURLToPath(new URL('../programs/sign-in.js', import.meta.url)), join(folder, 'sign-in.mjs'))
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text)
}
