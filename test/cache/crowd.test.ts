/** Eight processes that sign in fifty users each, on one cache: nobody is lost, and whoever reads meanwhile sees nobody go. */
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { soak, temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { Crowd } from './crowd/crowd.js'
import { STORES } from './crowd/protocol.js'
import { signInTogether } from './crowd/sign-in-round.js'

const ROUNDS = { 'plain file': 20, 'dual files': 10 }
const crowd = await Crowd.start(WHOLE_FILE, 400)

for (const store of STORES) {
  test(`400 sign-ins by 8 processes are 400 accounts, with 4 readers (${store})`, async t => {
    const folder = await temporaryFolder(t)
    const writers = Array.from({ length: 8 }, () => crowd.member())
    const readers = Array.from({ length: 4 }, () => crowd.member())
    for (let round = 1; round <= soak(ROUNDS[store]); round++) {
      const own = join(folder, String(round))
      await mkdir(own)
      const outcome = await signInTogether(crowd, { writers, readers, store, folder: own })
      const { survived, lost, failures, reads, wallMs } = outcome
      t.diagnostic(`${store}, round ${round}: ${survived.length} accounts, ${reads} lists, ${wallMs} ms`)
      assert.deepEqual({ lost, failures }, { lost: [], failures: [] })
      assert.equal(survived.length, crowd.users.length)
      assert(reads > 4 * 50, `only ${reads} lists`)
    }
  })
}
