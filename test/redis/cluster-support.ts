/** A Redis Cluster of the test's own: three masters, which share the slots among them. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Scope, temporaryFolder } from '../support/machine.js'

const run = promisify(execFile)
const MASTERS = 3

export class RedisCluster {
  readonly ports: readonly number[]

  private constructor(ports: readonly number[]) {
    this.ports = ports
  }

  /** Resolves once each node knows of all slots. */
  static async start(scope: Scope): Promise<RedisCluster> {
    const folder = await temporaryFolder(scope)
    const all = await freePorts(2 * MASTERS)
    const cluster = new RedisCluster(all.slice(0, MASTERS))
    for (const [index, port] of cluster.ports.entries()) {
      const own = join(folder, String(port))
      await mkdir(own)
      const args = [
        '--bind',
        '127.0.0.1',
        '--port',
        port,
        '--cluster-enabled',
        'yes',
        '--cluster-port',
        all[MASTERS + index],
      ]
      const server = spawn('/usr/bin/redis-server', [...args, '--save', '', '--dir', own].map(String), {
        stdio: 'ignore',
      })
      scope.after(() => end(server))
    }
    for (const port of cluster.ports) await soon(port, 'PING', /PONG/)
    const nodes = cluster.ports.map(port => `127.0.0.1:${port}`)
    await run('/usr/bin/redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes'])
    for (const port of cluster.ports) await soon(port, 'CLUSTER INFO', /cluster_state:ok/)
    return cluster
  }

  /** The names of all keys, a list a node. */
  async keys(): Promise<string[][]> {
    return Promise.all(this.ports.map(async port => (await ask(port, 'KEYS', '*')).split('\n').filter(Boolean)))
  }

  /** Each node forgets the scripts that it has run. */
  async forgetScripts(): Promise<void> {
    for (const port of this.ports) await ask(port, 'SCRIPT', 'FLUSH')
  }

  /** Gives the slot of a key, and the key with it, to the next node. Resolves with the port of that. */
  async moveSlotOf(key: string): Promise<number> {
    const slot = await ask(this.#first, 'CLUSTER', 'KEYSLOT', key)
    const from = (await this.keys()).findIndex(keys => keys.includes(key))
    const [source = 0, target = 0] = [this.ports[from], this.ports[(from + 1) % MASTERS]]
    const [sourceId, targetId] = [await ask(source, 'CLUSTER', 'MYID'), await ask(target, 'CLUSTER', 'MYID')]
    await ask(target, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId)
    await ask(source, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId)
    const there = (await ask(source, 'CLUSTER', 'GETKEYSINSLOT', slot, '100')).split('\n').filter(Boolean)
    await ask(source, 'MIGRATE', '127.0.0.1', String(target), '', '0', '5000', 'KEYS', ...there)
    for (const port of [target, source]) await ask(port, 'CLUSTER', 'SETSLOT', slot, 'NODE', targetId)
    return target
  }

  get #first(): number {
    return this.ports[0] ?? assert.fail('no nodes')
  }
}

async function ask(port: number, ...command: string[]): Promise<string> {
  const { stdout } = await run('/usr/bin/redis-cli', ['-h', '127.0.0.1', '-p', String(port), ...command])
  return stdout.trim()
}

async function soon(port: number, command: string, expected: RegExp): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (expected.test(await ask(port, ...command.split(' ')).catch(() => ''))) return
    await delay(50)
  }
  assert.fail(`not within 10 s: ${command} on ${port}`)
}

/** A cluster can have no sockets but those of the network. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(server => once(server, 'listening')))
  const ports = servers.map(server => (server.address() as { port: number }).port)
  await Promise.all(servers.map(server => once(server.close(), 'close')))
  return ports
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = once(server, 'exit')
  server.kill('SIGKILL')
  await exit
}
