/** Eight processes that sign in up to fifty users each, on one cache: nobody is lost, and whoever reads meanwhile sees nobody go. */
import { test } from 'node:test'
import { WHOLE_FILE } from '../support/machine.js'
import { Crowd } from './crowd/crowd.js'
import { PLAIN_STORES } from './crowd/protocol.js'
import { assertNobodyIsLost } from './crowd/sign-in-round.js'

const FULL_ROUNDS = { 'plain file': 20, 'dual files': 10 }
const crowd = await Crowd.start(WHOLE_FILE, 400)

for (const store of PLAIN_STORES) {
  test(`everybody whom 8 processes sign in is there, with 4 readers (${store})`, t =>
    assertNobodyIsLost(t, crowd, { store, fullRounds: FULL_ROUNDS[store], each: store === 'plain file' ? 50 : 15 }))
}
