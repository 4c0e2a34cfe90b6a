/** A cache in Redis for the services of many machines; published as `latchkey/redis`. */
/// <reference types="node" preserve="true" />

export type { IoRedisClient, NodeRedisClient, ScriptCall } from './client.js'
export type { RedisCacheOptions } from './options.js'
export { redisCache } from './redis-cache.js'
