/** Processes that sign in and sign out on one cache at the same time, and the others, who hear of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { soak, temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { all, Crowd, type Member } from './crowd/crowd.js'
import { PLAIN_STORES } from './crowd/protocol.js'

const crowd = await Crowd.start(WHOLE_FILE, 120)
const half = crowd.users.length / 2
const [staying, leaving] = [crowd.users.slice(0, half), crowd.users.slice(half)]

/** Resolves when the process has heard of one change more than `before`. */
async function hasHeardMoreThan(before: number, member: Member): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const { count = 0 } = await member.tell({ do: 'changes' })
    if (count > before) return
    assert(Date.now() < deadline, `heard of ${count} changes, ${before} of which were before`)
    await wait(10)
  }
}

for (const store of PLAIN_STORES) {
  test(`who was removed stays removed while others sign in, and they stay (${store})`, async t => {
    const folder = await temporaryFolder(t)
    const [adding, removing, renewing] = await crowd.members(3, store, folder)
    assert(adding && removing && renewing)
    await removing.tell({ do: 'signInAll', users: leaving })
    let isOver = false
    const [signedIn] = await Promise.all([
      adding.tell({ do: 'signInAll', users: staying }),
      (async () => {
        for (const user of leaving) await removing.tell({ do: 'remove', user })
        isOver = true
      })(),
      // A renewal that is under way when its user is removed.
      (async () => {
        for (let i = 0; !isOver; i++) {
          const user = leaving[i % leaving.length] ?? 0
          const answer = await renewing.attempt({ do: 'silent', user, forceRefresh: true })
          assert(answer?.error === undefined || answer.error === 'no_tokens_found', answer?.error)
        }
      })(),
    ])
    assert.deepEqual(signedIn.failures, [])
    const [fresh] = await crowd.members(1, store, folder)
    for (const member of [fresh, adding, removing, renewing]) {
      assert.deepEqual((await member?.tell({ do: 'list' }))?.users, staying)
    }
  })

  test(`every other process hears of each change, and goes by it (${store})`, async t => {
    const members = await crowd.members(4, store, await temporaryFolder(t))
    await all(members, { do: 'list' })
    const present = new Set<number>()
    for (let change = 0; change < soak(80); change++) {
      const actor = change % members.length
      const others = members.filter((_, i) => i !== actor)
      const before = await all(others, { do: 'changes' })
      // Two come for each that goes.
      const user = change % 3 === 2 ? (change - 2) % crowd.users.length : change % crowd.users.length
      const isRemoval = change % 3 === 2
      await members[actor]?.tell(isRemoval ? { do: 'remove', user } : { do: 'signIn', user })
      if (isRemoval) present.delete(user)
      else present.add(user)
      await Promise.all(others.map((other, i) => hasHeardMoreThan(before[i]?.count ?? 0, other)))
      const expected = [...present].sort((a, b) => a - b)
      for (const { users } of await all(members, { do: 'list' })) assert.deepEqual(users, expected)
      for (const { users } of await all(members, { do: 'memory' })) assert.deepEqual(users, expected)
    }
  })
}
