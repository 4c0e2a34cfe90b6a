/** The Redis clients that applications have, as far as they are used: both run a script by its digest. */
import { ClientError } from '../errors.js'
import type { Script } from './scripts.js'

/** Keys and arguments as node-redis takes them. */
export interface ScriptCall {
  /** `KEYS` of the script. */
  keys: string[]
  /** `ARGV` of the script. */
  arguments: string[]
}

/** A client, cluster, pool or sentinel of node-redis 5 (the package `redis`). */
export interface NodeRedisClient {
  /** Runs a script. */
  eval(script: string, call: ScriptCall): Promise<unknown>
  /** Runs a script that the server knows, by the SHA-1 of its text in hex. */
  evalSha(sha1: string, call: ScriptCall): Promise<unknown>
}

/** A client or cluster of ioredis 5. */
export interface IoRedisClient {
  /** Runs a script. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  /** Runs a script that the server knows, by the SHA-1 of its text in hex. */
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** What one of the two can do besides, where it can. */
interface Extras {
  on?(event: 'error', listener: (error: unknown) => void): unknown
  withAbortSignal?(signal: AbortSignal): NodeRedisClient
}

/** Runs a script on the server. Rejects when it fails or the time is over. */
export type RunScript = (script: Script, keys: string[], args: string[]) => Promise<unknown>

/**
 * Makes what runs scripts on a client. A client that has lost its connection keeps commands for as long as that takes, so
 * each has a time limit of its own.
 *
 * @throws {ClientError} invalid_configuration – it is not one of the clients.
 */
export function scriptRunner(client: NodeRedisClient | IoRedisClient, timeoutMs: number): RunScript {
  return async (script, keys, args) => {
    const limit = new AbortController()
    const call = senderOf(client, limit.signal)
    const answer = call.byDigest(script.sha1, keys, args).catch((error: unknown) => {
      // After a restart, and on a node that has not seen it.
      if (!/^NOSCRIPT/.test(messageOf(error))) throw error
      return call.bySource(script.source, keys, args)
    })
    return within(answer.catch(rethrowWithoutCommand), timeoutMs, limit)
  }
}

/** Calls `listener` with what the client reports by itself. A client of either kind whose errors nobody hears ends the process. */
export function onClientError(client: NodeRedisClient | IoRedisClient, listener: (error: unknown) => void): void {
  const { on } = client as Extras
  if (typeof on === 'function') on.call(client, 'error', error => listener(withoutCommand(error)))
}

/** ioredis puts the command beside its errors, with its arguments: contents of the cache, or the password of the server. */
function withoutCommand(error: unknown): unknown {
  if (!(error instanceof Error) || !('command' in error)) return error
  const { name, message } = error
  return Object.assign(new Error(message), { name })
}

function rethrowWithoutCommand(error: unknown): never {
  throw withoutCommand(error)
}

/** Whether the server answered that something else is stored under the name: it is there, then. */
export function isWrongType(error: unknown): boolean {
  return /^WRONGTYPE/.test(messageOf(error))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

type Send = (script: string, keys: string[], args: string[]) => Promise<unknown>

function senderOf(client: NodeRedisClient | IoRedisClient, signal: AbortSignal): { byDigest: Send; bySource: Send } {
  if (typeof (client as Partial<NodeRedisClient> | null)?.evalSha === 'function') {
    const { withAbortSignal } = client as Extras
    // What is given up before it is sent must not be sent when the server is back: a lock that nobody waits for, say.
    const own = withAbortSignal?.call(client, signal) ?? (client as NodeRedisClient)
    return {
      byDigest: (sha1, keys, args) => own.evalSha(sha1, { keys, arguments: args }),
      bySource: (source, keys, args) => own.eval(source, { keys, arguments: args }),
    }
  }
  if (typeof (client as Partial<IoRedisClient> | null)?.evalsha === 'function') {
    const own = client as IoRedisClient
    return {
      byDigest: (sha1, keys, args) => own.evalsha(sha1, keys.length, ...keys, ...args),
      bySource: (source, keys, args) => own.eval(source, keys.length, ...keys, ...args),
    }
  }
  throw new ClientError('invalid_configuration', 'client is neither a client of node-redis nor one of ioredis', {
    hint: 'Pass what createClient() of the package redis, or new Redis() of ioredis, gives you.',
  })
}

/**
 * Checks a client.
 *
 * @throws {ClientError} invalid_configuration – it is not one of the clients.
 */
export function assertClient(client: unknown): void {
  senderOf(client as NodeRedisClient, new AbortController().signal)
}

// A process that stood still finds its timers over before it has read the answers that came meanwhile: of such a time only
// one part counts.
const PARTS = 4

function within<T>(answer: Promise<T>, timeoutMs: number, limit: AbortController): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let parts = 0
    const timer = setInterval(() => {
      if (++parts < PARTS) return
      const error = new Error(`Redis did not answer within ${timeoutMs / 1000} seconds`)
      reject(error)
      limit.abort(error)
    }, timeoutMs / PARTS)
    answer.then(resolve, reject).finally(() => clearInterval(timer))
    limit.signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  })
}
