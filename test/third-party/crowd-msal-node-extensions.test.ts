/** The crowd of test/cache with @azure/msal-node and its extensions in the place of latchkey: counted, not judged. */
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { Crowd } from '../cache/crowd/crowd.js'
import { signInTogether } from '../cache/crowd/sign-in-round.js'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'

// One of their calls may wait 50 s for a lock that nobody has.
const isFull = process.env.LATCHKEY_SOAK === 'full'
const [EACH, ROUNDS] = isFull ? [50, 3] : [3, 1]

const crowd = await Crowd.start(WHOLE_FILE, 8 * EACH)

const THEIRS = new URL('programs/crowd-msal-node.js', import.meta.url)

for (const readers of [0, 4]) {
  test(`the same sign-ins by 8 processes with msal-node and its extensions, with ${readers} readers`, async t => {
    const base = await temporaryFolder(t)
    for (let round = 1; round <= ROUNDS; round++) {
      for (const [name, program] of [
        ['msal-node', THEIRS],
        ['latchkey', undefined],
      ] as const) {
        const folder = join(base, `${name}-${round}`)
        await mkdir(folder)
        const outcome = await signInTogether({
          writers: Array.from({ length: 8 }, () => crowd.member(program)),
          readers: Array.from({ length: readers }, () => crowd.member(program)),
          each: EACH,
          store: 'plain file',
          folder,
        })
        const { signedIn, survived, failures, reads, wallMs } = outcome
        const kinds = new Set(failures.map(failure => failure.replace(/\d+/g, 'N').slice(0, 80)))
        t.diagnostic(
          `${name}, ${readers} readers: ${survived.length} of ${8 * EACH} accounts, ${signedIn} sign-ins succeeded, ` +
            `${reads} lists, ${wallMs} ms; ${failures.length} failures: ${[...kinds].slice(0, 4).join('; ')}`,
        )
        if (name === 'latchkey')
          assert.deepEqual({ survived: survived.length, failures }, { survived: 8 * EACH, failures: [] })
      }
    }
  })
}
