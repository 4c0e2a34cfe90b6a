/** createPersistentCache and msal_extensions of MSAL Python on one file, both ways and at the same time. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { createPersistentCache } from 'latchkey'
import { temporaryFolder, withPython } from '../support/machine.js'
import { Program } from '../support/program.js'
import { ALICE, inPublicCloud, jwt, store, TENANT, tokensOf } from '../unit/cache/support.js'

// Signs in as many users as it is told, each with a save of its own, and prints the object IDs of all that it then knows.
const SCRIPT = `
import base64, json, sys
from msal_extensions import FilePersistence, PersistedTokenCache
file, client, tenant, id_token, count = sys.argv[1:]
cache = PersistedTokenCache(FilePersistence(file))
for number in range(int(count)):
    uid = 'python-%d' % number
    info = base64.urlsafe_b64encode(json.dumps({'uid': uid, 'utid': tenant}).encode()).decode().rstrip('=')
    cache.add({
        'client_id': client, 'scope': ['User.Read'], 'grant_type': 'authorization_code',
        'token_endpoint': 'https://login.microsoftonline.com/%s/oauth2/v2.0/token' % tenant,
        'response': {'token_type': 'Bearer', 'expires_in': 3600, 'access_token': 'a', 'refresh_token': 'r-' + uid,
                     'client_info': info, 'id_token': id_token}})
print(json.dumps(sorted(a['home_account_id'].split('.')[0] for a in cache.find('Account'))), flush=True)
`

test('MSAL Python and latchkey keep each other’s sign-ins in one file', withPython, async t => {
  const file = path.join(await temporaryFolder(t), 'msal.cache')
  const persistence = await createPersistentCache({ name: 'shared', file, allowUnencryptedStorage: true })
  const made = store({ persistence })
  await made.update(edit => edit.saveTokens(tokensOf(ALICE)))
  const clientId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
  const idToken = jwt({
    sub: 's',
    oid: 'o',
    tid: TENANT,
    preferred_username: 'python@contoso.com',
    aud: clientId,
    exp: 4e9,
  })
  const run = async (count: number): Promise<string[]> => {
    const program = Program.python(t, SCRIPT, file, clientId, TENANT, idToken, String(count))
    return JSON.parse(await program.line())
  }
  assert.deepEqual(await run(1), [ALICE.split('.')[0], 'python-0'])
  const countOf = async () => await made.read(view => view.accounts(inPublicCloud).length)
  assert.equal(await countOf(), 2)

  const python = run(20)
  for (let number = 0; number < 20; number++) {
    await made.update(edit => edit.saveTokens(tokensOf(`ours-${number}.${TENANT}`)))
  }
  await python
  assert.equal(await countOf(), 41)

  for (const { homeAccountId } of await made.read(view => view.accounts(inPublicCloud))) {
    await made.update(edit => edit.removeAccount({ homeAccountId, ...inPublicCloud }))
  }
  assert.deepEqual(await run(0), [])
  assert.ok(!existsSync(`${file}.lockfile`))
})
