/** What the tests of the cache in Redis share: a server of the test's own, clients that count, and a tenant to sign in to. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { type AuthenticationResult, type Configuration, PublicClientApplication } from 'latchkey'
import type { TenantOptions } from 'latchkey/emulator'
import { type NodeRedisClient, type RedisCacheOptions, redisCache, type ScriptCall } from 'latchkey/redis'
import { createClient } from 'redis'
import { emulate } from '../emulator/support.js'
import { type Scope, temporaryFolder } from '../support/machine.js'

export const SCOPES = ['User.Read']
export const KEY = randomBytes(32)

/** A client of node-redis. */
export type Client = ReturnType<typeof connect>

function connect(path: string) {
  return createClient({ socket: { path, reconnectStrategy: 50 } })
}

/** Debian's redis-server on a socket of its own; it keeps nothing when it ends. */
export class RedisServer {
  readonly path: string
  readonly #scope: Scope
  #process: ChildProcess | undefined

  private constructor(scope: Scope, folder: string) {
    this.#scope = scope
    this.path = join(folder, 'redis.sock')
    scope.after(() => this.#process?.kill('SIGKILL'))
  }

  static async start(scope: Scope): Promise<RedisServer> {
    const server = new RedisServer(scope, await temporaryFolder(scope))
    await server.start()
    return server
  }

  /** Starts it, again after {@link kill}: it is empty then. */
  async start(): Promise<void> {
    const folder = join(this.path, '..')
    const args = ['--port', '0', '--unixsocket', this.path, '--save', '', '--appendonly', 'no', '--dir', folder]
    this.#process = spawn('/usr/bin/redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    assert(this.#process.stdout)
    const lines = createInterface(this.#process.stdout)
    for await (const line of lines) if (/ready to accept connections/i.test(line)) break
    this.#process.stdout.resume()
  }

  async kill(): Promise<void> {
    assert(this.#process)
    const exit = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await exit
  }

  /** It goes on to exist, and answers nobody. */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#process?.kill('SIGCONT')
  }

  /** A connected client, for looking and for meddling. */
  async client(): Promise<Client> {
    const client = connect(this.path)
    client.on('error', () => {})
    await client.connect()
    this.#scope.after(() => client.destroy())
    return client
  }
}

/** A client that notes which scripts are run on which key, and may hold one up. */
export class CountingClient implements NodeRedisClient {
  readonly calls: Array<{ key: string; reply: unknown }> = []
  /** Runs before each script. */
  before: (key: string) => Promise<void> | void = () => {}
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  eval(script: string, call: ScriptCall): Promise<unknown> {
    return this.#client.eval(script, call)
  }

  async evalSha(sha1: string, call: ScriptCall): Promise<unknown> {
    const [key = ''] = call.keys
    await this.before(key)
    const reply = await this.#client.evalSha(sha1, call)
    this.calls.push({ key, reply })
    return reply
  }
}

/** A tenant for one file of tests. */
export async function setStage(options?: TenantOptions) {
  const { tenant, user } = await emulate(options)
  const configuration = {
    clientId: tenant.clientId,
    authority: tenant.authority,
    knownAuthorities: [new URL(tenant.authority).host],
    http: { ca: tenant.caPem, proxy: false as const },
  }
  return {
    tenant,
    user,
    configuration,
    /** An application whose cache is in Redis. */
    application(t: TestContext, options: RedisCacheOptions, more: Partial<Configuration> = {}) {
      const app = new PublicClientApplication({ ...configuration, cache: redisCache(options), ...more })
      t.after(() => app.close())
      return app
    },
    signIn(app: PublicClientApplication, name: string): Promise<AuthenticationResult> {
      const { username, password } = user(name)
      return app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
    },
    /** How often a refresh token was redeemed since `tenant.requests` was emptied. */
    renewals: () => tenant.requests.filter(({ form }) => form.grant_type === 'refresh_token').length,
  }
}
