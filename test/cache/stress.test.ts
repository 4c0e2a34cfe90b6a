/** What processes see of a cache that they change, renew, empty and are killed on by chance is what their log allows. */
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { soak, temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { Crowd } from './crowd/crowd.js'
import { STORES } from './crowd/protocol.js'
import { stress } from './crowd/stress.js'

// Answers that take a moment, so that others come between a look and the change that it leads to.
const crowd = await Crowd.start(WHOLE_FILE, 12, 20)
const SEED = Number(process.env.LATCHKEY_SEED ?? 6)

for (const store of STORES) {
  test(`nothing is seen that cannot have been, and nothing fails (${store})`, async t => {
    const folder = join(await temporaryFolder(t), 'cache')
    await mkdir(folder)
    const milliseconds = soak(store === 'plain file' ? 120_000 : 60_000)
    const outcome = await stress(crowd, { processes: 6, seed: SEED, milliseconds, store, folder })
    const { history, counts, failures } = outcome
    t.diagnostic(`seed ${SEED}: ${JSON.stringify(counts)}, ${history.size} entries in the log`)
    assert.deepEqual({ failures, contradictions: history.contradictions() }, { failures: [], contradictions: [] })
    for (const what of ['signIn', 'silent', 'renewal', 'removal', 'list', 'deserialize', 'kill']) {
      assert((counts[what] ?? 0) > 0, `no ${what}`)
    }
  })
}
