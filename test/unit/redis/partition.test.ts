/** Reading and writing one account's records, and putting what could not be saved on top of what others saved. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bucket } from '#lib/cache/snapshot.js'
import {
  parsePartition,
  rebase,
  refreshTokensEnd,
  serializePartition,
  withRefreshTokensOf,
} from '#lib/redis/partition.js'

const HOME = 'uid.utid'

/** A bucket of records: `AccessToken read` is an access token for `read`; what is behind `=` is its secret. */
function bucketOf(...records: string[]): Bucket {
  const root: Record<string, Record<string, unknown>> = {}
  for (const record of records) {
    const [name = '', secret = 'secret'] = record.split('=')
    const [section = '', target = ''] = name.split(' ')
    root[section] ??= {}
    root[section][name] = { home_account_id: HOME, environment: 'login.example', client_id: 'c', target, secret }
  }
  return parsePartition(JSON.stringify(root), HOME).bucket
}

const told = (bucket: Bucket) => bucket.map(({ key, secret }) => `${key}=${secret}`).sort()

test('what is read is written again, with what is not known and what is of others', () => {
  const text = JSON.stringify({
    AccessToken: { a: { home_account_id: HOME, secret: 's', more: 1 }, odd: 7 },
    RefreshToken: { r: { home_account_id: 'other.home', secret: 't' } },
    IdToken: {},
    Account: {},
    AppMetadata: { m: { environment: 'e', client_id: 'c' } },
    Future: [1],
  })
  const partition = parsePartition(text, HOME)
  assert.deepEqual(told(partition.bucket), ['a=s'])
  assert.deepEqual(JSON.parse(serializePartition(partition)), JSON.parse(text))
})

test('what is added, changed and removed here is so on top of theirs', () => {
  const base = bucketOf('AccessToken a', 'AccessToken b', 'AccessToken c')
  const [a, b] = base
  assert.ok(a && b)
  const mine = [a, ...bucketOf('AccessToken b=mine', 'AccessToken new')]
  const theirs = [...bucketOf('AccessToken a=theirs', 'AccessToken b=theirs', 'AccessToken c', 'AccessToken other')]
  assert.deepEqual(told(rebase(base, mine, theirs, false)), [
    'AccessToken a=theirs',
    'AccessToken b=mine',
    'AccessToken new=secret',
    'AccessToken other=secret',
  ])
})

test('of two refresh tokens theirs counts where both have renewed, unless somebody has signed in', () => {
  const base = bucketOf('RefreshToken r=0')
  const mine = bucketOf('RefreshToken r=mine')
  assert.deepEqual(told(rebase(base, mine, bucketOf('RefreshToken r=theirs'), false)), ['RefreshToken r=theirs'])
  assert.deepEqual(told(rebase(base, mine, bucketOf('RefreshToken r=theirs'), true)), ['RefreshToken r=mine'])
  assert.deepEqual(told(rebase(base, mine, bucketOf('RefreshToken r=0'), false)), ['RefreshToken r=mine'])
})

test('newer refresh tokens replace older ones, and access tokens stay', () => {
  const late = bucketOf('AccessToken a=late', 'RefreshToken r=late')
  const newer = bucketOf('AccessToken a=newer', 'RefreshToken r=newer')
  assert.deepEqual(told(withRefreshTokensOf(newer, late)), ['AccessToken a=late', 'RefreshToken r=newer'])
})

test('the end is that of the last refresh token, as far as all of them have one', () => {
  const endOf = (...ends: Array<string | undefined>) => {
    const records = ends.map((end, i) => [`r${i}`, { home_account_id: HOME, secret: 's', expires_on: end }])
    return refreshTokensEnd(parsePartition(JSON.stringify({ RefreshToken: Object.fromEntries(records) }), HOME).bucket)
  }
  assert.equal(endOf('100', '300', '200'), 300)
  assert.equal(endOf('100', undefined), undefined)
  assert.equal(endOf(), undefined)
})
