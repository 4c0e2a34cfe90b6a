/** What processes see of a cache that they change, renew, empty and are killed on by chance is what their log allows. */
import { test } from 'node:test'
import { soak, WHOLE_FILE } from '../support/machine.js'
import { Crowd } from './crowd/crowd.js'
import { PLAIN_STORES } from './crowd/protocol.js'
import { assertStressIsBorne } from './crowd/stress.js'

// Answers that take a moment, so that others come between a look and the change that it leads to.
const crowd = await Crowd.start(WHOLE_FILE, 12, { latencyMs: 20 })
const FULL_OPERATIONS = { 'plain file': 10_000, 'dual files': 3_000 }

for (const store of PLAIN_STORES) {
  test(`nothing is seen that cannot have been, and nothing fails (${store})`, t =>
    assertStressIsBorne(t, crowd, { store, operations: soak(FULL_OPERATIONS[store]) }))
}
