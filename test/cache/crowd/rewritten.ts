/** Silent calls of one process while another one rewrites the cache all the time. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { soak, temporaryFolder } from '../../support/machine.js'
import type { Program } from '../../support/program.js'
import type { Crowd, Member } from './crowd.js'

/** A process with everybody signed in, and the file that they are in. */
export async function signedIn(
  t: TestContext,
  crowd: Crowd,
): Promise<{ member: Member; folder: string; file: string }> {
  const folder = await temporaryFolder(t)
  const [member] = await crowd.members(1, 'plain file', folder)
  assert(member)
  const { failures } = await member.tell({ do: 'signInAll', users: crowd.users })
  assert.deepEqual(failures, [])
  return { member, folder, file: join(folder, 'crowd') }
}

/** Two hundred calls at once, again and again: each gets its token, and from the cache or not, but never an error. */
export async function assertAllFindTheirToken(member: Member, crowd: Crowd): Promise<void> {
  const { failures } = await member.tell({ do: 'silentMany', users: crowd.users, calls: 200, rounds: soak(50) })
  assert.deepEqual(failures, [])
}

/**
 * The same while `start` rewrites the file in place: a program that says `writing` when it has begun, `often` when it has
 * written twenty times, and when its stdin ends how often it has written.
 */
export async function assertAllFindTheirTokenBeside(
  t: TestContext,
  crowd: Crowd,
  start: (file: string) => Program,
): Promise<void> {
  const { member, file } = await signedIn(t, crowd)
  const writer = start(file)
  assert.equal(await writer.line(), 'writing')
  let isOften = false
  const often = writer.line().then(line => {
    assert.equal(line, 'often')
    isOften = true
  })
  do await assertAllFindTheirToken(member, crowd)
  while (!isOften)
  await often
  writer.process.stdin?.end()
  t.diagnostic(`the file was written ${await writer.line()} times`)
}
