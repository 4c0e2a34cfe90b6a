/** The crowds of test/cache on encrypted files, whose key is in a real gnome-keyring that they all ask. */
import { describe, test } from 'node:test'
import { Crowd } from '../cache/crowd/crowd.js'
import { assertNobodyIsLost } from '../cache/crowd/sign-in-round.js'
import { assertStressIsBorne } from '../cache/crowd/stress.js'
import { soak, WHOLE_FILE } from '../support/machine.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { withKeyrings } from './support/needs.js'

const FULL_ROUNDS = { 'encrypted file': 10, 'encrypted dual files': 5 } as const
const FULL_OPERATIONS = { 'encrypted file': 3_000, 'encrypted dual files': 3_000 } as const
const STORES = ['encrypted file', 'encrypted dual files'] as const

describe('with the key in gnome-keyring', withKeyrings, async () => {
  const { bus } = await GnomeKeyring.start(WHOLE_FILE)
  const many = await Crowd.start(WHOLE_FILE, 400, { env: bus.env })
  const few = await Crowd.start(WHOLE_FILE, 12, { env: bus.env, latencyMs: 20 })

  for (const store of STORES) {
    test(`everybody whom 8 processes sign in is there, with 4 readers (${store})`, t =>
      assertNobodyIsLost(t, many, {
        store,
        fullRounds: FULL_ROUNDS[store],
        each: store === 'encrypted file' ? 50 : 15,
      }))

    test(`nothing is seen that cannot have been, and nothing fails (${store})`, t =>
      assertStressIsBorne(t, few, { store, operations: soak(FULL_OPERATIONS[store]) }))
  }
})
