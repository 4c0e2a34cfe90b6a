/** The cache in memory: records are read when somebody asks for their user, and nobody can tell. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSnapshotText, serializeSnapshotText } from '#lib/cache/serializer.js'

const USERS = ['A.t', 'b.t', '7', 'c.t']
// What others write: letter case of their own, numbers, and a user who is one.
const CONTENTS = {
  AccessToken: Object.fromEntries(
    USERS.map((home, n) => [`at${n}`, { home_account_id: home, expires_on: 1_800_000_000 + n, secret: `s${n}` }]),
  ),
  Account: Object.fromEntries(
    USERS.map((home, n) => [
      `u${n}`,
      { home_account_id: home === '7' ? 7 : home, environment: 'e', username: `u${n}` },
    ]),
  ),
  RefreshToken: { misfit: 5, nobodys: { secret: 'x' } },
}
const load = () => parseSnapshotText(JSON.stringify(CONTENTS))

test('a user is found in any letter case, with all records, numbers read as texts', () => {
  for (const name of ['A.t', 'a.t', 'a.T']) {
    const bucket = load().bucket(name)
    assert.deepEqual(
      bucket?.map(({ section, key }) => [section, key]),
      [
        ['AccessToken', 'at0'],
        ['Account', 'u0'],
      ],
    )
    assert.equal(bucket[0]?.entity.expires_on, '1800000000')
  }
  assert.deepEqual(
    load()
      .bucket('7')
      ?.map(({ key }) => key),
    ['at2', 'u2'],
  )
  assert.equal(load().bucket('nobody'), undefined)
})

test('a user is read once', () => {
  const snapshot = load()
  const bucket = snapshot.bucket('b.t')
  assert.equal(snapshot.bucket('B.T'), bucket)
  assert.equal([...snapshot.buckets()][1], bucket)
})

test('what has been looked up changes neither the order nor what is written', () => {
  const untouched = serializeSnapshotText(load())
  const order = [...load().buckets()].map(([first]) => first?.key)
  assert.deepEqual(order, ['at0', 'at1', 'at2', 'at3'])
  for (const home of ['c.t', 'a.t', '7']) {
    const snapshot = load()
    snapshot.bucket(home)
    assert.equal(serializeSnapshotText(snapshot), untouched)
    assert.deepEqual(
      [...snapshot.buckets()].map(([first]) => first?.key),
      order,
    )
    assert.equal(serializeSnapshotText(snapshot), untouched)
  }
})
