/** Which options of the cache in Redis are refused, and that clients of both kinds fit without a cast. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import { type RedisCacheOptions, redisCache } from 'latchkey/redis'
import { createClient } from 'redis'

const encryptionKey = randomBytes(32)
const client = createClient()
const refused = (options: unknown, message: RegExp) =>
  assert.throws(() => redisCache(options as RedisCacheOptions), { code: 'invalid_configuration', message })

test('clients of node-redis and of ioredis are taken, others are not', () => {
  assert.ok(redisCache({ client, encryptionKey }))
  const other = new Redis({ lazyConnect: true })
  assert.ok(redisCache({ client: other, encryptionKey }))
  other.disconnect()
  for (const wrong of [undefined, null, {}, 'redis://localhost']) refused({ client: wrong, encryptionKey }, /client/)
})

test('somebody has to say whether tokens are encrypted', () => {
  refused({ client }, /encryptionKey/)
  refused({ client, allowUnencryptedStorage: false }, /encryptionKey/)
  refused({ client, allowUnencryptedStorage: 'yes' }, /allowUnencryptedStorage/)
  assert.ok(redisCache({ client, allowUnencryptedStorage: true }))
  for (const wrong of ['x'.repeat(32), randomBytes(16), [], [encryptionKey, randomBytes(31)]]) {
    refused({ client, encryptionKey: wrong }, /32 bytes/)
  }
})

test('numbers have limits, and names no braces', () => {
  refused({ client, encryptionKey, keyPrefix: 'a{b}' }, /keyPrefix/)
  refused({ client, encryptionKey, onError: true }, /onError/)
  for (const name of ['timeoutSeconds', 'retrySeconds', 'lifetimeSeconds', 'refreshLockSeconds', 'accountsInMemory']) {
    for (const wrong of [0, -1, Number.NaN, '2', 1e12])
      refused({ client, encryptionKey, [name]: wrong }, new RegExp(name))
  }
})
