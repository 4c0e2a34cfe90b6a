/**
 * An application with its cache in `<folder>/cache`, for a test that watches its system calls: it looks for `/now/<phase>`,
 * which is never there, before each phase.
 */
import assert from 'node:assert/strict'
import { renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createPersistentCache, PublicClientApplication } from 'latchkey'
import { ALICE, BOB, CLIENT, store, TENANT, tokensOf } from '../../unit/cache/support.js'

const file = join(process.argv[2] ?? '', 'cache')
const begin = (phase: string) => statSync(`/now/${phase}`, { throwIfNoEntry: false })

/** As another process does that shows nobody half of a file. */
async function write(accessToken: string): Promise<void> {
  const other = store()
  for (const home of [ALICE, BOB]) await other.update(edit => edit.saveTokens(tokensOf(home, { accessToken })))
  writeFileSync(`${file}.new`, other.tokenCache.serialize(), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

await write('first')
// Until then a file may be written to once more without looking any different.
await wait(100)
const cache = await createPersistentCache({ file, allowUnencryptedStorage: true })
const authority = `https://login.microsoftonline.com/${TENANT}`
const app = new PublicClientApplication({ clientId: CLIENT, authority, cache })
const [alice, bob] = [await app.getAccount(ALICE), await app.getAccount(BOB)]
assert.ok(alice && bob)

async function hit(expected: string): Promise<void> {
  assert.ok(alice)
  const { accessToken } = await app.acquireTokenSilent({ scopes: ['User.Read'], account: alice })
  assert.equal(accessToken, expected)
}
const together = (expected: string) => Promise.all(Array.from({ length: 200 }, () => hit(expected)))

await hit('first')
begin('100-hits')
for (let call = 0; call < 100; call++) await hit('first')
begin('200-at-once')
await together('first')
begin('save')
await app.removeAccount(bob)
begin('hit-after-save')
await hit('first')
begin('foreign-write')
await write('second')
await wait(100)
begin('200-at-once-after-foreign-write')
await together('second')
begin('end')
await app.close()
