/** What runs inside of Redis, where nobody comes in between: each script touches the keys of one hash slot only. */
import { createHash } from 'node:crypto'

/** A script and the digest by which Redis remembers it. */
export interface Script {
  readonly source: string
  readonly sha1: string
}

const script = (source: string): Script => ({ source, sha1: createHash('sha1').update(source).digest('hex') })

// Versions and fences are microseconds since 1970 by the server's clock, and always more than the one before. So the
// contents of a server that has lost its data, or of a replica that took over, can be told to be older than what a
// process remembers; and locks of different names have comparable fences. A double holds them exactly until 2255.
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]`

/**
 * Partition, version that the caller knows → `same`; `absent`; `removed`, version; or `found`, version, fence, data.
 * A partition is a hash: `v` the version, `f` the fence, `d` the data, which a removed account does not have.
 */
export const LOAD = script(`
local version = redis.call('HGET', KEYS[1], 'v')
if not version then return {'absent'} end
if version == ARGV[1] then return {'same'} end
local rest = redis.call('HMGET', KEYS[1], 'f', 'd')
if not rest[2] then return {'removed', version} end
return {'found', version, rest[1] or '0', rest[2]}`)

/**
 * Partition; version that must be there, fence (empty: now), data (empty: removed), lifetime in ms, version that the new
 * one must exceed, and whether to put that very version back → the new version; empty when another one is there.
 */
export const SAVE = script(`
local version = redis.call('HGET', KEYS[1], 'v') or ''
if version ~= ARGV[1] then return '' end
${NOW}
now = math.max(now, (tonumber(version) or 0) + 1, (tonumber(ARGV[5]) or 0) + 1)
local new = ARGV[6] == '1' and ARGV[5] or string.format('%.0f', now)
redis.call('HSET', KEYS[1], 'v', new, 'f', ARGV[2] == '' and new or ARGV[2])
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], 'd') else redis.call('HSET', KEYS[1], 'd', ARGV[3]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return new`)

/** Index; member, lifetime in ms. Whoever was not saved for that long goes. */
export const INDEX = script(`
${NOW}
local ms = math.floor(now / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', ms))
redis.call('ZADD', KEYS[1], string.format('%.0f', ms + ARGV[2]), ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1`)

/** Index → member, score, member, score… of those who are not over. */
export const LIST = script(`
${NOW}
return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now / 1000), '+inf', 'WITHSCORES')`)

/** Index; member, score: takes the member out unless it was saved again since. */
export const UNINDEX = script(`
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])`)

/** Lock, last fence; token, lifetime in ms, lifetime of the last fence in ms → the fence; empty when somebody has the lock. */
export const LOCK = script(`
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return '' end
${NOW}
now = string.format('%.0f', math.max(now, (tonumber(redis.call('GET', KEYS[2]) or '') or 0) + 1))
redis.call('SET', KEYS[2], now, 'PX', ARGV[3])
return now`)

/** Lock; token, lifetime in ms → 1, or 0 when it is not ours any more. */
export const RENEW = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`)

/** Lock; token → 1, or 0 when it was not ours any more. */
export const RELEASE = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`)
