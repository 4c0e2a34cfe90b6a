/** Two hundred silent calls at once, again and again, while another process rewrites the cache all the time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WHOLE_FILE } from '../support/machine.js'
import { Crowd } from './crowd/crowd.js'
import { assertAllFindTheirToken, assertAllFindTheirTokenBeside, signedIn } from './crowd/rewritten.js'
import { startProgram } from './support.js'

// Enough for a file that takes more than one call to write.
const crowd = await Crowd.start(WHOLE_FILE, 150)

test('all find their token while another process saves through this library', async t => {
  const { member, folder } = await signedIn(t, crowd)
  const [writer] = await crowd.members(1, 'plain file', folder)
  assert(writer)
  let isOver = false
  let saves = 0
  const saving = (async () => {
    for (; !isOver; saves++) {
      await writer.tell({ do: 'silent', user: saves % crowd.users.length, forceRefresh: true })
    }
  })()
  try {
    // The calls may be over before there was much to disturb them.
    do await assertAllFindTheirToken(member, crowd)
    while (saves < 20)
  } finally {
    isOver = true
    await saving
  }
  t.diagnostic(`${saves} saves`)
})

test('all find their token while another program truncates the file and writes it again', t =>
  assertAllFindTheirTokenBeside(t, crowd, file => startProgram(t, 'rewrite-file', file)))
