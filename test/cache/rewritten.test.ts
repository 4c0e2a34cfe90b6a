/** Two hundred silent calls at once, again and again, while another process rewrites the cache all the time. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { soak, temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { Crowd, type Member } from './crowd/crowd.js'
import { startProgram } from './support.js'

// Enough for a file that takes more than one call to write.
const crowd = await Crowd.start(WHOLE_FILE, 150)
const SECONDS = soak(60)

/** A process with everybody signed in. */
async function signedIn(folder: string): Promise<Member> {
  const [member] = await crowd.members(1, 'plain file', folder)
  assert(member)
  const { failures } = await member.tell({ do: 'signInAll', users: crowd.users })
  assert.deepEqual(failures, [])
  return member
}

async function callsAllResolve(t: TestContext, member: Member): Promise<void> {
  const calls = { do: 'silentMany' as const, users: crowd.users, calls: 200, milliseconds: SECONDS * 1_000 }
  const { count = 0, failures } = await member.tell(calls)
  t.diagnostic(`${count} calls`)
  assert.deepEqual(failures, [])
  assert(count >= 1_000, `only ${count} calls`)
}

test('all find their token while another process saves through this library', async t => {
  const folder = await temporaryFolder(t)
  const member = await signedIn(folder)
  const [writer] = await crowd.members(1, 'plain file', folder)
  assert(writer)
  let isOver = false
  let saves = 0
  const saving = (async () => {
    for (; !isOver; saves++) {
      await writer.tell({ do: 'silent', user: saves % crowd.users.length, forceRefresh: true })
    }
  })()
  await callsAllResolve(t, member)
  isOver = true
  await saving
  t.diagnostic(`${saves} saves`)
  assert(saves > 10, `only ${saves} saves`)
})

test('all find their token while another program truncates the file and writes it again', async t => {
  const folder = await temporaryFolder(t)
  const member = await signedIn(folder)
  const writer = startProgram(t, 'rewrite-file', join(folder, 'crowd'))
  assert.equal(await writer.line(), 'writing')
  await callsAllResolve(t, member)
  writer.process.stdin?.end()
  const saves = Number(await writer.line())
  t.diagnostic(`${saves} saves`)
  assert(saves > 50, `only ${saves} saves`)
})
